"""A document in Markdown as a page: its title, its headings, and markup that holds none of its own HTML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.anchors import anchors_plugin

from modelyard.catalog.site import blocks, prose
from modelyard.catalog.site.shown import Link

Resolve = Callable[[str], Link | None]
"""Gives where a relative link leads, seen from the page, and what is there called; None where it leads nowhere."""

_DEEPEST = 4
_LONGEST_SUMMARY = 160


@dataclass(frozen=True)
class Heading:
    """A heading inside of a document.

    Attributes:
        level: 2 for the document's parts, 3 for theirs.
        text: What it says.
        anchor: Its name in links.
    """

    level: int
    text: str
    anchor: str


@dataclass(frozen=True)
class Written:
    """A document, ready to be laid out.

    Attributes:
        title: Its first heading; empty where it has none.
        summary: The beginning of its first paragraph, without markup.
        body: Everything below the title.
        headings: Its headings, in their order.
    """

    title: str
    summary: str
    body: Markup
    headings: Sequence[Heading]


def write(text: str, resolve: Resolve) -> Written:
    """Makes a page of a document.

    Args:
        text: The document.
        resolve: Where its relative links lead.
    """
    markdown = engine()
    tokens = blocks.tidied(markdown.parse(text))
    title = ""
    for token in tokens:
        token.children = resolved(token.children or [], resolve)
    summary = _shortened(next((plain(one) for one in _paragraphs(tokens)), ""))
    headings = [
        Heading(int(opening.tag[1]), plain(inline), str(opening.attrs["id"]))
        for opening, inline in pairwise(tokens)
        if opening.type == "heading_open" and "id" in opening.attrs
    ]
    if headings and headings[0].level == 1:
        title, place = headings[0].text, next(n for n, one in enumerate(tokens) if one.type == "heading_open")
        tokens = [*tokens[:place], *tokens[place + 3 :]]
        headings = headings[1:]
    _name_headings(tokens)
    # Made of escaped text and of links that were looked at.
    body = Markup(markdown.renderer.render(tokens, markdown.options, {}))  # noqa: S704
    return Written(title, summary, body, headings)


@cache
def engine() -> MarkdownIt:
    """Reads documents: CommonMark with tables. Their HTML is shown as text, but for comments, which are left out."""
    markdown = MarkdownIt("commonmark").enable("table")
    anchors_plugin(markdown, max_level=_DEEPEST)
    blocks.draw(markdown)
    rules: dict[str, Callable[..., str]] = {"html_block": _html, "html_inline": _html, "anchor": _anchor}
    for kind, rule in rules.items():
        markdown.add_render_rule(kind, rule)
    return markdown


def plain(inline: Token) -> str:
    """The text of a line, without its markup."""
    return "".join(one.content if one.type != "softbreak" else " " for one in inline.children or [])


def line(children: Sequence[Token]) -> Markup:
    """The markup of a line whose links were looked at."""
    markdown = engine()
    inline = Token("inline", "", 0, children=list(children))
    return Markup(markdown.renderer.render([inline], markdown.options, {}))  # noqa: S704 (made of escaped text)


def resolved(children: Sequence[Token], resolve: Resolve) -> list[Token]:
    """The same with links that lead somewhere; those that don't are text, and pictures are their descriptions.

    Where a link's text is the file that it leads to, it becomes what the page there is called.
    """
    kept: list[Token] = []
    dead: list[bool] = []
    named: dict[str, str] = {}
    for token in children:
        if token.type == "link_open":
            href = str(token.attrs.get("href", ""))
            web = prose.is_web(href)
            found = Link("", href) if web else resolve(href)
            dead.append(found is None)
            if found is None:
                continue
            named = {href.partition("#")[0]: found.text} if found.text else {}
            token.attrs["href"] = found.href or ""
            if web:
                token.attrs["rel"] = "noreferrer"
        elif token.type == "link_close" and dead:
            named = {}
            if dead.pop():
                continue
        elif token.type == "image":
            found = None if prose.is_web(str(token.attrs["src"])) else resolve(str(token.attrs["src"]))
            if found is None:
                kept.append(Token("text", "", 0, content=token.content))
                continue
            token.attrs["src"] = found.href or ""
        elif token.type == "text":
            token.content = named.get(token.content, token.content)
        kept.append(token)
    return kept


def _paragraphs(tokens: Sequence[Token]) -> Sequence[Token]:
    return [
        inline for opening, inline in pairwise(tokens)
        if opening.type == "paragraph_open" and opening.level == 0
    ]  # fmt: skip


def _shortened(text: str) -> str:
    """As much as search engines show, up to a word's end."""
    if len(text) <= _LONGEST_SUMMARY:
        return text
    return text[:_LONGEST_SUMMARY].rpartition(" ")[0].rstrip(" ,;:") + " …"


def _name_headings(tokens: Sequence[Token]) -> None:
    """Puts a link to itself behind each heading."""
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open" and "id" in opening.attrs:
            link = Token("anchor", "", 0, content=plain(inline), meta={"to": opening.attrs["id"]})
            inline.children = [*(inline.children or []), link]


def _html(_renderer: Any, tokens: Sequence[Token], place: int, _options: Any, _env: Any) -> str:
    content = tokens[place].content
    return "" if content.lstrip().startswith("<!--") else Markup.escape(content)


def _anchor(_renderer: Any, tokens: Sequence[Token], place: int, _options: Any, _env: Any) -> str:
    link = Markup(' <a class="anchor" href="#{}" aria-label="Link to “{}”">#</a>')
    return link.format(tokens[place].meta["to"], tokens[place].content)
