"""What leaves every answer to the last bit: names, comments, the order of statements, cards, samples, bars."""

from __future__ import annotations

from scripts.benchmarks._benign.change import Benign
from scripts.benchmarks._faults.fault import Edit, Written

_LOADED = '        self.model = self.runtime.load(weights / "blazeface")\n'
_ANCHORS = "        self.anchors = _anchors()\n"
_BAD = """  - input: samples/words.txt
    error: 400
    license: CC0-1.0
    origin: Written for this trial
"""

CHANGES = [
    Benign("a comment", "face-detector", (Edit("OVERLAP = 0.3\n", "# As MediaPipe's graph has it.\nOVERLAP = 0.3\n"),)),
    Benign(
        "a local name",
        "face-detector",
        (
            Edit("found = []\n    left =", "whole = []\n    left ="),
            Edit("found.append((np.average", "whole.append((np.average"),
            Edit("left = left[~same]\n    return found", "left = left[~same]\n    return whole"),
        ),
    ),
    Benign(
        "two independent statements change places", "face-detector", (Edit(_LOADED + _ANCHORS, _ANCHORS + _LOADED),)
    ),
    Benign(
        "the model card says more",
        "face-detector",
        (Edit("# Face Detector\n", "# Face Detector\n\nTried on one person and on several.\n", "README.md"),),
    ),
    Benign("a bar is tightened", "face-detector", (Edit("max_drop: 0.003", "max_drop: 0.002", "asset.yaml"),)),
    Benign(
        "a bad sample is added",
        "face-detector",
        (
            Written("samples/words.txt", "No picture at all.\n"),
            Edit("  - input: samples/notes.txt\n", f"{_BAD}  - input: samples/notes.txt\n", "asset.yaml"),
        ),
    ),
    Benign("a docstring", "page-orientation-classifier", (Edit('"""Tells by how many', '"""Says by how many'),)),
    Benign("a comment", "voice-activity-detector", (Edit("RATE = 16_000\n", "# Hz.\nRATE = 16_000\n"),)),
    Benign(
        "a function gets another name",
        "voice-activity-detector",
        (Edit("spans = found(", "spans = stretches("), Edit("def found(", "def stretches(")),
    ),
    Benign("a comment", "pitch-estimator", (Edit("HOP = 256\n", "HOP = 256  # samples\n"),)),
    Benign(
        "a condition is written the other way round",
        "pitch-estimator",
        (Edit("(confidence >= threshold) & (confidence > 0)", "(confidence > 0) & (confidence >= threshold)"),),
    ),
    Benign("a comment", "file-type-identifier", (Edit("TEXT, UNKNOWN = ", "# Labels.\nTEXT, UNKNOWN = "),)),
    Benign(
        "a comment", "spam-filter", (Edit("from features import seen\n", "from features import seen  # as learned\n"),)
    ),
    Benign("a docstring", "text-sentiment-classifier", (Edit('"""Says how likely a', '"""Tells how likely a'),)),
    Benign("a comment", "image-segmenter", (Edit("LONGER_SIDE = 513\n", "LONGER_SIDE = 513  # pixels\n"),)),
    Benign("a comment", "weather-forecaster", (Edit("DAY = np", "# One row.\nDAY = np"),)),
]
