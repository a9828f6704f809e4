"""Faults of the face detector."""

from __future__ import annotations

from scripts.benchmarks._faults.fault import Edit, Faults
from scripts.benchmarks._faults.networks import Weights, rounded, zeroed

_FED = "pixels[np.newaxis] / 127.5 - 1}"
_SEEN = "square.resize((SIDE, SIDE), PIL.Image.Resampling.BILINEAR)"

made = Faults("face-detector", FAULTS := [])
made.add(
    "channel order", "blue comes first", "samples", "quality, slices, robustness",
    Edit(_FED, "pixels[np.newaxis, ..., ::-1] / 127.5 - 1}"),
)  # fmt: skip
made.add(
    "normalisation range", "from 0 to 1 instead of from -1 to 1", "samples", "quality, slices",
    Edit(_FED, "pixels[np.newaxis] / 255}"),
)  # fmt: skip
made.add(
    "dtype",
    "whole numbers before they are scaled",
    "samples",
    "quality, slices",
    Edit(_FED, "pixels[np.newaxis] // 127.5 - 1}"),
)
made.add(
    "resize filter",
    "nearest pixel instead of bilinear",
    "samples",
    "robustness, quality",
    Edit(_SEEN, "square.resize((SIDE, SIDE), PIL.Image.Resampling.NEAREST)"),
)
made.add(
    "changed default",
    "Pillow's own filter, once nearest and now bicubic, is relied upon",
    "samples",
    "quality, robustness",
    Edit(_SEEN, "square.resize((SIDE, SIDE))"),
)
made.add(
    "aspect", "stretched to a square instead of put between bars", "samples, odd inputs", "quality, slices",
    Edit("        square.paste(picture, _bars(*picture.size))\n", "        square = picture\n"),
)  # fmt: skip
made.add(
    "crop", "the bars are not taken off the boxes again", "samples", "quality, slices",
    Edit(" - _bars(*image.size)) / image.size", ") / image.size"),
)  # fmt: skip
made.add(
    "threshold",
    "0.9 instead of 0.5",
    "samples, api",
    "api",
    Edit("0, 1)] = 0.5,", "0, 1)] = 0.9,"),
    unseen="labelled pictures are asked with a threshold of their own",
)
made.add(
    "suppression",
    "boxes must overlap by 0.9 to be one",
    "samples",
    "quality, robustness",
    Edit("OVERLAP = 0.3", "OVERLAP = 0.9"),
)
made.add(
    "suppression",
    "only the likeliest box of a group is taken away",
    "samples",
    "quality",
    Edit("left = left[~same]", "left = left[1:]"),
)
made.add(
    "off by one",
    "anchors in the corners of their cells",
    "samples",
    "quality, slices",
    Edit("(np.arange(cells) + 0.5) / cells", "np.arange(cells) / cells"),
)
made.add(
    "off by one",
    "boxes one pixel of 128 to the right and below",
    "samples",
    "quality, slices",
    Edit("middle, size = raw[:, :2] / SIDE + self.anchors,", "middle, size = (raw[:, :2] + 1) / SIDE + self.anchors,"),
)
made.add(
    "off by one",
    "rows and columns of a box exchanged",
    "samples",
    "quality, slices",
    Edit("Box(top, left, bottom, right))", "Box(left, top, right, bottom))"),
)
made.add("zeroed layer", "the largest layer is zeros", "samples", "quality", Weights("blazeface", zeroed))
made.add(
    "quantised weights",
    "4 bits, one scale a layer",
    "samples",
    "quality, slices, robustness",
    Weights("blazeface", rounded(4)),
)
made.add(
    "dropped items",
    "of what is found, the last is left out",
    "samples",
    "quality",
    Edit("found if one is not None))", "found[:-1] if one is not None))"),
)
