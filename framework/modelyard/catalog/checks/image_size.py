"""The image is no larger than the asset's budget `image_size`.

All layers together, as they lie on disk.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard.catalog.checking.budget import budget
from modelyard.catalog.checking.candidate import Candidate
from modelyard.catalog.records.report import Checked

COST = 0


def check(candidate: Candidate) -> Iterator[Checked]:
    """One figure, in megabytes."""
    allowed = candidate.budgets.image_size
    yield budget("image size", candidate.inspected["Size"] / 1e6, "MB", allowed and allowed / 1e6)
