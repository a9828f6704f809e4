"""DNSMOS P.835: three scores for each window of 9.01 s, and their means.

It follows `dnsmos.py` of speechmos 0.0.1.1 (Reddy et al., "DNSMOS P.835", 2022). Its fourth score, P.808, comes from
another network and is left out. In one thing it differs: through a rounding error, the original leaves out the windows
that begin 7 to 27 seconds after the start, and here they count.
"""

from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.polynomial.polynomial import polyval

from modelyard import Audio, BadInput, Parameter, Pipeline, Quality, ScoredWindow, Tensors

RATE = 16_000
WINDOW = 144_160
"""Samples, 9.01 s; each window begins a second after the one before."""
LEAST_SECONDS = 0.1
MOST = 100
"""Windows that are scored of one sound; each takes 0.2 s or so."""
FITTED = {
    "OVR": (0.04602535, 1.11546468, -0.06766283),
    "SIG": (0.0052439, 1.22083953, -0.08397278),
    "BAK": (-0.39604546, 1.60915514, -0.13166888),
}
"""From what the network says to the scale of the listening test, 1 to 5: a + bx + cx²."""
ORDER = ("SIG", "BAK", "OVR")
"""Of what the network says."""


class SpeechQualityAssessor(Pipeline[Audio, Quality]):
    """Scores how good recorded speech sounds."""

    def load(self, weights: Path) -> None:
        # A window takes 170 MB on its way through the network.
        self.model = self.runtime.load(weights / "dnsmos.onnx", most=1)

    def preprocess(
        self,
        audio: Audio,
        *,
        step: Annotated[int, Parameter("Seconds from the beginning of a window to that of the next one.", 1, 60)] = 1,
    ) -> Tensors:
        samples = np.clip(audio.samples(RATE), -1, 1)
        if len(samples) < LEAST_SECONDS * RATE:
            raise BadInput(f"the sound is too short to be scored: send one of at least {LEAST_SECONDS} s")
        while len(samples) < WINDOW:
            samples = np.tile(samples, 2)
        starts = np.arange(0, int(len(samples) // RATE - WINDOW / RATE) + 1, step)
        if len(starts) > MOST:
            enough = -(-len(samples) // RATE // MOST)
            raise BadInput(
                f"the sound has {len(starts)} windows, and {MOST} are scored at most: send step={enough}, or less",
                code=413,
            )
        return {"windows": np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[starts * RATE], "starts": starts}

    def infer(self, tensors: Tensors) -> Tensors:
        """Asks window by window, so that others get their turn in between."""
        name = self.model.inputs[0].name
        said = [next(iter(self.model({name: window[np.newaxis]}).values())) for window in tensors["windows"]]
        return {"said": np.concatenate(said), "starts": tensors["starts"]}

    def postprocess(self, tensors: Tensors, audio: Audio) -> Quality:
        said = tensors["said"].astype(np.float64)
        scores = {name: polyval(said[:, ORDER.index(name)], fit) for name, fit in FITTED.items()}
        windows = [
            ScoredWindow(float(start), start + WINDOW / RATE, {name: float(each[row]) for name, each in scores.items()})
            for row, start in enumerate(tensors["starts"].tolist())
        ]
        return Quality({name: float(each.mean()) for name, each in scores.items()}, tuple(windows))
