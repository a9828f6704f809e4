"""Markdown of a model card as markup that is safe to show: no HTML of its own, and nothing fetched from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from modelyard.catalog.site import blocks
from modelyard.catalog.site.shown import Link

_LONGEST_ADDRESS = 2_000


def to_markup(text: str) -> Markup:
    """The markup of a card's prose, without its first heading, which is the asset's name.

    Headings begin at the second level; links that lead to no web address are text, and pictures are their descriptions.
    """
    markdown = _markdown()
    tokens = markdown.parse(text)
    if len(tokens) > 2 and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        tokens = tokens[3:]
    tokens = blocks.tidied(tokens)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, max(3, int(token.tag[1]) + 1))}"
        token.children = _without_dead_links(token.children or [])
    return Markup(markdown.renderer.render(tokens, markdown.options, {}))  # noqa: S704 (made of escaped text alone)


def link(text: str) -> Link:
    """A text, and where it leads if it is a web address."""
    return Link(text, text if is_web(text) else None)


def is_web(address: str) -> bool:
    """Whether an address leads to the web."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    plain = len(address) < _LONGEST_ADDRESS and not any(letter.isspace() for letter in address)
    return plain and parts.scheme in ("http", "https") and bool(parts.netloc)


def _without_dead_links(children: Sequence[Token]) -> list[Token]:
    kept, dead = [], []
    for token in children:
        if token.type == "image":
            kept.append(Token("text", "", 0, content=token.content))
            continue
        if token.type == "link_open":
            dead.append(not is_web(str(token.attrs.get("href", ""))))
            if dead[-1]:
                continue
        elif token.type == "link_close" and dead and dead.pop():
            continue
        kept.append(token)
    return kept


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["html_block", "html_inline"])
    blocks.draw(markdown)
    return markdown
