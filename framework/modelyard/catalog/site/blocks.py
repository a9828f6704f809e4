"""How code and tables of Markdown are drawn, in documents and in cards: what scrolls is reached by the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from modelyard.catalog.site import highlighting


def draw(markdown: MarkdownIt) -> None:
    """Has a renderer draw code and tables so."""
    rules: dict[str, Callable[..., str]] = {
        "fence": _code, "code_block": _code, "table_open": _table_open, "table_close": _table_close,
    }  # fmt: skip
    for kind, rule in rules.items():
        markdown.add_render_rule(kind, rule)


def tidied(tokens: Sequence[Token]) -> list[Token]:
    """The same without what nobody who listens to a page can make anything of, and without styles in the markup.

    Headings that say nothing are left out, heads of columns that say nothing are cells, and how a column is aligned is
    said by a class.
    """
    empty = {
        place + step
        for place, token in enumerate(tokens)
        if token.type == "heading_open" and not tokens[place + 1].content.strip()
        for step in range(3)
    }
    for place, token in enumerate(tokens):
        if token.type == "th_open":
            token.attrs["scope"] = "col"
            if not tokens[place + 1].content.strip():
                token.tag = tokens[place + 2].tag = "td"
                del token.attrs["scope"]
        if "right" in str(token.attrs.pop("style", "")):
            token.attrs["class"] = "num"
    return [token for place, token in enumerate(tokens) if place not in empty]


def _code(_renderer: Any, tokens: Sequence[Token], place: int, _options: Any, _env: Any) -> str:
    token = tokens[place]
    language = token.info.split(maxsplit=1)[0] if token.info.strip() else ""
    shown = highlighting.to_markup(token.content.rstrip("\n"), language)
    # What is in no language is a drawing, or what a program says: nobody types it.
    plain = Markup(" data-plain") if language in ("", "text") else ""
    return Markup('<pre class="code" tabindex="0"{}><code>{}</code></pre>\n').format(plain, shown)


def _table_open(*_: Any) -> str:
    return '<div class="scrolled" tabindex="0" role="group" aria-label="Table"><table class="table">\n'


def _table_close(*_: Any) -> str:
    return "</table></div>\n"
