"""Answers that are files, or may be had as one: what a client gets follows from what it says that it takes."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile
from flask import Flask
from flask.testing import FlaskClient

from modelyard import Audio, Note, Pipeline, Tensors, Transcription, tasks

TASK = tasks.load("music-transcription")


class OneNote(Pipeline[Audio, Transcription]):
    """Hears one note, as long as the sound."""

    def load(self, weights: Path) -> None:
        self.model = SimpleNamespace(inputs=(), outputs=())

    def infer(self, tensors: Tensors) -> Tensors:
        return tensors

    def preprocess(self, audio: Audio) -> Tensors:
        return {"samples": audio.samples(8_000)}

    def postprocess(self, tensors: Tensors, audio: Audio) -> Transcription:
        return Transcription((Note(0, len(tensors["samples"]) / 8_000, 69, 1),))


@pytest.fixture
def client_of(make_app: Callable[..., Flask]) -> Callable[[bool], FlaskClient]:
    def of(usual: bool) -> FlaskClient:
        assert TASK.file
        runtime: Any = SimpleNamespace(name="litert", version="0")
        pipeline = OneNote(runtime)
        pipeline.load(Path())
        task = replace(TASK, file=replace(TASK.file, usual=usual))
        return make_app(pipeline=pipeline, task=task, labels=()).test_client()

    return of


def asked(client: FlaskClient, **headers: str) -> Any:
    encoded = io.BytesIO()
    soundfile.write(encoded, np.zeros(4_000), 8_000, format="WAV")
    return client.post("/model/predict", data=encoded.getvalue(), content_type="audio/wav", headers=headers)


@pytest.mark.parametrize("usual", [True, False])
@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("audio/midi", "audio/midi"),
        ("audio/*", "audio/midi"),
        ("application/json", "application/json"),
        ("audio/midi, */*;q=0.1", "audio/midi"),
        ("audio/midi;q=0.5, application/json", "application/json"),
    ],
)
def test_a_client_gets_what_it_asks_for(
    client_of: Callable[[bool], FlaskClient], usual: bool, accept: str, media_type: str
) -> None:
    answer = asked(client_of(usual), Accept=accept)
    assert answer.status_code == 200
    assert answer.mimetype == media_type
    assert [one.pitch for one in TASK.parse(answer.data).notes] == [69]


@pytest.mark.parametrize("headers", [{}, {"Accept": "*/*"}, {"Accept": "text/html"}])
def test_who_says_nothing_gets_what_is_usual(client_of: Callable[[bool], FlaskClient], headers: dict[str, str]) -> None:
    assert asked(client_of(True), **headers).data[:4] == b"MThd"
    assert asked(client_of(False), **headers).json["notes"][0]["name"] == "A4"
