"""Texts: typing errors, capitals, white space, letters of other alphabets that look the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from modelyard.catalog.corruptions import Corruption

Change = Callable[[str, int, np.random.Generator], str]

_TYPOS = {1: 0.02, 2: 0.06}
_SPACES = {1: 0.05, 2: 0.2}
_LOOKALIKES = {1: 0.03, 2: 0.1}
"""Shares of the letters, or of the gaps, that are changed."""
_SAME_LOOK = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")


def _kept(change: Change) -> Corruption:
    def corrupt(data: bytes, severity: int, chance: np.random.Generator) -> bytes:
        return change(data.decode("utf-8-sig"), severity, chance).encode()

    return corrupt


def _typos(text: str, severity: int, chance: np.random.Generator) -> str:
    """Neighbours change places, and letters are left out or come twice."""
    letters = list(text)
    for at in np.flatnonzero(chance.random(len(letters)) < _TYPOS[severity]):
        if not letters[at].isalpha():
            continue
        kind = chance.integers(3)
        if kind == 0 and at + 1 < len(letters) and letters[at + 1].isalpha():
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
        else:
            letters[at] = "" if kind == 1 else letters[at] * 2
    return "".join(letters) or text


def _case(text: str, severity: int, chance: np.random.Generator) -> str:
    return text.lower() if severity == 1 else text.upper()


def _whitespace(text: str, severity: int, chance: np.random.Generator) -> str:
    return "".join(one * 2 if one == " " and chance.random() < _SPACES[severity] * 2 else one for one in f" {text} ")


def _homoglyphs(text: str, severity: int, chance: np.random.Generator) -> str:
    changed = chance.random(len(text)) < _LOOKALIKES[severity]
    return "".join(one.translate(_SAME_LOOK) if flip else one for one, flip in zip(text, changed, strict=True))


CORRUPTIONS: Mapping[str, Corruption] = {
    "typos": _kept(_typos),
    "case": _kept(_case),
    "whitespace": _kept(_whitespace),
    "homoglyphs": _kept(_homoglyphs),
}
