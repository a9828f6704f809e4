"""Explanations are of the model, and not of the input alone: with its weights shuffled they are others.

Adebayo et al.: Sanity Checks for Saliency Maps, 2018 (https://arxiv.org/abs/1810.03292). What a network has learnt is
destroyed by putting the numbers of each of its tensors in another order: an explanation that stays the same is none.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from modelyard import explanations
from modelyard.caller import NOBODY
from modelyard.catalog.local import Local
from modelyard.catalog.progress import Progress
from modelyard.catalog.weights.cache import open_cache
from modelyard.catalog.workspace import Workspace
from modelyard.explanations.explain import Bound, Explained, explain
from modelyard.explanations.explanation import Wanted
from modelyard.serving.served import Place, Served, load
from modelyard.serving.settings import Settings

WORKSPACE = Workspace(Path(__file__).parents[2])
LIKE, UNLIKE = 0.7, 0.4
"""Correlation from which on two explanations are alike, and below which they are not."""


pytestmark = pytest.mark.network


@pytest.fixture(autouse=True)
def pipeline_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every asset's module has the same name: none is left over from another asset, and none stays."""
    monkeypatch.setitem(sys.modules, "pipeline", sys)
    del sys.modules["pipeline"]


@contextmanager
def place(name: str) -> Iterator[Place]:
    """Where an asset and its weights are on this machine."""
    local = Local(WORKSPACE, open_cache(), Progress())
    with local.prepared(WORKSPACE.asset(name), "cpu") as (_, environment):
        yield Place.from_environment(environment)


def shuffled(weights: Path, folder: Path) -> Path:
    """The weights with the numbers of the largest tensor of every network in another order.

    Were all of them shuffled, many a network would say the same of everything, which is easily told from the truth.
    """
    shutil.copytree(weights, folder, symlinks=False)
    for file in folder.rglob("*.tflite"):
        content = bytearray(file.read_bytes())
        network = Interpreter(str(file), num_threads=1)
        network.allocate_tensors()
        tensors = sorted(network.get_tensor_details(), key=lambda one: -int(np.prod(one["shape"])))
        at, numbers = next(filter(None, (_kept(network, one["index"], content) for one in tensors)))
        raw = np.random.default_rng(0).permutation(numbers.ravel()).tobytes()
        content[at : at + len(raw)] = raw
        file.chmod(0o644)
        file.write_bytes(content)
    return folder


def _kept(network: Interpreter, index: int, content: bytearray) -> tuple[int, np.ndarray[Any, Any]] | None:
    """Where in the file a tensor stands, and its numbers; None for one that is computed."""
    try:
        numbers = network.get_tensor(index)
    except ValueError:
        return None
    at = content.find(numbers.tobytes()) if numbers.any() else -1
    return (at, numbers) if at >= 0 else None


def explained(served: Served, sample: str, target: str, seed: int = 0) -> Explained:
    explainer = explanations.of(served.task)
    assert explainer is not None
    sent = served.task.input.parse((served.place.asset / "samples" / sample).read_bytes())
    wanted = Wanted(target, 160, seed)
    return explain(served.pipeline, served.task, explainer, sent, {}, wanted, Bound(120, 2), NOBODY)


def counted(one: Explained) -> np.ndarray[Any, np.dtype[np.float64]]:
    saliency = one.explanation.body["saliency"]
    if isinstance(saliency, list):
        return np.array([word["weight"] for word in saliency])
    return np.asarray(saliency, np.float64).ravel()


def correlation(first: Explained, second: Explained) -> float:
    """Pearson's; nothing counts in an explanation that is flat, so it is like no other."""
    a, b = counted(first), counted(second)
    return float(np.corrcoef(a, b)[0, 1]) if a.std() > 0 and b.std() > 0 else 0.0


@pytest.mark.parametrize(
    ("name", "sample", "target"),
    [("image-classifier", "rocket.webp", "missile"), ("text-sentiment-classifier", "praise.txt", "positive")],
)
def test_with_other_chance_it_is_alike_and_with_shuffled_weights_it_is_not(
    tmp_path: Path, name: str, sample: str, target: str
) -> None:
    with place(name) as found:
        served = load(found, Settings())
        true, again = (explained(served, sample, target, seed) for seed in (0, 1))
        ruined = load(replace(found, weights=shuffled(found.weights, tmp_path / "weights")), Settings())
        other = explained(ruined, sample, target)

    alike, unlike = correlation(true, again), correlation(true, other)
    print("\nCORR", name, alike, unlike, other.target, other.score, counted(other).std(), correlation(true, explained(ruined, sample, "")))
    assert alike > LIKE
    assert abs(unlike) < UNLIKE
