"""What moves answers within their tolerance: other ways to compute the same, other sizes of what is done at once."""

from __future__ import annotations

from scripts.benchmarks._benign.change import Benign
from scripts.benchmarks._faults.fault import Edit

_FED = "pixels[np.newaxis] / 127.5 - 1}"
_CHANNELS_FIRST = "np.ascontiguousarray(pixels.transpose(2, 0, 1))[np.newaxis]"
_PAGE = "(np.asarray(_seen(page), np.float32) / 255 - MEAN) / DEVIATION"
_SOUNDFILE = "sha256:03267c4e493315294834a0870f31dbb3b28a95561b80b134f0bd3cf2d5f0e618"
"""Of 0.13.1 for Linux on x86-64."""
_JOINED = "joined = np.concatenate(probabilities) if probabilities else np.zeros(0, np.float32)\n"

CHANGES = [
    Benign(
        "a faster resize, in two steps",
        "face-detector",
        (
            Edit(
                "PIL.Image.Resampling.BILINEAR), np.float32)",
                "PIL.Image.Resampling.BILINEAR, reducing_gap=3.0), np.float32)",
            ),
        ),
    ),
    Benign(
        "a weighted mean as a product",
        "face-detector",
        (
            Edit(
                "np.average(boxes[group], axis=0, weights=scores[group])",
                "scores[group] @ boxes[group] / scores[group].sum()",
            ),
        ),
    ),
    Benign(
        "another machine's rounding: a millionth on what the network sees",
        "face-detector",
        (Edit(_FED, "(pixels[np.newaxis] / 127.5 - 1) * np.float32(1 + 1e-6)}"),),
    ),
    Benign(
        "axes are moved another way",
        "page-orientation-classifier",
        (Edit(_CHANNELS_FIRST, "np.moveaxis(pixels, -1, 0)[np.newaxis].copy()"),),
    ),
    Benign(
        "64 bits until the network is asked",
        "page-orientation-classifier",
        (Edit(_PAGE, f"({_PAGE.replace('np.float32', 'np.float64')}).astype(np.float32)"),),
    ),
    Benign(
        "four pages in a batch at most",
        "page-orientation-classifier",
        (
            Edit(
                'self.runtime.load(weights / "orientation.onnx")',
                'self.runtime.load(weights / "orientation.onnx", most=4)',
            ),
        ),
    ),
    Benign(
        "a network computes on one core",
        "page-orientation-classifier",
        (
            Edit(
                "options.intra_op_num_threads = self._threads",
                "options.intra_op_num_threads = 1",
                "runtimes/onnxruntime.py",
                framework=True,
            ),
        ),
    ),
    Benign("blocks of half the length", "voice-activity-detector", (Edit("BLOCK = 256", "BLOCK = 128"),)),
    Benign(
        "another machine's rounding: a millionth on every probability",
        "voice-activity-detector",
        (Edit(_JOINED, f"{_JOINED}        joined = np.clip(joined * np.float32(1 - 1e-6), 0, 1)\n"),),
    ),
    Benign("parts of half the length", "pitch-estimator", (Edit("PART = 1_875", "PART = 940"),)),
    Benign(
        "a division that makes a copy",
        "spam-filter",
        (Edit("vector[:WORDS] /= length", "vector[:WORDS] = vector[:WORDS] / length", "features.py"),),
    ),
    Benign(
        "softmax by logarithms",
        "image-classifier",
        (
            Edit(
                "    powers = np.exp(scores - scores.max())\n"
                "    probabilities: NDArray[np.float64] = powers / powers.sum()\n",
                "    shifted = scores - scores.max()\n"
                "    probabilities: NDArray[np.float64] = np.exp(shifted - np.log(np.exp(shifted).sum()))\n",
            ),
        ),
    ),
    Benign(
        "another release of a package",
        "voice-activity-detector",
        (
            Edit(
                "soundfile==0.14.0 \\\n",
                f"soundfile==0.13.1 \\\n    --hash={_SOUNDFILE} \\\n",
                "requirements/onnxruntime.txt",
            ),
        ),
    ),
]
