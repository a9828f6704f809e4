"""Silero VAD 6 at 16 kHz: a network with a memory goes through the sound, and a rule makes segments of what it says.

It follows `sequence_vad.py` and `get_speech_timestamps_from_probs` in `utils_vad.py` of silero-vad 6.2.3. The network
sees 512 samples at a time with the 64 before them, and takes many such frames in one call, which gives the same bits
as one call for each.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np

from modelyard import Audio, Parameter, Pipeline, Tensors, VoiceActivity

RATE = 16_000
FRAME, CONTEXT = 512, 64
BLOCK = 256
"""Frames in one call, 8 s: others get their turn between two calls."""
MEMORY = (1, 1, 128)
HYSTERESIS, LEAST_THRESHOLD = 0.15, 0.01
"""Speech ends where it is less likely than the threshold by this much."""


class VoiceActivityDetector(Pipeline[Audio, VoiceActivity]):
    """Says when somebody speaks."""

    def load(self, weights: Path) -> None:
        self.model = self.runtime.load(weights / "silero-vad.onnx")

    def preprocess(self, audio: Audio) -> Tensors:
        samples = audio.samples(RATE)
        frames = np.pad(samples, (0, -len(samples) % FRAME)).reshape(-1, FRAME)
        before = np.vstack([np.zeros((1, CONTEXT), np.float32), frames[:-1, -CONTEXT:]])
        return {"input": np.hstack([before[: len(frames)], frames]), "length": np.array(len(samples))}

    def infer(self, tensors: Tensors) -> Tensors:
        """Goes through the frames block by block, and hands on what the network remembers."""
        frames, probabilities = tensors["input"], []
        hidden = cell = np.zeros(MEMORY, np.float32)
        for start in range(0, len(frames), BLOCK):
            said = self.model({"input": frames[start : start + BLOCK], "h": hidden, "c": cell})
            hidden, cell = said["hn"], said["cn"]
            probabilities.append(said["speech_probs"])
        joined = np.concatenate(probabilities) if probabilities else np.zeros(0, np.float32)
        return {"probabilities": joined, "length": tensors["length"]}

    def postprocess(
        self,
        tensors: Tensors,
        audio: Audio,
        *,
        threshold: Annotated[float, Parameter("How likely a frame must be speech for speech to begin.", 0, 1)] = 0.5,
        shortest_speech: Annotated[
            float, Parameter("Seconds; what is no longer than this is left out, before padding.", 0, 60)
        ] = 0.25,
        shortest_silence: Annotated[
            float, Parameter("Seconds; a shorter silence doesn't part two segments.", 0, 60)
        ] = 0.1,
        padding: Annotated[float, Parameter("Seconds that each segment is made longer at both ends.", 0, 10)] = 0.03,
    ) -> VoiceActivity:
        probabilities, length = tensors["probabilities"], int(tensors["length"])
        spans = found(probabilities.tolist(), length, threshold, shortest_speech * RATE, shortest_silence * RATE)
        segments = tuple((begin / RATE, end / RATE) for begin, end in padded(spans, length, padding * RATE))
        return VoiceActivity(segments, length / RATE, probabilities, FRAME / RATE)


def found(
    probabilities: Sequence[float], length: int, threshold: float, shortest_speech: float, shortest_silence: float
) -> list[tuple[int, int]]:
    """Begin and end of each stretch of speech, in samples.

    Args:
        probabilities: Of each frame.
        length: Samples of the whole sound.
        threshold: Speech begins at a frame as likely as this, and ends HYSTERESIS below it.
        shortest_speech: Samples; a segment is longer.
        shortest_silence: Samples that speech must pause for to end.
    """
    spans: list[tuple[int, int]] = []
    least = max(threshold - HYSTERESIS, LEAST_THRESHOLD)
    begin = quiet = None
    for number, probability in enumerate(probabilities):
        here = number * FRAME
        if probability >= threshold:
            quiet = None
            if begin is None:
                begin = here
                continue
        if probability < least and begin is not None:
            quiet = here if quiet is None else quiet
            if here - quiet >= shortest_silence:
                if quiet - begin > shortest_speech:
                    spans.append((begin, quiet))
                begin = quiet = None
    if begin is not None and length - begin > shortest_speech:
        spans.append((begin, length))
    return spans


def padded(spans: Sequence[tuple[int, int]], length: int, padding: float) -> list[tuple[int, int]]:
    """The spans, each longer by the padding at both ends; neighbours that are close share the silence between them.

    Args:
        spans: Begin and end, in samples.
        length: Samples of the whole sound.
        padding: Samples.
    """
    edges = [list(span) for span in spans]
    for index, edge in enumerate(edges):
        if index == 0:
            edge[0] = int(max(0, edge[0] - padding))
        if index + 1 == len(edges):
            edge[1] = int(min(length, edge[1] + padding))
            break
        following = edges[index + 1]
        silence = following[0] - edge[1]
        if silence < 2 * padding:
            edge[1] += silence // 2
            following[0] -= silence // 2
        else:
            edge[1] = int(min(length, edge[1] + padding))
            following[0] = int(max(0, following[0] - padding))
    return [(begin, end) for begin, end in edges]
