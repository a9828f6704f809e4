"""A text as the ids of the pieces that a language model of single pieces finds most likely."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

_SPACE = "\u2581"
"""What stands for a space in a vocabulary: pieces begin with it, and never hold it elsewhere."""
_LONGEST_WORD = 2048
"""Characters of one word that are looked at. Normalising takes time by the square of a run of accents."""

_Trie = dict[str, "_Trie"]


class Unigram:
    """SentencePiece's unigram tokenizer (Kudo, 2018, https://arxiv.org/abs/1804.10959), as TensorFlow.js has it.

    It follows `tokenizer/index.ts` of @tensorflow-models/universal-sentence-encoder: NFKC, spaces as ▁, one ▁ before
    the text, the most likely sequence of pieces by Viterbi's algorithm, unknown characters in a row as one piece. Line
    breaks and tabs are characters like others.

        pieces = Unigram(json.loads(file.read_text()), reserved=6)
        pieces.ids("How old are you?", most=128)

    Args:
        vocabulary: Each piece with the logarithm of its probability; an entry's place is its id. No score counts as 0.
        reserved: Ids at the start that no text is given; the first stands for what is unknown.
    """

    def __init__(self, vocabulary: Sequence[tuple[str, float | None]], reserved: int) -> None:
        self._known = {
            piece: (score or 0.0, number) for number, (piece, score) in enumerate(vocabulary) if number >= reserved
        }
        if wrong := next((piece for piece in self._known if _SPACE in piece[1:]), None):
            raise ValueError(f"the piece {wrong!r} holds a space: this tokenizer takes text word by word")
        self._most = max(map(len, self._known), default=1)
        self._begun = {piece[:end] for piece in self._known for end in range(1, len(piece) + 1)}

    def ids(self, text: str, most: int) -> list[int]:
        """The ids of the first pieces.

        Only as much of the text is looked at as it takes; of one word, its first 2,048 characters.

        Args:
            text: Any.
            most: Pieces that are wanted.
        """
        best, found = 0.0, list[int]()
        for word in _words(text):
            best, more = self._segment(word, best)
            found += more
            if len(found) >= most:
                break
        return found[:most]

    def _segment(self, word: str, before: float) -> tuple[float, list[int]]:
        """The likeliest pieces of a word, and the score of the text up to its end; `before` is that at its start."""
        size = len(word)
        # The score at each place, and the piece that leads there: its id and its length. As in the original, a score
        # of 0 reads as "none yet", a later piece wins a tie, and what is unknown costs nothing.
        scores = [before, *[0.0] * size]
        last = [(0, 1)] * (size + 1)
        known, begun = self._known, self._begun
        for start in range(size):
            here, matched = scores[start], False
            for end in range(start + 1, min(size, start + self._most) + 1):
                part = word[start:end]
                if part not in begun:
                    break
                if part in known:
                    matched = True
                    score, number = known[part]
                    if scores[end] == 0 or here + score >= scores[end]:
                        scores[end], last[end] = here + score, (number, end - start)
            if not matched and (scores[start + 1] == 0 or here >= scores[start + 1]):
                scores[start + 1], last[start + 1] = here, (0, 1)
        backwards, place = list[int](), size
        while place > 0:
            number, length = last[place]
            if not (number == 0 and backwards and backwards[-1] == 0):
                backwards.append(number)
            place -= length
        return scores[size], backwards[::-1]


def _words(text: str) -> Iterator[str]:
    """The words of a text, normalised, each with ▁ before it; joined, they are the text as pieces know it."""
    start = 0
    while start <= len(text):
        end = text.find(" ", start)
        end = len(text) if end < 0 else end
        normal = unicodedata.normalize("NFKC", text[start : min(end, start + _LONGEST_WORD)])
        # A compatible form may hold spaces of its own.
        for part in normal.split(" "):
            yield _SPACE + part
        start = end + 1
