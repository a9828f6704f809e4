"""The images that need work, as a matrix for CI: one line of JSON, an entry for the job of each image.

GitHub Actions takes it by `fromJSON` as `strategy.matrix`. The order is that of the plan: by name, then cpu before
gpu. An image that an interrupted release left unfinished is among them, since a release of it is what finishes it;
what is in quarantine is not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from modelyard.catalog.ingredients import summary
from modelyard.catalog.planning.plan import Planned
from modelyard.catalog.planning.since import Affected


def of_plan(images: Iterable[Planned]) -> str:
    """The matrix of what the registry lacks."""
    return _line(
        [
            _entry(image.asset.name, image.variant, image.key, image.state, (*image.cause, *image.lacks))
            for image in images
            if image.state in ("to build", "to finish")
        ]
    )


def of_since(images: Iterable[Affected]) -> str:
    """The matrix of what a commit changes; what is gone needs no job."""
    return _line(
        [
            _entry(image.name, image.variant, image.after, "to build", image.cause)
            for image in images
            if image.after is not None and image.state != "unchanged"
        ]
    )


def _entry(name: str, variant: str, key: str | None, state: str, cause: Iterable[str]) -> dict[str, Any]:
    return {"name": name, "variant": variant, "key": key, "state": state, "cause": "; ".join(summary(list(cause)))}


def _line(entries: list[dict[str, Any]]) -> str:
    return json.dumps({"include": entries}, separators=(",", ":"))
