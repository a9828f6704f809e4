"""A network that was converted for another runtime still answers the samples as its original does in TensorFlow.

How far answers may move is the asset's `parity`; not at all where it is left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard.catalog.checking.candidate import Candidate
from modelyard.catalog.records.report import Checked
from modelyard.serving.samples import fields

COST = 6


def check(candidate: Candidate) -> Iterator[Checked]:
    """One line a good sample; none where nothing was converted."""
    original, task = candidate.original, candidate.task
    if original is None:
        return
    roads = [running.send(task.input.field) for running in (candidate.running, original)]
    allowed = {**dict.fromkeys(task.measures, 0.0), **candidate.asset.parity}
    for sample in candidate.good_samples:
        data = (candidate.folder / sample.input).read_bytes()
        answers = [send(data, fields(sample)) for send in roads]
        name = f"conversion of {sample.name}"
        if any(code != 200 for code, _ in answers):
            codes = ", ".join(str(code) for code, _ in answers)
            yield Checked(name=name, passed=False, said=f"no two answers to compare: {codes}")
            continue
        got, expected = (task.parse(body) for _, body in answers)
        compared = task.compare(expected, got, allowed, candidate.labels)
        said = f"TensorFlow against {candidate.planned.runtime}: {compared.summary}"
        yield Checked(name=name, passed=compared.passed, said=said, measures=dict(compared.measures))
