"""What the spam filter reads of a message."""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

FOLDER = Path(__file__).parents[2] / "assets/spam-filter"
MODULES = ("message", "features")


@pytest.fixture(scope="module", autouse=True)
def of_the_asset() -> Iterator[None]:
    """Modules of an asset have short names, which other assets may have too."""
    sys.path.insert(0, str(FOLDER))
    yield
    sys.path.remove(str(FOLDER))
    for name in MODULES:
        sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def readable(of_the_asset: None) -> Callable[[str], str]:
    found: Callable[[str], str] = import_module("message").readable
    return found


@pytest.fixture(scope="module")
def seen(of_the_asset: None) -> Callable[[str], np.ndarray]:
    found: Callable[[str], np.ndarray] = import_module("features").seen
    return found


def mail(kind: str, body: str, *more: str) -> str:
    return "\n".join(["From: a@example.org", "Subject: Hello", f"Content-Type: {kind}", *more, "", body])


def in_base64(text: str) -> str:
    return base64.encodebytes(text.encode()).decode()


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("Lunch at 12?", "Lunch at 12?"),
        ("Note: lunch at 12?\n\nTom", "Note: lunch at 12?\n\nTom"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("<p>Lunch&nbsp;at <b>12</b>?</p>", "\nLunch\xa0at 12?\n"),
        ("<html>V<!-- no -->ia<b></b>gra<script>no</script></html>", "Viagra"),
        (mail("text/plain", "Lunch?"), "Hello\nLunch?"),
        ("From b@example.org Thu Aug 22\r\n" + mail("text/plain", "Lunch?").replace("\n", "\r\n"), "Hello\nLunch?"),
        (mail("text/html", "<p>Lunch?"), "Hello\n\nLunch?"),
        (
            mail("text/plain", "Caf=C3=A9 =\nau lait", "Content-Transfer-Encoding: quoted-printable"),
            "Hello\nCafé au lait",
        ),
        (mail("text/plain; charset=koi8-r", "=D0=D2=C9", "Content-Transfer-Encoding: quoted-printable"), "Hello\nпри"),
        (mail("text/plain; charset=zip", "=E9", "Content-Transfer-Encoding: quoted-printable"), "Hello\né"),
        (mail("text/plain", in_base64("Lunch?"), "Content-Transfer-Encoding: base64"), "Hello\nLunch?"),
        (mail("text/plain", "=", "Content-Transfer-Encoding: base64"), "Hello\n"),
        (mail("image/png", "iVBORw0KGgo="), "Hello\n"),
        ("From: a\nSubject: =?utf-8?q?Caf=C3=A9?=\n\tat noon\n\n", "Café at noon\n"),
    ],
)
def test_a_message_is_what_a_person_reads_of_it(readable: Callable[[str], str], sent: str, read: str) -> None:
    assert readable(sent) == read


def parts(kind: str, *pieces: str) -> str:
    body = "".join(f"--x\n{piece}\n" for piece in pieces)
    return mail(f'multipart/{kind}; boundary="x"', f"Preamble\n{body}--x--\nEpilogue")


def test_of_alternatives_the_first_is_read_and_of_parts_all(readable: Callable[[str], str]) -> None:
    plain, rich = "Content-Type: text/plain\n\nLunch?", "Content-Type: text/html\n\n<p>Lunch!</p>"
    assert readable(parts("alternative", plain, rich)).split() == ["Hello", "Lunch?"]
    assert readable(parts("mixed", plain, rich)).split() == ["Hello", "Lunch?", "Lunch!"]


def test_a_forwarded_message_is_read_with_its_subject(readable: Callable[[str], str]) -> None:
    inner = mail("text/plain", "Lunch?").replace("Hello", "Food")
    assert readable(parts("mixed", f"Content-Type: message/rfc822\n\n{inner}")).split() == ["Hello", "Food", "Lunch?"]


def test_parts_within_parts_are_read_to_some_depth_only(readable: Callable[[str], str]) -> None:
    deep = "Content-Type: text/plain\n\nLunch?"
    for level in range(50):
        deep = f"Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n{deep}\n--b{level}--"
    assert "Lunch" not in readable(f"From: a\nSubject: Hello\n{deep}")


def test_the_same_words_are_seen_alike_however_they_were_sent(seen: Callable[[str], np.ndarray]) -> None:
    plain = seen(mail("text/plain", "Lunch at 12? Tom"))
    np.testing.assert_array_equal(seen(mail("text/html", "Lunch at <i>12</i>? Tom")), plain)
    assert np.abs(seen("Lunch at 12? Tim") - plain).max() > 0.1
    assert np.linalg.norm(plain[:-8]) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    "piece", ["<", "<script>", "a@", "www.", "--a\n\n", " c\n", "&#x41;", "=?utf-8?q?a?= ", "é", "!"]
)
def test_a_long_message_of_any_kind_is_read_in_time(seen: Callable[[str], np.ndarray], piece: str) -> None:
    """What grows with the square of the length takes minutes here."""
    head = "From: a\nSubject: b\nContent-Type: multipart/mixed; boundary=a\n\n"
    for text in (piece * (100_000 // len(piece)), head + piece * (100_000 // len(piece))):
        assert np.isfinite(seen(text)).all()


@settings(deadline=None)
@given(st.text(max_size=300), st.sampled_from(["", "From: a\nSubject: ", "From: a\nSubject: b\nContent-Type: "]))
def test_any_text_is_seen(text: str, before: str) -> None:
    vector = import_module("features").seen(before + text)
    assert np.isfinite(vector).all()
    assert np.abs(vector).max() <= 1 + 1e-6
