"""Basic Pitch: two seconds of a sound at a time through the network, and notes out of what it says of all of them.

It follows `inference.py` and `note_creation.py` of basic-pitch 0.4.0, step by step: windows that overlap by 30 frames,
of which 15 are dropped at each side; onsets, also where the network's frames rise; notes from each onset to where its
frames fade; and notes that have no onset of their own, from what is left (which the original calls Melodia's trick).
"""

from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from modelyard import Audio, Note, Parameter, Pipeline, Tensors, Transcription

RATE = 22_050
HOP = 256
SAMPLES = 2 * RATE - HOP
"""Of a window, which the network turns into `FRAMES` frames."""
FRAMES_A_SECOND = RATE // HOP
FRAMES = 2 * FRAMES_A_SECOND
OVERLAP = 30
"""Frames that a window shares with the next one."""
LOWEST = 21
"""The MIDI pitch of the first of the network's 88, those of a piano."""
PATIENCE = 11
"""Frames in a row that are too weak, after which a note is over."""

Frames = NDArray[np.float32]


class MusicTranscriber(Pipeline[Audio, Transcription]):
    """Writes down the notes of a sound."""

    def load(self, weights: Path) -> None:
        self.model = self.runtime.load(weights / "basic-pitch")

    def preprocess(self, audio: Audio) -> Tensors:
        samples = audio.samples(RATE)
        step = SAMPLES - OVERLAP * HOP
        count = -(-(len(samples) + OVERLAP * HOP // 2) // step)
        padded = np.zeros((count - 1) * step + SAMPLES, np.float32)
        # The first window has no one before it, whose frames would stand for its own first ones.
        before = OVERLAP * HOP // 2
        padded[before : before + len(samples)] = samples
        windows = np.lib.stride_tricks.sliding_window_view(padded, SAMPLES)[::step]
        return {"windows": windows[..., np.newaxis], "samples": np.asarray(len(samples))}

    def infer(self, tensors: Tensors) -> Tensors:
        """One window at a time, so that a long sound takes no more memory than a short one, and others have a turn."""
        name, windows = self.model.inputs[0].name, tensors["windows"]
        said = [self.model({name: windows[number : number + 1]}) for number in range(len(windows))]
        side, count = OVERLAP // 2, int(tensors["samples"] * (FRAMES_A_SECOND / RATE))
        return {key: np.concatenate([one[key][0, side:-side] for one in said])[:count] for key in ("note", "onset")}

    def postprocess(
        self,
        tensors: Tensors,
        audio: Audio,
        *,
        onset_threshold: Annotated[
            float, Parameter("How sure it must be that a note starts. Lower splits notes, higher merges them.", 0.05, 1)
        ] = 0.5,
        frame_threshold: Annotated[
            float,
            Parameter("How sure it must be that a note goes on. Lower makes more notes, and longer ones.", 0.05, 1),
        ] = 0.3,
        minimum_note_length: Annotated[
            float, Parameter("Milliseconds; shorter notes are left out.", 0, 10_000)
        ] = 127.7,
    ) -> Transcription:
        frames, onsets = tensors["note"], tensors["onset"]
        shortest = round(minimum_note_length / 1_000 * RATE / HOP)
        found = notes(frames, onsets, onset_threshold, frame_threshold, shortest)
        seconds = times(len(frames))
        return Transcription.of(
            Note(float(seconds[start]), float(seconds[end]), LOWEST + key, amplitude)
            for start, end, key, amplitude in found
        )


def times(count: int) -> NDArray[np.float64]:
    """Seconds at which frames begin: a window of `FRAMES` lasts a bit less than so many hops."""
    frames = np.arange(count)
    late = HOP / RATE * (FRAMES - SAMPLES / HOP) + 0.0018  # the original's number, found by trying
    seconds: NDArray[np.float64] = frames * (HOP / RATE) - late * (frames // FRAMES)
    return seconds


def notes(
    frames: Frames, onsets: Frames, onset_threshold: float, frame_threshold: float, shortest: int
) -> list[tuple[int, int, int, float]]:
    """First frame, the one after the last, number of the key, and mean of the frames, for each note.

    Args:
        frames: float32 [frames, 88], how sure the network is that each key sounds.
        onsets: float32 [frames, 88], how sure it is that a note starts there.
        onset_threshold: Least onset that starts a note.
        frame_threshold: Least frame that goes on with one.
        shortest: A note has more frames than that.
    """
    if len(frames) < 3:
        return []
    # One row a key, so that a note is a stretch of memory; what a note has taken is zero from then on.
    left = np.array(frames.T, order="C")
    last = len(frames) - 1
    found = []

    def take(key: int, start: int, end: int) -> None:
        """A note leaves nothing for its neighbours, where it shows too."""
        left[max(0, key - 1) : key + 2, start:end] = 0

    def add(key: int, start: int, end: int) -> None:
        found.append((start, end, key, float(frames[start:end, key].mean())))

    # The last note first, so that it takes its own frames before an earlier one of the same key reaches them.
    for start, key in reversed(_peaks(_with_rises(onsets, frames), onset_threshold)):
        if start >= last:
            continue
        end, faded = _fade(left[key], start + 1, last, 1, frame_threshold)
        if end - faded - start > shortest:
            take(key, start, end - faded)
            add(key, start, end - faded)

    # What is taken only gets less, so the strongest that is left is the next in this order that is still there.
    for flat in _strongest(left, frame_threshold):
        middle, key = divmod(flat, len(left))
        if not left[key, middle]:
            continue
        left[key, middle] = 0
        after, faded_after = _fade(left[key], middle + 1, last, 1, frame_threshold)
        before, faded_before = _fade(left[key], middle - 1, 0, -1, frame_threshold)
        take(key, middle + 1, after)
        take(key, before + 1, middle)
        start, end = before + 1 + faded_before, after - 1 - faded_after
        if end - start > shortest:
            add(key, start, end)
    return found


def _with_rises(onsets: Frames, frames: Frames) -> NDArray[np.float64]:
    """The onsets, and where frames rise over both of the last two: as strong as the strongest onset at most."""
    exact = frames.astype(np.float64)
    rises = np.pad(np.maximum(0, exact[2:] - np.maximum(exact[1:-1], exact[:-2])), ((2, 0), (0, 0)))
    steepest = rises.max()
    return np.maximum(onsets, onsets.max() * rises / steepest) if steepest > 0 else onsets.astype(np.float64)


def _peaks(onsets: NDArray[np.float64], threshold: float) -> list[tuple[int, int]]:
    """Frame and key of what is stronger than the frame before and the one after."""
    middle = onsets[1:-1]
    peaks = (middle > onsets[:-2]) & (middle > onsets[2:]) & (middle >= threshold)
    where, keys = np.nonzero(peaks)
    return list(zip((where + 1).tolist(), keys.tolist(), strict=True))


def _strongest(left: Frames, threshold: float) -> list[int]:
    """Frame times keys plus key of all that is above the threshold, the strongest first, then the earliest."""
    flat = left.T.ravel()
    above = np.flatnonzero(flat > np.float64(threshold))
    ranked: list[int] = above[np.argsort(-flat[above], kind="stable")].tolist()
    return ranked


def _fade(row: Frames, at: int, bound: int, step: int, threshold: float) -> tuple[int, int]:
    """Where a note is over, and how many frames it was too weak before that.

    Args:
        row: float32 [frames], of one key.
        at: The first frame to look at.
        bound: A frame that is not looked at.
        step: 1 or -1.
        threshold: What is less is too weak.
    """
    weak = 0
    frames = memoryview(row)
    while (bound - at) * step > 0 and weak < PATIENCE:
        weak = weak + 1 if frames[at] < threshold else 0
        at += step
    return at, weak
