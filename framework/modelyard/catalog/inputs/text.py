"""Texts: of other scripts, with emoji and marks, as editors save them, very long, and what is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from modelyard.bounds import Bounds
from modelyard.catalog.kinds import Odd, Seed, Seen
from modelyard.text import Text

_ORDINARY = "The ferry leaves at nine, and whoever misses it has the whole day for the island.\n"
_PLAIN = "plain"


def strong() -> bytes:
    """A few sentences."""
    return (
        b"We went up the valley in the morning, when the mist still lay on the meadows. By noon it was so warm that we "
        b"swam in the lake. The bread was good, the cheese was better, and nobody wanted to go home.\n"
    )


def weak() -> bytes:
    """A word."""
    return b"Hm.\n"


def bad() -> Mapping[str, tuple[bytes, str]]:
    """What is no text."""
    return {
        "empty.txt": (b"", "A file of no bytes"),
        "latin.txt": ("Brücke über den Fluß\n".encode("latin-1"), "Written by `modelyard new`, saved as Latin-1"),
    }


SEED = Seed(
    suffix=".txt",
    strong=strong,
    weak=weak,
    bad=bad,
    code=('return {"input": np.array([[min(1.0, len(text) / 100)]], np.float32)}',),
    domain="Language",
    input_format="A text in UTF-8",
)


def seen(data: bytes) -> Seen:
    """The text itself."""
    return Seen(Text.media_types[0], text=str(Text.parse(data)))


def odd(sample: bytes | None) -> Iterator[Odd]:
    """Texts of every sort.

    Args:
        sample: An ordinary text; a sentence if left out.
    """
    plain = (sample or _ORDINARY.encode()).decode("utf-8-sig")
    yield Odd(_PLAIN, plain.encode())
    yield Odd("with a byte order mark", plain.encode("utf-8-sig"), like=_PLAIN)
    yield Odd("one character", b"a", "either")
    yield Odd("one emoji", "👩🏽‍🚀".encode(), "either")
    yield Odd("emoji only", "🎉🔥💯 ❤️‍🔥 🇹🇭👨‍👩‍👧‍👦".encode(), "either")
    yield Odd("right to left, Arabic", "غادرت العبّارة في التاسعة، والجزيرة هادئة اليوم.".encode(), "either")
    yield Odd("right to left, Hebrew with points", "בְּרֵאשִׁית בָּרָא אֱלֹהִים".encode(), "either")
    yield Odd("with marks of direction", "\u202eferry\u202c \u200fisland\u200e\n".encode(), "either")
    yield Odd("Chinese", "渡轮九点开船，错过的人整天都在岛上。".encode(), "either")
    yield Odd("letters with many marks", ("Z" + "\u0351\u0489\u0316" * 40 + "algo").encode(), "either")
    yield Odd("composed in parts", "Cafe\u0301 a\u030angstro\u0308m\n".encode(), "either")
    yield Odd("lines of Windows", plain.replace("\n", "\r\n").encode() + b"\r\n\r\n")
    yield Odd("with characters of control", b"one\x00two\x07three\x1b[31m\n", "either")
    yield Odd("one long word", b"a" * 5_000, "either")
    yield Odd("digits and signs only", b"3.14159 -> 42; 1e9 <= %x? {}[]()\n", "either")
    yield Odd("very long", (plain * (Bounds().characters // len(plain) + 1))[: Bounds().characters].encode(), "either")
    yield Odd("too long", b"ab " * (Bounds().characters // 3 + 1), "refusal")
    yield Odd("empty", b"", "refusal")
    yield Odd("nothing but white space", " \t\r\n\u3000\n".encode(), "refusal")
    yield Odd("Latin-1", "Brücke über den Fluß".encode("latin-1"), "refusal")
    yield Odd("UTF-16", "The ferry leaves at nine".encode("utf-16"), "refusal")
