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
from modelyard.explanations.explain import Bound, explain
from modelyard.explanations.explanation import Wanted
from modelyard.serving.served import Place, Served, load
from modelyard.serving.settings import Settings

WORKSPACE = Workspace(Path(__file__).parents[2])
LIKE, UNLIKE = 0.7, 0.4
"""Correlation from which on two explanations are alike, and below which they are not."""
_QUERIES = 160
_SHUFFLED = 2
_CANDIDATES = 40
"""The largest tensors, among which most are computed and not kept in the file."""


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
    """The weights with the numbers of the largest tensors of every network in another order.

    Were all of them shuffled, many a network would say the same of everything, which is easily told from the truth.
    """
    shutil.copytree(weights, folder, symlinks=False)
    for file in folder.rglob("*.tflite"):
        content = bytearray(file.read_bytes())
        network = Interpreter(str(file), num_threads=1)
        network.allocate_tensors()
        tensors = sorted(network.get_tensor_details(), key=lambda one: -int(np.prod(one["shape"])))
        kept = list(filter(None, (_kept(network, one["index"], content) for one in tensors[:_CANDIDATES])))
        assert kept, "a network without weights has learnt nothing"
        for at, numbers in kept[:_SHUFFLED]:
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


def counted(served: Served, sample: str, seed: int = 0) -> np.ndarray[Any, np.dtype[np.float64]]:
    """What counts in a sample for what is said of it first."""
    explainer = explanations.of(served.task)
    assert explainer is not None
    sent = served.task.input.parse((served.place.asset / "samples" / sample).read_bytes())
    wanted = Wanted(queries=_QUERIES, seed=seed)
    found = explain(served.pipeline, served.task, explainer, sent, {}, wanted, Bound(120, 2), NOBODY)
    saliency = found.explanation.body["saliency"]
    if isinstance(saliency, list):
        return np.array([word["weight"] for word in saliency])
    return np.asarray(saliency, np.float64).ravel()


@pytest.mark.parametrize(
    ("name", "samples"),
    [
        ("image-classifier", ["rocket.webp"]),
        ("text-sentiment-classifier", ["praise.txt", "complaint.txt", "negation.txt", "fact.txt", "smileys.txt"]),
    ],
)
def test_with_other_chance_it_is_alike_and_with_shuffled_weights_it_is_not(
    tmp_path: Path, name: str, samples: list[str]
) -> None:
    with place(name) as found:
        served = load(found, Settings())
        ruined = load(replace(found, weights=shuffled(found.weights, tmp_path / "weights")), Settings())
        true, again, other = (
            np.concatenate([counted(one, sample, seed) for sample in samples])
            for one, seed in ((served, 0), (served, 1), (ruined, 0))
        )

    assert other.std() > 0, "what is flat is like nothing"
    assert np.corrcoef(true, again)[0, 1] > LIKE
    assert np.corrcoef(true, other)[0, 1] < UNLIKE
