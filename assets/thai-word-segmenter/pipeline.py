"""Deepcut: for each character of a text, whether a word ends before it, from the 21 characters around.

It follows `deepcut/deepcut.py` and `deepcut/utils.py` of deepcut 0.7. What precedes and follows a text is taken for
spaces. White space is a token, as there, and so is what is not Thai.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from modelyard import BadInput, Pipeline, Tensors, Text, TokenSegmentation

MOST = 20_000
"""Characters of a text: each costs as much as a small picture does elsewhere."""
PIECE = 256
"""Characters that the network is asked about at a time."""
AROUND = 10
"""Characters looked at on each side."""
THRESHOLD = 0.5

UNKNOWN = "\0"
CHARACTERS = (
    "\n !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_abcdefghijklmno"
    f"{UNKNOWN}pqrstuvwxyz}}~"
    "กขฃคฅฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรฤลวศษสหฬอฮฯ"
    "ะ\u0e31า\u0e33\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e3aเแโใไๅๆ\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4d"
    "๐๑๒๓๔๕๖๗๘๙‘’\ufeff"
)
"""All that the network knows, in the order of its ids."""
TYPES = ("b_e", "c", "d", "n", "o", "p", "q", "s", "s_e", "t", "v", "w")
MEMBERS = {
    "b_e": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "c": "กขฃคฆงจชซญฎฏฐฑฒณดตถทธนบปพภมยรลวศษสฬอ",
    "d": "0123456789๑๒๓๔๕๖๗๘๙",
    "n": "ฅฉผฟฌหฮ",
    "p": " ",
    "q": "\"'‘’",
    "s": "\u0e4cๆฯ.",
    "s_e": "abcdefghijklmnopqrstuvwxyz",
    "t": "\u0e48\u0e49\u0e4a\u0e4b",
    "v": "ะา\u0e33\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39",
    "w": "เแโใไ",
}
"""The characters of each type: Latin, consonants, digits, vowels before and after, tones, …; as in the original, which
knows no type of the vowel \u0e31."""


class ThaiWordSegmenter(Pipeline[Text, TokenSegmentation]):
    """Finds the words of a Thai text."""

    def load(self, weights: Path) -> None:
        self.model = self.runtime.load(weights / "deepcut")
        self.ids = {character: number for number, character in enumerate(CHARACTERS)}
        self.types = {one: TYPES.index(name) for name in MEMBERS for one in MEMBERS[name]}

    def preprocess(self, text: Text) -> Tensors:
        if len(text) > MOST:
            raise BadInput(f"the text is too long: send one of at most {MOST:,} characters", code=413)
        return {
            "characters": around([self.ids.get(one, self.ids[UNKNOWN]) for one in text], self.ids[" "]),
            "types": around([self.types.get(one, TYPES.index("o")) for one in text], TYPES.index("p")),
        }

    def infer(self, tensors: Tensors) -> Tensors:
        """Piece by piece, so that a long text takes neither much memory nor the network from others."""
        count = len(tensors["characters"])
        pieces = [
            self.model({name: values[start : start + PIECE] for name, values in tensors.items()})["probability"]
            for start in range(0, count, PIECE)
        ]
        return {"probability": np.concatenate(pieces)}

    def postprocess(self, tensors: Tensors, text: Text) -> TokenSegmentation:
        return TokenSegmentation.cut(text, np.flatnonzero(tensors["probability"][:, 0] > THRESHOLD).tolist())


def around(values: list[int], blank: int) -> NDArray[np.int32]:
    """int32 [n, 21]: for each value the ten that follow, the ten that precede, the nearest first, and itself."""
    padded = np.full(len(values) + 2 * AROUND, blank, np.int32)
    padded[AROUND : AROUND + len(values)] = values
    offsets = np.array([*range(1, AROUND + 1), *range(-1, -AROUND - 1, -1), 0])
    return padded[np.arange(len(values))[:, np.newaxis] + AROUND + offsets]
