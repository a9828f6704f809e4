"""PP-OCRv6 small: one network finds the lines of text, another reads them.

It follows `main.py`, `ch_ppocr_det` and `ch_ppocr_rec` of rapidocr 3.10.0 with its defaults, without its third network,
which looks for lines that stand on their head. Two things are bounded that aren't there: what is searched
(`pictures.LONGEST`, `pictures.MOST`) and how wide a line is (`WIDEST`).
"""

from pathlib import Path
from typing import Annotated

import boxes
import numpy as np
import PIL.Image
from numpy.typing import NDArray
from pictures import border, bordered, bounded, cut, normalised, placed, searched

from modelyard import Image, ModelyardError, Parameter, Pipeline, Tensors, TextLine, TextLines

HEIGHT, LEAST_WIDTH, WIDEST = 48, 320, 3_200
"""Of a line, in pixels, as the second network sees it."""
TOGETHER, MOST_COLUMNS = 6, 4_800
"""Lines in one call, and pixels along all of them: for every eighth it says how likely each of 18,710 characters is."""
NAMED = {"(nothing)": "", "(space)": " ", "(ideographic space)": "\u3000"}
"""Labels that are not the character itself."""

Read = tuple[NDArray[np.int64], NDArray[np.float32]]
"""The likeliest character at each place of a line, and how likely it is."""


class TextRecognizer(Pipeline[Image, TextLines]):
    """Finds and reads the lines of text in a picture."""

    def load(self, weights: Path) -> None:
        # A large picture takes 800 MB: no two of them are searched in one call.
        self.model = self.runtime.load(weights / "detection.onnx", most=1)
        self.reader = self.runtime.load(weights / "recognition.onnx", most=TOGETHER)
        self.characters = [NAMED.get(label, label) for label in self.labels]
        if self.reader.outputs[0].shape[-1] != len(self.characters):
            raise ModelyardError("labels.txt has another number of lines than the network knows characters")

    def preprocess(self, image: Image) -> Tensors:
        picture = bordered(image.picture())
        seen = picture.resize(searched(picture.size), PIL.Image.Resampling.BILINEAR)
        return {self.model.inputs[0].name: normalised(seen)[np.newaxis], "picture": np.asarray(picture)}

    def infer(self, tensors: Tensors) -> Tensors:
        """Finds the lines, cuts them out and reads them."""
        pixels = tensors.pop("picture")
        picture = PIL.Image.fromarray(pixels)
        (likely,) = self.model(tensors).values()
        height, width = likely.shape[2:]
        found = placed(boxes.lines(likely[0, 0]), (width, height), picture.size)
        read = self.read([cut(picture, box) for box in found])
        # Lines are of different lengths: what is missing at their ends is class 0, nothing.
        longest = max((len(ids) for ids, _ in read), default=0)
        ids, likely = np.zeros((len(read), longest), np.int64), np.zeros((len(read), longest), np.float32)
        for row, (one, how_likely) in enumerate(read):
            ids[row, : len(one)], likely[row, : len(one)] = one, how_likely
        return {"boxes": np.array(found, np.float64).reshape(-1, 4, 2), "characters": ids, "likely": likely}

    def read(self, lines: list[PIL.Image.Image]) -> list[Read]:
        """Reads lines, those of like widths together, each filled up with grey to the widest of them."""
        widths = [min(WIDEST, -(-HEIGHT * line.width // line.height)) for line in lines]
        read: list[Read] = [(np.zeros(0, np.int64), np.zeros(0, np.float32))] * len(lines)
        for batch in batches(widths):
            seen = np.zeros((len(batch), 3, HEIGHT, max(LEAST_WIDTH, widths[batch[-1]])), np.float32)
            for row, number in enumerate(batch):
                line = lines[number].resize((widths[number], HEIGHT), PIL.Image.Resampling.BILINEAR)
                seen[row, :, :, : line.width] = normalised(line)
            (said,) = self.reader({self.reader.inputs[0].name: seen}).values()
            ids = said.argmax(axis=2)
            likely = np.take_along_axis(said, ids[..., np.newaxis], axis=2)[..., 0]
            for row, number in enumerate(batch):
                read[number] = ids[row], likely[row]
        return read

    def postprocess(
        self,
        tensors: Tensors,
        image: Image,
        *,
        threshold: Annotated[float, Parameter("Lines that were read less surely than this are left out.", 0, 1)] = 0.5,
    ) -> TextLines:
        size = bounded(image.size)
        scale = np.array(image.size) / size
        lines = []
        for box, ids, likely in zip(tensors["boxes"], tensors["characters"], tensors["likely"], strict=True):
            # What stays the likeliest from one place to the next stands there once (CTC, Graves et al., 2006).
            new = (ids != 0) & (np.diff(ids, prepend=0) != 0)
            text = "".join(self.characters[one] for one in ids[new])
            probability = float(likely[new].mean()) if new.any() else 0.0
            if text.strip() and probability >= threshold:
                corners = np.clip((box - [0, border(size)]) * scale, 0, image.size)
                lines.append(TextLine(text, min(1.0, probability), tuple((x, y) for x, y in corners.tolist())))
        return TextLines(tuple(lines), image.size)


def batches(widths: list[int]) -> list[list[int]]:
    """The numbers of the lines that are read together, the narrowest first."""
    found: list[list[int]] = []
    for number in sorted(range(len(widths)), key=widths.__getitem__):
        if not found or len(found[-1]) == TOGETHER or (len(found[-1]) + 1) * widths[number] > MOST_COLUMNS:
            found.append([])
        found[-1].append(number)
    return found
