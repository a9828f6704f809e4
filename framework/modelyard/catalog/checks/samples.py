"""Every good sample is answered as its author expects, within its tolerance, and every bad one refused.

The samples travel as users' files do: as multipart, in the documented field.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from functools import partial

from modelyard.catalog.checking.candidate import Candidate
from modelyard.catalog.records.report import Checked
from modelyard.serving.samples import Send, check_sample

COST = 3


def check(candidate: Candidate) -> Iterator[Checked]:
    """One line a sample."""
    send = candidate.running.send(candidate.task.input.field)
    for sample in candidate.asset.samples:
        keeping = partial(_keeping, send, candidate.answers, sample.name)
        result = check_sample(candidate.folder, sample, candidate.task, candidate.labels, keeping)
        measures = dict(result.measures)
        yield Checked(name=f"sample {result.name}", passed=result.passed, said=result.said, measures=measures)


def _keeping(
    send: Send, kept: MutableMapping[str, bytes], name: str, data: bytes, parameters: Mapping[str, str]
) -> tuple[int, bytes]:
    """Sends a sample; what it is answered with is shown in the gallery, too."""
    code, body = send(data, parameters)
    if code == 200:
        kept[name] = body
    return code, body
