"""A conversation marked by people, and prompts in noise whose truth is known because they were mixed here."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from modelyard.catalog.evaluation.item import Item

RATE = 8_000
SEED = 20260101
MIXTURES = 40
PROMPTS = 3
"""In one mixture."""
LEVELS = {"clean": None, "15-db": 15.0, "5-db": 5.0, "0-db": 0.0}
QUIET = 10 ** (-40 / 20)
"""Of the loudest 20 ms of a prompt: what is below is no speech."""
BRIDGED = 0.1
"""Seconds; a shorter pause, as between syllables or before a plosive, is part of what is said."""

Sound = NDArray[np.float64]
Span = tuple[float, float]


def items(data: Path) -> Iterator[Item]:
    """The conversation first, then the mixtures, a quarter of them at each level of noise."""
    wave = (data / "conversation" / "sample.wav").read_bytes()
    turns = [line.split() for line in (data / "conversation" / "sample.rttm").read_text().splitlines()]
    spoken = [(float(turn[3]), float(turn[3]) + float(turn[4])) for turn in turns]
    yield Item("conversation", wave, spoken, slices={"noise": "conversation"})
    files = sorted((data / "prompts").glob("*.wav"))
    random = np.random.default_rng(SEED)
    for number in range(MIXTURES):
        level = list(LEVELS)[number % len(LEVELS)]
        sound, truth = mixture(files, LEVELS[level], random)
        yield Item(f"mixture-{number}", encoded(sound), truth, slices={"noise": level})


def mixture(files: list[Path], decibels: float | None, random: np.random.Generator) -> tuple[Sound, list[Span]]:
    """Some prompts with silences between them, in noise that is so many decibels below their speech."""
    parts, truth, end, power = [], [], 0.0, []
    for _ in range(PROMPTS):
        silence = np.zeros(int(RATE * random.uniform(0.4, 2.0)))
        prompt, said = np.zeros(0), []
        while not 1 <= len(prompt) / RATE <= 8 or not said:
            prompt, _ = soundfile.read(files[int(random.integers(len(files)))])
            said = speech(prompt) if not is_tone(prompt) else []
        parts += [silence, prompt]
        begin = end + len(silence) / RATE
        truth += [(begin + first, begin + last) for first, last in said]
        power += [np.mean(prompt[int(first * RATE) : int(last * RATE)] ** 2) for first, last in said]
        end = begin + len(prompt) / RATE
    sound = np.concatenate([*parts, np.zeros(RATE)])
    if decibels is not None:
        sound = sound + pink(len(sound), random) * np.sqrt(np.mean(power)) * 10 ** (-decibels / 20)
    return sound / max(1.0, float(np.abs(sound).max())), truth


def speech(prompt: Sound) -> list[Span]:
    """Where a clean prompt is loud: begin and end in seconds."""
    step = RATE // 100
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(prompt, step // 2), 2 * step)[::step]
    level = np.sqrt((frames**2).mean(axis=1))
    loud = np.flatnonzero(level > QUIET * level.max()) if level.max(initial=0) > 0 else np.zeros(0, int)
    spans: list[Span] = []
    for frame in loud:
        begin, end = frame / 100, (frame + 1) / 100
        if spans and begin - spans[-1][1] < BRIDGED:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((begin, end))
    return spans


def is_tone(prompt: Sound) -> bool:
    """Whether it is a beep: half of its power lies in a few frequencies."""
    power = np.abs(np.fft.rfft(prompt)) ** 2
    return bool(np.sort(power)[-max(1, len(power) // 200) :].sum() > 0.5 * power.sum())


def pink(samples: int, random: np.random.Generator) -> Sound:
    """Noise of power 1 with as much of it in every octave, as of streets and rooms."""
    frequencies = np.fft.rfftfreq(samples)
    spectrum = random.normal(size=len(frequencies)) + 1j * random.normal(size=len(frequencies))
    noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(frequencies, 40 / RATE)), samples)
    return noise / noise.std()


def encoded(sound: Sound) -> bytes:
    """A WAV file of 16 bits."""
    file = io.BytesIO()
    soundfile.write(file, sound, RATE, format="WAV", subtype="PCM_16")
    return file.getvalue()
