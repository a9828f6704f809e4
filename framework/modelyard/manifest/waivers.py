"""waivers.yaml: which failed checks of which images are published all the same, why, and until when."""

from __future__ import annotations

import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from modelyard.manifest.model import Line, Model, Name


class Waiver(Model):
    """One check that one image may fail. It holds for that key alone: any change of the image ends it."""

    asset: Name
    """The asset."""
    key: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    """The image's key, as `modelyard plan --json` and its report name it."""
    check: Line
    """The check's line in the report, such as `quality accuracy`."""
    reason: Annotated[Line, Field(min_length=10)]
    """Why it is published all the same; it stands in the report and wherever the image is shown."""
    expires: datetime.date
    """The last day on which it counts, such as `2027-01-31`."""

    def covers(self, asset: str, key: str, check: str, today: datetime.date) -> bool:
        """Whether it lets a failed check of an image pass."""
        return (self.asset, self.key, self.check) == (asset, key, check) and today <= self.expires


class Waivers(Model):
    """What is published although it failed a check. Each entry is a change like any other: reviewed, in git."""

    waivers: list[Waiver] = []
    """The waivers."""
