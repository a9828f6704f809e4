"""Attacks by somebody who can only ask: bounded, counted, and the same for the same seed."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Mapping

import numpy as np
import PIL.Image
import pytest

from modelyard.catalog.evaluation import adversary
from modelyard.catalog.evaluation.item import Item
from modelyard.catalog.evaluation.oracle import Oracle, Spent
from modelyard.catalog.records.attacked import Attacked
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset


class Asked:
    """Counts what it is asked about."""

    def __init__(self) -> None:
        self.inputs: list[bytes] = []
        self._lock = threading.Lock()

    def note(self, data: bytes) -> None:
        with self._lock:
            self.inputs.append(data)


class Fragile(Asked):
    """Takes a picture for a shirt while its upper half is brighter than 100.5, and for a bag from there on down."""

    def __call__(self, data: bytes, parameters: Mapping[str, str]) -> tuple[int, bytes]:
        self.note(data)
        bright = float(np.asarray(PIL.Image.open(io.BytesIO(data)).convert("L"))[:12].mean())
        share = 1 / (1 + np.exp(100.5 - bright))
        classes = [("0", "shirt", float(share)), ("1", "bag", float(1 - share))]
        told = [
            {"label_id": number, "label": label, "probability": probability}
            for number, label, probability in sorted(classes, key=lambda one: -one[2])
        ]
        return 200, json.dumps({"status": "ok", "predictions": told}).encode()


class Literal(Asked):
    """Hears one word, and only where it is spelt as it should be."""

    def __call__(self, data: bytes, parameters: Mapping[str, str]) -> tuple[int, bytes]:
        self.note(data)
        share = 0.9 if b"wonderful" in data else 0.3
        classes = {"positive": share, "negative": 1 - share}
        said = dict(sorted(classes.items(), key=lambda one: -one[1]))
        return 200, json.dumps({"status": "ok", "predictions": [said]}).encode()


def picture(bright: int) -> bytes:
    file = io.BytesIO()
    PIL.Image.new("RGB", (30, 24), (bright, bright, bright)).save(file, "PNG")
    return file.getvalue()


def attacked(asset: Asset, task: str, model: Asked, items: list[Item], queries: int = 60, seed: int = 1) -> Attacked:
    asset = asset.model_copy(update={"task": task})
    return adversary.attack(asset, items, model, queries, seed, lambda done, total: None)  # type: ignore[arg-type]


def test_a_picture_near_the_edge_is_made_wrong_within_the_bound_and_one_far_from_it_is_not(asset: Asset) -> None:
    items = [
        Item("near", picture(102), "shirt"),
        Item("far", picture(200), "shirt"),
        Item("wrong", picture(9), "shirt"),
    ]
    model = Fragile()
    found = attacked(asset, "image-classification", model, items)
    assert found.broken == ["near"]
    assert found.accuracy.value == pytest.approx(2 / 3)
    assert found.robust_accuracy.value == pytest.approx(1 / 3)
    assert found.robust_accuracy.low is not None
    assert found.distortion is not None
    assert 0 < found.distortion <= 8.01 / 255
    for data in model.inputs:
        pixels = np.asarray(PIL.Image.open(io.BytesIO(data)), int)
        assert min(np.abs(pixels - bright).max() for bright in (102, 200, 9)) <= 8


def test_no_more_is_asked_about_an_item_than_was_granted(asset: Asset) -> None:
    model = Fragile()
    attacked(asset, "image-classification", model, [Item("far", picture(200), "shirt")], queries=12)
    assert len(set(model.inputs)) <= 12


def test_the_same_seed_asks_the_same_and_leaves_chance_as_it_was(asset: Asset) -> None:
    items = [Item("near", picture(104), "shirt")]
    np.random.seed(5)
    before = np.random.get_state()[1].tolist()  # type: ignore[index, union-attr]
    first, second = Fragile(), Fragile()
    attacked(asset, "image-classification", first, items)
    attacked(asset, "image-classification", second, items)
    assert first.inputs == second.inputs
    assert np.random.get_state()[1].tolist() == before  # type: ignore[index, union-attr]


def test_a_text_is_misspelt_where_it_hurts_and_nowhere_else(asset: Asset) -> None:
    text = "It was a wonderful day, and nobody at the old harbour said otherwise."
    model = Literal()
    found = attacked(asset, "text-classification", model, [Item("day", text.encode(), "positive")])
    assert found.broken == ["day"]
    assert found.asked is not None
    assert found.asked < 60
    assert "1 items" in found.to_text()


def test_an_item_that_is_refused_is_named(asset: Asset) -> None:
    refused = 400, b'{"status": "error", "message": "no text"}'
    with pytest.raises(ModelyardError, match=r"'day' is refused: \(no text\)"):
        adversary.attack(asset, [Item("day", b"x", "positive")], lambda *_: refused, 5, 1, lambda done, total: None)


def test_where_there_is_no_attack_it_is_said_where_there_are_some(asset: Asset) -> None:
    with pytest.raises(
        ModelyardError, match="no attack on token-segmentation: there are attacks on image-classification"
    ):
        adversary.method_of("token-segmentation")


def test_a_question_that_was_asked_before_costs_nothing() -> None:
    oracle = Oracle(lambda data: {"a": 1.0}, 2)
    for data in (b"1", b"1", b"2", b"1"):
        oracle.scores(data)
    assert oracle.used == 2
    with pytest.raises(Spent):
        oracle.scores(b"3")
