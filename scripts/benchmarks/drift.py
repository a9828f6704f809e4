"""Drift: how often it is seen where there is none, and how soon where inputs suffered.

Labelled items of real assets stand for traffic, and no request is an item that the profile was made of. For false
alarms each draw splits the items anew: a profile is made of one part, and 500 requests are drawn from the other, each
item once. For detection every request is corrupted in one way, and drift is looked for after each 50. Statistics and
answers are computed once for each item and corruption, by the asset's own pipeline behind its real server, and then
drawn from. `ASSETS="spam-filter …" scripts/bench drift` measures some of the assets.
"""

from __future__ import annotations

import math
import os
import statistics
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np

from modelyard import statistics as measurements
from modelyard import tasks
from modelyard.catalog.building.fetching import fetch_data
from modelyard.catalog.drift import profiling
from modelyard.catalog.drift.comparison import Compared, compare
from modelyard.catalog.drift.recording import Recording, Seen
from modelyard.catalog.evaluation import asking, labelled, robustness
from modelyard.catalog.evaluation.item import Item
from modelyard.catalog.local import Local
from modelyard.catalog.progress import Progress
from modelyard.catalog.weights.cache import open_cache
from modelyard.catalog.workspace import find
from modelyard.manifest.asset import Asset, Robustness
from modelyard.manifest.profile import Profile
from modelyard.serving.samples import Send
from modelyard.serving.served import read_labels
from scripts.benchmarks._figures import Row

_REQUESTS, _STEP = 500, 50
_QUIET_DRAWS = 1_000
_DRAWS = 100
_SEED = 20_261_127


@dataclass(frozen=True)
class _Traffic:
    """What stands for the traffic of an asset.

    Attributes:
        name: The asset.
        items: How many of its labelled items are taken, at random.
        profiled: How many of these a profile is made of.
        more: Makes its evaluation give more items than usual.
        classes: Whether its answers have classes. Where not, nothing of answers is counted, and the model isn't asked.
    """

    name: str
    items: int
    profiled: int
    more: Callable[[ModuleType], None] = lambda _: None
    classes: bool = True


def _more_sounds(evaluation: ModuleType) -> None:
    """Its sounds are made by chance: 65 of each kind in each noise, not 6."""
    evaluation.SOUNDS = 65


def _more_pictures(evaluation: ModuleType) -> None:
    """Its pictures are put together by chance: 1,000 of four patches, not 100."""
    evaluation.TOGETHER = 1_000


_TRAFFIC = (
    _Traffic("clothing-classifier", 2_600, 2_000),
    _Traffic("face-detector", 1_200, 700, _more_pictures),
    _Traffic("text-sentiment-classifier", 2_024, 1_500),
    _Traffic("spam-filter", 1_200, 700),
    _Traffic("pitch-estimator", 1_040, 500, _more_sounds, classes=False),
)


def measure() -> Iterator[Row]:
    """Needs the assets' weights and data, which are fetched the first time."""
    wanted = os.environ.get("ASSETS", "").split()
    for traffic in _TRAFFIC:
        if not wanted or traffic.name in wanted:
            yield from _measured(traffic)


def _measured(traffic: _Traffic) -> Iterator[Row]:
    workspace = find(Path())
    here = Local(workspace, open_cache(), Progress())
    asset = workspace.asset(traffic.name)
    labels = read_labels(workspace.folder(asset.name), asset)
    chance = np.random.default_rng(_SEED)
    given = labelled.items(workspace, asset, fetch_data(workspace, here.cache, asset, here.progress))
    traffic.more(sys.modules[f"evaluation of {asset.name}"])
    items = list(given)
    items = [items[at] for at in chance.permutation(len(items))[: traffic.items]]
    with here.answering(asset, "cpu") if traffic.classes else nullcontext() as send:
        plain = Recording(tasks.load(asset.task))
        seen, pool = _seen(asset, items, plain, send), items[traffic.profiled :]
        yield f"**{asset.name}**: {len(seen):,} items, {traffic.profiled:,} of them in a profile", "", ""
        yield _false_alarms(asset, labels, traffic, seen, plain.learned, chance)
        profile = profiling.make(asset, labels, seen[: traffic.profiled], plain.learned)
        field = tasks.load(asset.task).input.field
        for name, some in robustness.corrupted(pool, field, Robustness(metric="none", max_drop=0)):
            recording = Recording(tasks.load(asset.task), plain.learned)
            yield _detected(name, profile, labels, _seen(asset, list(some), recording, send), chance)


