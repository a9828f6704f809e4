"""The whole pipeline answers labelled data as well as the asset declares, and no worse than the published image.

Each labelled item is sent to the image, many at a time. `evaluation.metrics` in asset.yaml says what each figure must
reach, and how much worse than the published image's it may be; `evaluation.slices` the same for the parts of the data.
What the image may have lost is judged on the items that both have answered, by the lower end of the paired bootstrap.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard.catalog.checking.candidate import Candidate
from modelyard.catalog.evaluation import gate
from modelyard.catalog.evaluation.labelled import why_none
from modelyard.catalog.records.report import Checked

COST = 7


def check(candidate: Candidate) -> Iterator[Checked]:
    """A line a figure."""
    declared, evaluated = candidate.asset.evaluation, candidate.evaluated
    if declared is None or evaluated is None:
        yield Checked(name="quality", passed=True, said=why_none(candidate.asset))
        return
    yield from gate.judge(evaluated, declared, candidate.baseline)
