"""Pipelines of which everybody knows what they look at."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from modelyard import Audio, Classification, Image, Pipeline, Tensors, Text, TextClassification, explanations, tasks
from modelyard.caller import NOBODY, Caller
from modelyard.explanations.explain import Bound, Explained, explain
from modelyard.explanations.explanation import Wanted

LABELS = ("yes", "no")
RATE = 16_000
WANTED = Wanted()


class _Looking(Pipeline[Any, Any]):
    """One number of the input decides between two classes."""

    def load(self, weights: Path) -> None:
        pass

    def infer(self, tensors: Tensors) -> Tensors:
        return tensors


class AtAQuadrant(_Looking):
    """How many edges there are in the upper right quadrant of a picture."""

    def preprocess(self, image: Image) -> Tensors:
        grey = image.pixels((96, 96)).mean(axis=2)[:48, 48:]
        edges = np.abs(np.diff(grey, axis=0)).mean() + np.abs(np.diff(grey, axis=1)).mean()
        return {"share": np.array([min(1.0, float(edges) / 100)])}

    def postprocess(self, tensors: Tensors, image: Image) -> Classification:
        share = float(tensors["share"].item())
        return Classification.best(np.array([share, 1 - share]), LABELS, 2)


class AtAWord(_Looking):
    """Whether a text says "good"."""

    word = "good"

    def preprocess(self, text: Text) -> Tensors:
        return {"share": np.array([0.9 if self.word in text else 0.1])}

    def postprocess(self, tensors: Tensors, text: Text) -> TextClassification:
        share = float(tensors["share"].item())
        return TextClassification.best(np.array([share, 1 - share]), LABELS)


class AtABand(_Looking):
    """How loud a sound is between 900 and 1,100 Hz in its second half."""

    def preprocess(self, audio: Audio) -> Tensors:
        samples = audio.samples(RATE)
        half = samples[len(samples) // 2 :]
        power = np.abs(np.fft.rfft(half)) ** 2
        hertz = np.fft.rfftfreq(len(half), 1 / RATE)
        heard = power[(hertz > 900) & (hertz < 1100)].sum() / (len(half) / 2) ** 2
        return {"share": np.array([min(1.0, float(heard) / 0.1)])}

    def postprocess(self, tensors: Tensors, audio: Audio) -> Classification:
        share = float(tensors["share"].item())
        return Classification.best(np.array([share, 1 - share]), LABELS, 2)


TASKS = {AtAQuadrant: "image-classification", AtAWord: "text-classification", AtABand: "audio-classification"}


def explained(
    pipeline: type[_Looking], sent: Any, wanted: Wanted = WANTED, seconds: float = 60, caller: Caller = NOBODY
) -> Explained:
    """What is explained of the answer of one of them."""
    task = tasks.load(TASKS[pipeline])
    explainer = explanations.of(task)
    assert explainer is not None
    runtime = cast(Any, SimpleNamespace(name="none", version="0"))
    return explain(pipeline(runtime, LABELS), task, explainer, sent, {}, wanted, Bound(seconds, 2), caller)