def _seen(asset: Asset, items: Sequence[Item], recording: Recording, send: Send | None) -> list[Seen]:
    """What each item is like, and what the model answers to it."""
    task = tasks.load(asset.task)
    if send is None:
        inputs = measurements.of(task.input.field)
        assert inputs is not None
        return [Seen(inputs.measure(task.input.parse(item.data), recording.learned), ()) for item in items]
    for _ in asking.ask(recording.items(items), task, lambda *_: {}, recording.send(send), 4, lambda _: None):
        pass
    return recording.seen


def _false_alarms(
    asset: Asset, labels: Sequence[str], traffic: _Traffic, seen: Sequence[Seen], learned: Mapping[str, float],
    chance: np.random.Generator,
) -> Row:  # fmt: skip
    alarms, ever = 0, 0
    for _ in range(_QUIET_DRAWS):
        order = [seen[at] for at in chance.permutation(len(seen))]
        profile = profiling.make(asset, labels, order[: traffic.profiled], learned)
        requests = order[traffic.profiled : traffic.profiled + _REQUESTS]
        looks = [bool(found) for _, found in _looks(profile, labels, requests)]
        alarms += looks[-1]
        ever += any(looks)
    what = f"nothing changed, {_QUIET_DRAWS:,} draws: alarms after {_REQUESTS} requests"
    also = f"; at any of the {_REQUESTS // _STEP} looks on the way, {ever / _QUIET_DRAWS:.1%}"
    return what, f"{alarms / _QUIET_DRAWS:.1%} (95 %: {_interval(alarms, _QUIET_DRAWS)}){also}", "≤ 1 %"


def _detected(
    name: str, profile: Profile, labels: Sequence[str], seen: Sequence[Seen], chance: np.random.Generator
) -> Row:
    after: list[float] = []
    by = Counter[str]()
    for _ in range(_DRAWS):
        requests = [seen[at] for at in chance.permutation(len(seen))[:_REQUESTS]]
        for count, found in _looks(profile, labels, requests):
            if found:
                after.append(count)
                by.update([max(found, key=lambda one: one.psi / one.psi_limit).name])
                break
    share = len(after) / _DRAWS
    if len(after) <= _DRAWS / 2:
        return name, f"**{share:.0%} of {_DRAWS} draws**", f"all, within {_REQUESTS} requests"
    what = f"after {statistics.median(after):.0f} requests ({max(after):.0f} at most), by {by.most_common(1)[0][0]}"
    return name, what if share == 1 else f"{what}; **{share:.0%} of {_DRAWS} draws**", f"≤ {_REQUESTS} requests"


def _looks(profile: Profile, labels: Sequence[str], requests: Sequence[Seen]) -> Iterator[tuple[int, list[Compared]]]:
    """What has drifted after each few requests, as `modelyard drift` would say."""
    usual = {name: dict(zip(one.bins, one.counts, strict=True)) for name, one in profile.distributions.items()}
    live = {name: dict.fromkeys(bins, 0.0) for name, bins in usual.items()}
    for count in range(_STEP, len(requests) + 1, _STEP):
        for name, bins in profiling.counted(profile, labels, requests[count - _STEP : count]).items():
            for bin, more in bins.items():
                live[name][bin] += more
        yield count, [one for one in compare(usual, live) if one.drifted]


def _interval(count: int, draws: int) -> str:
    """Wilson's."""
    share, z = count / draws, 1.96
    middle = (share + z * z / (2 * draws)) / (1 + z * z / draws)
    half = z * math.sqrt(share * (1 - share) / draws + z * z / (4 * draws * draws)) / (1 + z * z / draws)
    return f"{max(0, middle - half):.1%} to {middle + half:.1%}"
