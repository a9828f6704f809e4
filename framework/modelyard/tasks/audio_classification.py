"""Audio classification: what a sound is, or what is heard in it, the most likely first."""

from __future__ import annotations

from collections.abc import Sequence

import PIL.Image

from modelyard.audio import Audio
from modelyard.tasks import canvas, classes, kept
from modelyard.tasks.classes import Classification
from modelyard.tasks.task import Task

_NAME = "audio-classification"
_RATE = 4_000


def _draw(audio: Audio, answer: Classification, labels: Sequence[str]) -> PIL.Image.Image:
    """The sound, and below it a bar for each of the most likely classes."""
    return canvas.stacked([canvas.wave(audio.samples(_RATE)), classes.drawn(answer)])


TASK = Task(
    name=_NAME,
    title="Audio Classification",
    input=Audio,
    output=Classification,
    schema=classes.schema("sound", [(9, "piano", 0.61), (1, "classical", 0.44)]),
    encode=classes.encode,
    decode=classes.decoder(_NAME),
    measures=classes.MEASURES,
    difference=classes.difference,
    describe=classes.describe,
    draw=_draw,
    suffix=".json",
    write=kept.writer(classes.encode),
    read=kept.reader(classes.decoder(_NAME)),
    observe=classes.observe,
    target=classes.target,
    opened=classes.OPENED,
)
