"""The text of a message: what a person would read of it, whether it came as text, as HTML or as a whole e-mail.

An e-mail is read as RFC 5322 and RFC 2045 have it, as far as spam keeps to them: whatever is broken is taken as text.
Of its headers the subject alone is read. The others tell who delivered it and when, and would tell a corpus apart
better than spam.
"""

from __future__ import annotations

import binascii
import html
import quopri
import re
from email.errors import HeaderParseError
from email.header import decode_header

_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60}):[ \t]*(.*)")
_OF_MAIL = {"received", "subject", "from", "to", "message-id", "return-path", "mime-version", "content-type", "date"}
_PARAMETER = re.compile(r';\s*(boundary|charset)\s*=\s*(?:"([^"]*)"|([^\s;"]+))', re.IGNORECASE)
_TAG = re.compile(r"<([/!]?[a-zA-Z!?-][^<>]*)>")
_BREAKS = {"p", "br", "div", "tr", "td", "li", "h1", "h2", "h3", "h4", "table", "hr", "title"}
_HIDDEN = ("script", "style")
# Not all that Python decodes: some of its codecs take a time that grows with the square of the length.
_CHARSET = re.compile(
    r"utf-?8|us-ascii|iso-?8859-\d+|windows-125\d|koi8-[ru]|gb2312|gbk|gb18030|big5|shift_jis|euc-(jp|kr)|iso-2022-(jp|kr)",
    re.IGNORECASE,
)
_LONGEST_HEADER = 10_000
_DEEPEST = 4
"""Parts within parts that are looked into."""


def readable(text: str) -> str:
    """What is to be read in a message, its subject first.

    Args:
        text: A text, HTML, or an e-mail with its headers.
    """
    text = text.replace("\r\n", "\n").lstrip()
    if text.startswith("From "):
        text = text.partition("\n")[2]
    headers, body = _split(text)
    if len(_OF_MAIL & headers.keys()) < 2:
        return _shown(text, "html" if _looks_like_html(text) else "plain")
    return f"{_decoded(headers.get('subject', ''))}\n{_part(headers, body, _DEEPEST)}"


def _split(text: str) -> tuple[dict[str, str], str]:
    """The headers of a part by their names in small letters, and what follows; none where it doesn't begin with any."""
    headers: dict[str, str] = {}
    head, _, body = text.partition("\n\n")
    name = ""
    for line in head.split("\n"):
        if match := _HEADER.match(line):
            name = match[1].lower()
            headers.setdefault(name, match[2])
        elif name and line[:1] in (" ", "\t"):
            headers[name] = f"{headers[name]} {line.strip()}"[:_LONGEST_HEADER]
        else:
            return {}, text
    return headers, body


def _part(headers: dict[str, str], body: str, deeper: int) -> str:
    kind = headers.get("content-type", "text/plain")
    parameters = {match[1].lower(): match[2] or match[3] or "" for match in _PARAMETER.finditer(kind)}
    kind = kind.partition(";")[0].strip().lower()
    if kind.startswith("multipart/") and parameters.get("boundary") and deeper:
        return _parts(body, parameters["boundary"], kind == "multipart/alternative", deeper - 1)
    if kind == "message/rfc822" and deeper:
        inner, rest = _split(body.lstrip("\n"))
        return f"{_decoded(inner.get('subject', ''))}\n{_part(inner, rest, deeper - 1)}"
    if not kind.startswith("text"):
        return ""
    plain = _transferred(body, headers.get("content-transfer-encoding", "").strip().lower(), parameters.get("charset"))
    return _shown(plain, "html" if kind == "text/html" or _looks_like_html(plain) else "plain")


def _parts(body: str, boundary: str, alternative: bool, deeper: int) -> str:
    pieces = f"\n{body}".split(f"\n--{boundary}")[1:]
    read = [_part(*_split(piece.lstrip("\n")), deeper) for piece in pieces if not piece.startswith("--")]
    read = [one for one in read if one.strip()]
    return "\n".join(read[:1] if alternative else read)


def _transferred(body: str, coding: str, charset: str | None) -> str:
    """A body as text, its transfer encoding undone."""
    raw = body.encode("utf-8")
    try:
        if coding == "base64":
            letters = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
            raw = binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
        elif coding == "quoted-printable":
            raw = quopri.decodestring(raw)
        else:
            return body
    except (binascii.Error, ValueError):
        return body
    return _in_letters(raw, charset)


def _in_letters(raw: bytes, charset: str | None) -> str:
    charset = charset or "utf-8"
    try:
        return raw.decode(charset if _CHARSET.fullmatch(charset) else "latin-1")
    except (LookupError, ValueError):
        return raw.decode("latin-1")


def _decoded(subject: str) -> str:
    """A subject with its encoded words read (RFC 2047)."""
    try:
        found = decode_header(subject[:1_000])
    except (HeaderParseError, ValueError):
        return subject
    return "".join(part if isinstance(part, str) else _in_letters(part, charset) for part, charset in found)


def _looks_like_html(text: str) -> bool:
    return bool(re.search(r"<(html|body|table|br|p|font|a href)\b", text[:5_000], re.IGNORECASE))


def _shown(text: str, kind: str) -> str:
    return text if kind == "plain" else _without_tags(text)


def _without_tags(text: str) -> str:
    """What a browser would show of HTML, without its looks."""
    shown: list[str] = []
    hidden = ""
    for number, piece in enumerate(_TAG.split(text)):
        if number % 2 == 0:
            if not hidden:
                shown.append(piece)
            continue
        name = re.split(r"[\s/]", piece.lstrip("/").lower(), maxsplit=1)[0]
        if name in _HIDDEN:
            hidden = "" if piece.startswith("/") else name
        if name in _BREAKS:
            shown.append("\n")
    return html.unescape("".join(shown))
