"""Faults of what finds speech, and of what scores it."""

from __future__ import annotations

from scripts.benchmarks._faults.fault import Edit, Fault, Faults
from scripts.benchmarks._faults.networks import Weights, rounded, zeroed

FAULTS: list[Fault] = []

found = Faults("voice-activity-detector", FAULTS)
found.add(
    "sample rate",
    "22,050 a second are fed as 16,000",
    "samples",
    "quality, slices",
    Edit("samples = audio.samples(RATE)", "samples = audio.samples(22_050)"),
)
found.add(
    "normalisation range",
    "whole numbers of 16 bits instead of -1 to 1",
    "samples",
    "quality, slices, robustness",
    Edit("samples = audio.samples(RATE)", "samples = np.trunc(audio.samples(RATE) * 32_767)"),
)
found.add(
    "normalisation range",
    "each sound is made as loud as can be",
    "samples",
    "quality, slices, robustness",
    Edit(
        "samples = audio.samples(RATE)",
        "samples = audio.samples(RATE)\n        samples = samples / max(1e-9, float(np.abs(samples).max(initial=0)))",
    ),
)
found.add(
    "dtype",
    "samples are cut off to 8 bits",
    "samples",
    "quality, robustness",
    Edit("samples = audio.samples(RATE)", "samples = np.trunc(audio.samples(RATE) * 127) / np.float32(127)"),
)
found.add(
    "window",
    "frames come without what precedes them",
    "samples",
    "quality, slices",
    Edit("frames[:-1, -CONTEXT:]])", "0 * frames[:-1, -CONTEXT:]])"),
)
found.add(
    "hop size",
    "frames are counted as 480 samples",
    "samples",
    "quality, slices",
    Edit("here = number * FRAME", "here = number * 480"),
)
found.add(
    "padding side",
    "silence is put before the sound, not behind it",
    "samples",
    "quality",
    Edit("(0, -len(samples) % FRAME)", "(-len(samples) % FRAME, 0)"),
)
found.add(
    "threshold",
    "0.9 instead of 0.5",
    "samples, api",
    "quality, api",
    Edit('speech to begin.", 0, 1)] = 0.5', 'speech to begin.", 0, 1)] = 0.9'),
)
found.add(
    "dropped items",
    "the network forgets what it remembered from block to block",
    "samples, quality",
    "quality",
    Edit('            hidden, cell = said["hn"], said["cn"]\n', ""),
)
found.add(
    "off by one",
    "segments begin and end a frame late",
    "samples",
    "quality",
    Edit("here = number * FRAME", "here = (number + 1) * FRAME"),
)
found.add(
    "stale weights",
    "the network of silero-vad 6.0.0, of another form",
    "ready",
    "ready",
    Edit("source: pypi:silero-vad@6.2.3", "source: pypi:silero-vad@6.0.0", "asset.yaml"),
    Edit(
        "sha256: 7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8",
        "sha256: 37d29be8944d2a2e6f1cc38a066076f13e78e6fc1b567a1beddcca72096f077f",
        "asset.yaml",
    ),
    Edit("silero_vad_16k_sequence.onnx", "silero_vad_16k_op15.onnx", "asset.yaml"),
)
found.add(
    "quantised weights",
    "5 bits, one scale a layer",
    "samples",
    "quality, slices, robustness",
    Weights("silero-vad.onnx", rounded(5)),
)
found.add("zeroed layer", "the largest layer is zeros", "samples", "quality", Weights("silero-vad.onnx", zeroed))

scored = Faults("speech-quality-assessor", FAULTS)
scored.add(
    "labels shifted",
    "the network's scores are named in another order",
    "samples",
    "quality",
    Edit('ORDER = ("SIG", "BAK", "OVR")', 'ORDER = ("BAK", "OVR", "SIG")'),
)
scored.add(
    "padding side",
    "a short sound is filled up with silence, not with itself",
    "samples",
    "quality",
    Edit(
        "            samples = np.tile(samples, 2)\n",
        "            samples = np.pad(samples, (0, WINDOW - len(samples)))\n",
    ),
)
