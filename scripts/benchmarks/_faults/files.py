"""Faults of what tells kinds of files apart, and of the weather forecast."""

from __future__ import annotations

from scripts.benchmarks._faults.fault import Edit, Fault, Faults, Labels
from scripts.benchmarks._faults.networks import Weights, rounded, zeroed

FAULTS: list[Fault] = []

kinds = Faults("file-type-identifier", FAULTS)
kinds.add(
    "truncation side",
    "the end of a file is where its last block begins",
    "samples",
    "quality",
    Edit("rstrip()[-self.end :]", "rstrip()[: self.end]"),
)
kinds.add(
    "padding side",
    "what is missing in the middle is filled up at the end",
    "samples",
    "quality",
    Edit("seen[len(seen) - len(last) :] =", "seen[self.begin : self.begin + len(last)] ="),
)
kinds.add(
    "threshold",
    "no kind is trusted below 0.999",
    "samples",
    "quality",
    Edit('"high-confidence": self.thresholds.get(kind, self.threshold),', '"high-confidence": 0.999,'),
)
kinds.add("labels sorted", "in another order: the last first", "samples, labels", "labels", Labels("shifted"))
kinds.add(
    "dtype",
    "bytes are read as signed",
    "samples",
    "quality",
    Edit("np.frombuffer(first, np.uint8)", "np.frombuffer(first, np.int8)"),
)
kinds.add("quantised weights", "4 bits, one scale a layer", "samples", "quality", Weights("model.onnx", rounded(4)))
kinds.add("zeroed layer", "the largest layer is zeros", "samples", "quality", Weights("model.onnx", zeroed))

weather = Faults("weather-forecaster", FAULTS)
weather.add(
    "truncation side",
    "the first 28 days instead of the last",
    "samples",
    "",
    Edit("series.values(QUANTITIES)[-PAST:]", "series.values(QUANTITIES)[:PAST]"),
    unseen="every labelled table has 28 days",
)
weather.add(
    "off by one",
    "the forecast begins with the day that is known",
    "samples",
    "",
    Edit("np.arange(1, STEPS + 1)", "np.arange(STEPS)"),
    unseen="figures are compared step by step, and no date with them",
)
weather.add(
    "normalisation range",
    "the rain is fed as it is, not its logarithm",
    "samples",
    "quality, slices",
    Edit("    seen[..., RAIN] = np.log1p(seen[..., RAIN])\n", "", "days.py"),
)
