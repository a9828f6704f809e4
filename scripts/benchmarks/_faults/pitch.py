"""Faults of what says how high a sound is."""

from __future__ import annotations

from scripts.benchmarks._faults.fault import Edit, Fault, Faults
from scripts.benchmarks._faults.networks import Weights, middle_zeroed, rounded

FAULTS: list[Fault] = []

_HEARD = "samples = audio.samples(RATE)"

made = Faults("pitch-estimator", FAULTS)
made.add(
    "sample rate",
    "22,050 a second are fed as 16,000",
    "samples",
    "quality, slices",
    Edit(_HEARD, "samples = audio.samples(22_050)"),
)
made.add(
    "hop size",
    "frames are told to be 10 ms apart",
    "samples",
    "quality, slices",
    Edit("* (HOP / RATE), frequencies", "* 0.01, frequencies"),
)
made.add(
    "dtype",
    "a frequency is cut off to whole Hz",
    "samples",
    "quality",
    Edit('tensors["pitch"].astype(np.float64)', 'tensors["pitch"].astype(np.int64).astype(np.float64)'),
)
made.add(
    "threshold",
    "0.9 instead of 0.5",
    "samples, api",
    "quality, slices, api",
    Edit('that there is a pitch.", 0, 1)] = 0.5', 'that there is a pitch.", 0, 1)] = 0.9'),
)
made.add(
    "window",
    "a part of a long sound is heard without what is around it",
    "samples",
    "",
    Edit("BEFORE, AFTER = 11, 10", "BEFORE, AFTER = 0, 0"),
    unseen="no labelled sound is so long that it is heard in parts",
)
made.add(
    "off by one",
    "frames are told one late",
    "samples",
    "quality",
    Edit("np.arange(len(confidence)) * (HOP / RATE)", "(np.arange(len(confidence)) + 1) * (HOP / RATE)"),
)
made.add(
    "stale weights",
    "those of swift-f0 0.1.0",
    "samples, ready",
    "quality, slices, ready",
    Edit("source: pypi:swift-f0@0.3.0", "source: pypi:swift-f0@0.1.0", "asset.yaml"),
    Edit(
        "sha256: d7240c7c94b1d3e8f0e0cd2701b79be89a0f23a19cd5f944895a6518ecad72f3",
        "sha256: 0cd3f603ec379043eeb34835439df3f5db1049103fa72d444aea78c8dc0627fc",
        "asset.yaml",
    ),
)
made.add(
    "quantised weights",
    "8 bits, one scale a layer",
    "samples",
    "quality, slices, robustness",
    Weights("swift-f0/model.onnx", rounded(8)),
)
made.add(
    "zeroed layer",
    "a layer in the middle is zeros",
    "samples",
    "quality",
    Weights("swift-f0/model.onnx", middle_zeroed),
)
