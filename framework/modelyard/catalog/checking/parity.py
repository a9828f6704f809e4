"""How far the same asset's answers are apart on different variants and runtimes: a matrix of the task's measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from itertools import combinations
from typing import TYPE_CHECKING, Any

from modelyard.catalog.checking import beside
from modelyard.catalog.checking.candidate import Candidate
from modelyard.catalog.checking.running import Running, start
from modelyard.catalog.containers import sandbox
from modelyard.catalog.planning.plan import plan
from modelyard.errors import ModelyardError
from modelyard.manifest.model import Model
from modelyard.serving.samples import fields

if TYPE_CHECKING:
    from modelyard.catalog.publishing.builder import Builder
    from modelyard.manifest.asset import Variant
    from modelyard.tasks.task import Task


class Pair(Model):
    """Two ways to run an asset."""

    first: str
    """Such as `cpu litert`."""
    second: str
    """Such as `gpu tensorflow`."""
    measures: dict[str, float]
    """The largest difference on any sample, in each of the task's measures; none where they don't both answer."""
    worst: dict[str, str]
    """The sample that each of them was found on."""
    unanswered: list[str]
    """The samples that one of the two doesn't answer."""


class Parity(Model):
    """All of them against each other."""

    name: str
    """The asset."""
    ways: dict[str, str]
    """Each way to run it, and on what it ran here."""
    samples: int
    """How many samples were answered."""
    pairs: list[Pair]
    """Every two of them."""

    def to_text(self) -> str:
        """The matrix for a terminal, a table for each measure."""
        lines = [f"{self.name}, samples: {self.samples}"]
        lines += [f"  {way}: {place}" for way, place in self.ways.items()]
        if not self.pairs:
            lines.append("  one way to run it, and nothing to compare it with")
        for measure in sorted({name for pair in self.pairs for name in pair.measures}):
            lines += ["", measure, *self._table(measure)]
        for pair in self.pairs:
            lines += [f"{pair.first} and {pair.second} don't both answer {name}" for name in pair.unanswered]
        return "\n".join(lines)

    def _table(self, measure: str) -> list[str]:
        found = {}
        for pair in self.pairs:
            value = f"{pair.measures[measure]:.4g}" if measure in pair.measures else "?"
            found[pair.first, pair.second] = found[pair.second, pair.first] = value
        ways = list(self.ways)
        width = max(map(len, ways)) + 2
        rows = [["", *ways], *([row, *(found.get((row, column), "-") for column in ways)] for row in ways)]
        return ["".join(f"{cell:{width}}" for cell in row).rstrip() for row in rows]


def of_variants(builder: Builder, name: str, variants: Sequence[Variant] = ()) -> Parity:
    """Builds the variants of an asset and holds their answers against each other.

    Args:
        builder: What builds.
        name: The asset.
        variants: Some of its variants; those of catalog.yaml if none is named.

    Raises:
        ModelyardError: A variant can't be built, or doesn't become ready.
    """
    gpus = sandbox.has_gpus(builder.client)
    with ExitStack() as stack:
        ways: dict[str, Running] = {}
        places: dict[str, str] = {}
        candidates = [
            stack.enter_context(beside.candidate(builder, planned, beside.here(builder, planned)))
            for planned in plan(builder.workspace, builder.registry, [name], variants)
        ]
        for candidate in candidates:
            planned, gpu = candidate.planned, candidate.planned.variant == "gpu"
            way = f"{planned.variant} {planned.runtime}"
            ways[way] = stack.enter_context(start(builder.client, candidate.image, gpus=gpu and gpus))
            places[way] = where(ways[way], gpu=gpu)
        original = next((found for candidate in candidates if (found := candidate.original)), None)
        if original is not None:
            ways["original tensorflow"] = original
            places["original tensorflow"] = "on the CPU, with the weights as they came"
        if not candidates:
            raise ModelyardError(f"{name} has none of these variants: add them to its asset.yaml, or name others")
        return Parity(
            name=name, ways=places, samples=len(candidates[0].good_samples), pairs=matrix(candidates[0], ways)
        )


def where(running: Running, *, gpu: bool) -> str:
    """On what a container computes, in words."""
    if not gpu:
        return "on the CPU"
    return "on a GPU" if running.sees_gpu else "on the CPU: no GPU was seen"


def matrix(candidate: Candidate, ways: Mapping[str, Running]) -> list[Pair]:
    """Sends the good samples down every way, and compares every two answers.

    Args:
        candidate: Whose samples, task and labels.
        ways: Containers that run the same asset, by name.
    """
    task = candidate.task
    answers: dict[str, dict[str, Any]] = {way: {} for way in ways}
    for sample in candidate.good_samples:
        data, given = (candidate.folder / sample.input).read_bytes(), fields(sample)
        for way, running in ways.items():
            code, body = running.send(task.input.field)(data, given)
            answers[way][sample.name] = _decoded(task, body) if code == 200 else None
    return [compare(task, first, answers[first], second, answers[second]) for first, second in combinations(ways, 2)]


def compare(
    task: Task[Any, Any], first: str, answers: Mapping[str, Any], second: str, others: Mapping[str, Any]
) -> Pair:
    """The largest differences of two ways to run an asset.

    Args:
        task: How to compare.
        first: The name of one way.
        answers: Its answer to each sample, by name; None where it gave none.
        second: The name of the other.
        others: The same of it.
    """
    measures: dict[str, float] = {}
    worst: dict[str, str] = {}
    unanswered = [name for name in answers if answers[name] is None or others[name] is None]
    for name in answers:
        if name in unanswered:
            continue
        for measure, value in task.difference(answers[name], others[name]).items():
            # Written so that a NaN counts as the largest.
            if measure not in measures or not value <= measures[measure]:
                measures[measure], worst[measure] = value, name
    return Pair(first=first, second=second, measures=measures, worst=worst, unanswered=unanswered)


def _decoded(task: Task[Any, Any], body: bytes) -> Any:
    try:
        return task.parse(body)
    except ModelyardError:
        return None
