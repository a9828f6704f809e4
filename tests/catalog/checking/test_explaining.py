"""Explanations in a gallery: as the image gives them, and none that would take a release too long."""

from __future__ import annotations

import base64
import io
import json
import time
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import PIL.Image
import pytest
from tests.catalog.checking.test_exhibit import answered

from modelyard.catalog.checking import exhibit, explaining
from modelyard.catalog.records.gallery import Explained
from modelyard.errors import ModelyardError
from modelyard.serving.samples import EXPLAIN, PREDICT


def picture() -> str:
    file = io.BytesIO()
    PIL.Image.new("RGB", (60, 40), "orange").save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


GOOD = {"status": "ok", "target": "positive", "method": "occlusion of words", "picture": picture()}


def explainer(name: str, answer: Any = GOOD, code: int = 200, seconds: float = 0) -> tuple[exhibit.Explain, list[Any]]:
    """What explains the samples of an image that answers so, and everything that it is asked."""
    asked: list[Any] = []

    def send(_field: str, path: str = PREDICT) -> Any:
        def road(_data: bytes, parameters: Mapping[str, str]) -> tuple[int, bytes]:
            asked.append((path, dict(parameters)))
            time.sleep(seconds)
            return code if path == EXPLAIN else 200, json.dumps(answer).encode()

        return road

    candidate = answered(name)
    candidate.__dict__["running"] = SimpleNamespace(send=send)
    return explaining.of(candidate), asked


def test_the_image_is_asked_and_its_picture_kept() -> None:
    candidate = answered("text-sentiment-classifier")
    explain, asked = explainer("text-sentiment-classifier")

    found = explain(candidate.good_samples[0], 50_000)

    assert isinstance(found, Explained)
    assert (found.target, found.method) == ("positive", "occlusion of words")
    assert found.picture.media_type == "image/webp"
    assert asked[-1] == (EXPLAIN, {"queries": "256"})


def test_a_model_that_answers_slowly_is_not_asked_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explaining, "_SLOWEST", 0.01)
    explain, asked = explainer("text-sentiment-classifier", seconds=0.02)
    samples = answered("text-sentiment-classifier").good_samples

    said = [explain(one, 50_000) for one in samples]

    assert all(isinstance(one, str) and one.startswith("an answer takes 0.0 s") for one in said)
    assert [path for path, _ in asked] == [PREDICT] * 2


def test_a_refusal_is_said_and_what_is_no_explanation_is_a_fault() -> None:
    sample = answered("text-sentiment-classifier").good_samples[0]
    refusing, _ = explainer("text-sentiment-classifier", {"status": "error", "message": "nothing is there"}, 400)
    assert refusing(sample, 50_000) == "nothing is there"
    for wrong in ({"status": "ok"}, [], {**GOOD, "picture": "AAAA"}):
        broken, _ = explainer("text-sentiment-classifier", wrong)
        with pytest.raises(ModelyardError, match="/model/explain answers with no explanation"):
            broken(sample, 50_000)


def test_a_task_that_cannot_be_explained_says_nothing() -> None:
    explain, asked = explainer("pitch-estimator")
    assert explain(answered("pitch-estimator").good_samples[0], 50_000) is None
    assert not asked
