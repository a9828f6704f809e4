"""Code in colours that the stylesheet knows: a few classes, the same for every language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from markupsafe import Markup
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Keyword, Name, Number, Operator, String, Token, _TokenType
from pygments.util import ClassNotFound

_LARGEST = 100_000
_ALIASES = {"sh": "bash", "shell": "bash"}
_PLAIN = {"", "text", "txt", "plain"}
_CLASSES: Mapping[_TokenType, str] = {
    Comment: "remark",
    Comment.Preproc: "word",
    Keyword: "word",
    Operator.Word: "word",
    Name.Builtin: "known",
    Name.Tag: "key",
    Name.Attribute: "key",
    Name.Variable: "key",
    Name.Function: "called",
    Name.Class: "called",
    Name.Decorator: "called",
    String: "text",
    Number: "figure",
    Keyword.Constant: "figure",
}
"""What a token is drawn as; the nearest kind above it counts."""


def to_markup(code: str, language: str) -> Markup:
    """The code as spans with classes; plain where the language is unknown, or there is very much of it.

    Args:
        code: What to show.
        language: As a fence names it, such as `python`.
    """
    lexer = None if len(code) > _LARGEST else _lexer(_ALIASES.get(language, language))
    if lexer is None:
        return Markup.escape(code)
    # Lexers want a line's end where the code has none, to know a comment.
    tokens = list(lexer.get_tokens(code))
    if tokens and not code.endswith("\n"):
        tokens[-1] = (tokens[-1][0], tokens[-1][1].removesuffix("\n"))
    return Markup("").join(_span(_drawn(kind), text) for kind, text in tokens)


def _span(drawn: str, text: str) -> Markup:
    return Markup('<span class="{}">{}</span>').format(drawn, text) if drawn and text else Markup.escape(text)


@cache
def _lexer(language: str) -> Lexer | None:
    if language in _PLAIN:
        return None
    try:
        return get_lexer_by_name(language, ensurenl=True, stripnl=False)
    except ClassNotFound:
        return None


@cache
def _drawn(kind: _TokenType) -> str:
    while kind is not Token:
        if kind in _CLASSES:
            return _CLASSES[kind]
        kind = kind.parent
    return ""
