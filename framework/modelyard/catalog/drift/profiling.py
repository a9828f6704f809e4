"""A profile out of what was noted: bins of which each holds about as many of the items as any other."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from modelyard.catalog.drift.recording import Seen
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset
from modelyard.manifest.profile import CONFIDENCE, LABELS, Binned, Named, Profile
from modelyard.serving.profiling import foremost

FEWEST = 30
"""Items from which on there is a profile: with fewer, no change but the very largest could be told from chance."""
_MOST_BINS = 10
_ITEMS_A_BIN = 10
_NEAR = 1e-4
_MOST_CLASSES = 20
_RARE = 0.02
_SHARE_WITH = 0.5
"""Of the items that must have a statistic, for it to be in the profile."""


def make(asset: Asset, labels: Sequence[str], seen: Sequence[Seen], learned: Mapping[str, float]) -> Profile:
    """The profile of an asset.

    Args:
        asset: The asset.
        labels: The names of its classes, by id.
        seen: What was noted while it answered its labelled items.
        learned: What the statistics need to know of usual inputs.

    Raises:
        ModelyardError: There are too few of them.
    """
    if len(seen) < FEWEST:
        raise ModelyardError(
            f"{asset.name} has answered {len(seen)} labelled items, and a profile needs {FEWEST}: with fewer, only the "
            "very largest changes could be told from chance"
        )
    answers, classes = _answers(seen, labels)
    return Profile(
        asset=asset.name,
        version=asset.version,
        items=len(seen),
        learned=dict(learned),
        inputs={name: binned(values) for name, values in sorted(_columns(seen).items())},
        answers=answers,
        classes=classes,
    )


def counted(profile: Profile, labels: Sequence[str], seen: Sequence[Seen]) -> dict[str, dict[str, float]]:
    """What was noted, counted in the bins of a profile, as a container counts what it is asked."""
    found: dict[str, dict[str, float]] = {}
    columns = {**_columns(seen, 0.0), **_numbers(seen, labels)}
    for name, one in {**profile.inputs, **profile.answers}.items():
        counts = Counter(one.bin(value) for value in columns.get(name, []))
        found[name] = {bin: float(counts[number]) for number, bin in enumerate(one.bins)}
    if profile.classes:
        known = set(profile.classes.names)
        names = Counter(name if name in known else "" for name in _classes(seen, labels))
        bins = profile.classes.bins
        found["class"] = {bin: float(names[bin]) for bin in bins[:-1]} | {bins[-1]: float(names[""])}
    return found


def to_text(profile: Profile) -> str:
    """As it stands in its file: a line for each distribution."""

    def lines(values: Mapping[str, object]) -> str:
        inner = ",\n".join(f"  {json.dumps(name, ensure_ascii=False)}: {_line(one)}" for name, one in values.items())
        return f"{{\n{inner}\n }}" if values else "{}"

    found = profile.model_dump(mode="json", exclude_defaults=True)
    parts = []
    for name, value in found.items():
        text = lines(value) if name in ("inputs", "answers") else _line(value)
        parts.append(f" {json.dumps(name)}: {text}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def binned(values: Sequence[float]) -> Binned:
    """Bins at quantiles; a number that fills a bin by itself gets one of its own, and what lies below it another.

    Args:
        values: Finite numbers, in any order.
    """
    numbers = np.sort(np.asarray(values, np.float64))
    count = int(np.clip(len(numbers) // _ITEMS_A_BIN, 3, _MOST_BINS))
    wanted = {float(one) for one in np.quantile(numbers, np.arange(1, count) / count, method="lower")}
    for heavy in _heavy(numbers, len(numbers) / count):
        near = max(abs(heavy), 1.0) * _NEAR
        wanted = {one for one in wanted if abs(one - heavy) > near} | {heavy - near, heavy + near}
    edges = sorted({float(f"{one:.6g}") for one in wanted})
    # An empty bin below all numbers, or above them, says what never came; one between two others says nothing.
    counts = _counts(numbers, edges)
    edges = [edge for at, edge in enumerate(edges) if at == 0 or counts[at]]
    return Binned(edges=edges, counts=_counts(numbers, edges))


def _counts(numbers: NDArray[np.float64], edges: Sequence[float]) -> list[int]:
    found: list[int] = np.bincount(np.searchsorted(edges, numbers, side="left"), minlength=len(edges) + 1).tolist()
    return found


def _heavy(numbers: NDArray[np.float64], least: float) -> list[float]:
    found, counts = np.unique(numbers, return_counts=True)
    return [float(one) for one, count in zip(found, counts, strict=True) if count >= least]


def _columns(seen: Sequence[Seen], share: float = _SHARE_WITH) -> dict[str, list[float]]:
    columns: dict[str, list[float]] = {}
    for one in seen:
        for name, value in one.values.items():
            columns.setdefault(name, []).append(value)
    return {name: values for name, values in columns.items() if len(values) >= max(share * len(seen), 1)}


def _answers(seen: Sequence[Seen], labels: Sequence[str]) -> tuple[dict[str, Binned], Named | None]:
    if not any(one.pairs for one in seen):
        return {}, None
    numbers = _numbers(seen, labels)
    if len(numbers.get(CONFIDENCE, [])) < _SHARE_WITH * len(seen):
        numbers.pop(CONFIDENCE, None)
    if set(numbers[LABELS]) == {1.0}:
        del numbers[LABELS]  # Every answer is one class: that there is one says nothing.
    names = Counter(_classes(seen, labels)).most_common(_MOST_CLASSES)
    usual = [(name, count) for name, count in names if count >= _RARE * len(seen)]
    rest = len(seen) - sum(count for _, count in usual)
    classes = Named(names=[name for name, _ in usual], counts=[*(count for _, count in usual), rest])
    return {name: binned(values) for name, values in sorted(numbers.items())}, classes


def _numbers(seen: Sequence[Seen], labels: Sequence[str]) -> dict[str, list[float]]:
    sure = [confidence for one in seen if (confidence := foremost(one.pairs, labels)[1]) is not None]
    found = {LABELS: [float(len(one.pairs)) for one in seen]}
    return found | ({CONFIDENCE: sure} if sure else {})


def _classes(seen: Sequence[Seen], labels: Sequence[str]) -> list[str]:
    return [foremost(one.pairs, labels)[0] for one in seen]
