"""An image for GPUs says whether it was looked at with one.

Without one its network runs on the processor, so that its answers are checked on any machine; its speed is not.
Where the engine can give containers a GPU, it gets one.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard.catalog.checking.candidate import Candidate
from modelyard.catalog.records.report import Checked

COST = 2


def check(candidate: Candidate) -> Iterator[Checked]:
    """One line, for images for GPUs."""
    if candidate.planned.variant == "gpu":
        seen = candidate.running.sees_gpu
        said = "one was seen" if seen else "none was seen: the network ran on the processor"
        yield Checked(name="GPU", passed=True, said=said, measures={"gpu": float(seen)})
