"""musicnn: three seconds of music at a time, as a mel spectrogram, and the mean of what the network says of them.

It follows `extractor.py` and `tagger.py` of musicnn 0.1.0, whose spectrogram is librosa's `melspectrogram` as it was
when the network was trained (0.6: mirrored edges, Slaney's mel scale and norm). In one thing it differs: the original
stores the spectrogram in half precision, where loud tones overflow; here it is computed with 32 bits.
"""

from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from modelyard import Audio, BadInput, Classification, Parameter, Pipeline, Tensors

RATE = 16_000
WINDOW, HOP = 512, 256
BANDS = 96
FRAMES = 187
"""Of a patch of three seconds, which the network sees at a time."""
SECONDS = 3
LOUDER = 10_000
"""The spectrogram is compressed as log10(1 + LOUDER · power)."""


class MusicTagger(Pipeline[Audio, Classification]):
    """Says with which of 50 words people would tag a piece of music."""

    def load(self, weights: Path) -> None:
        self.model = self.runtime.load(weights / "musicnn")
        self.bands = mel_bands()

    def preprocess(self, audio: Audio) -> Tensors:
        samples = audio.samples(RATE)
        count = (1 + len(samples) // HOP) // FRAMES
        if count == 0:
            raise BadInput(f"the sound lasts {len(samples) / RATE:.2f} s: send one of at least {SECONDS} s")
        padded = np.pad(samples, WINDOW // 2, mode="reflect")
        step = FRAMES * HOP
        length = step - HOP + WINDOW
        parts = (padded[number * step : number * step + length] for number in range(count))
        return {"patches": np.stack([patch(part, self.bands) for part in parts])}

    def infer(self, tensors: Tensors) -> Tensors:
        """One patch at a time, so that a long piece takes no more memory than a short one, and others have a turn."""
        name, patches = self.model.inputs[0].name, tensors["patches"]
        said = [self.model({name: patches[number : number + 1]}) for number in range(len(patches))]
        (key,) = said[0]
        return {key: np.concatenate([one[key] for one in said])}

    def postprocess(
        self,
        tensors: Tensors,
        audio: Audio,
        *,
        top: Annotated[int, Parameter("How many of the likeliest tags to name.", 1, 50)] = 5,
    ) -> Classification:
        (probabilities,) = tensors.values()
        return Classification.best(probabilities.mean(axis=0), self.labels, top)


def patch(samples: NDArray[np.float32], bands: NDArray[np.float32]) -> NDArray[np.float32]:
    """float32 [FRAMES, BANDS], the compressed mel spectrogram of as many samples as it takes."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP]
    # A period of the Hann window has WINDOW samples: the last one is the next period's first.
    spectrum = np.fft.rfft(frames * np.hanning(WINDOW + 1)[:-1].astype(np.float32), axis=1)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    compressed: NDArray[np.float32] = np.log10(LOUDER * (power @ bands) + 1)
    return compressed


def mel_bands() -> NDArray[np.float32]:
    """float32 [WINDOW / 2 + 1, BANDS]: triangles of one area on Slaney's mel scale (Auditory Toolbox, 1998)."""
    edges = _hertz(np.linspace(0, _mel(RATE / 2), BANDS + 2))
    frequencies = np.linspace(0, RATE / 2, WINDOW // 2 + 1)[:, np.newaxis]
    rising = (frequencies - edges[:-2]) / np.diff(edges)[:-1]
    falling = (edges[2:] - frequencies) / np.diff(edges)[1:]
    triangles = np.maximum(0, np.minimum(rising, falling))
    bands: NDArray[np.float32] = (triangles * 2 / (edges[2:] - edges[:-2])).astype(np.float32)
    return bands


# Linear up to 1,000 Hz, which is 15 mel, and logarithmic above, 27 mel to a factor of 6.4.
_LINEAR, _KNEE, _STEP = 200 / 3, 1_000.0, np.log(6.4) / 27


def _mel(hertz: float) -> float:
    return float(_KNEE / _LINEAR + np.log(hertz / _KNEE) / _STEP) if hertz > _KNEE else hertz / _LINEAR


def _hertz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    knee = _KNEE / _LINEAR
    hertz: NDArray[np.float64] = np.where(mels > knee, _KNEE * np.exp(_STEP * (mels - knee)), mels * _LINEAR)
    return hertz
