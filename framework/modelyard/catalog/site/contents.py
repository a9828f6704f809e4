"""The contents of a catalog's documents: parts and their order, as docs/README.md lists them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePosixPath

from markdown_it.token import Token
from markupsafe import Markup

from modelyard.catalog.site import markdown
from modelyard.catalog.site.manual import HOME, Document, Manual

_TITLE = "Documentation"
_REST = "More"


@dataclass(frozen=True)
class Chapter:
    """An entry of the contents.

    Attributes:
        title: What it is called there.
        path: Its page, or its file, from the root of the site.
        said: What it is about.
    """

    title: str
    path: str
    said: Markup

    @property
    def is_page(self) -> bool:
        """Whether it is read on the site; else it is a file to download."""
        return self.path.endswith(".html")


@dataclass(frozen=True)
class Part:
    """Chapters that belong together.

    Attributes:
        title: What they are about.
        chapters: In their order.
    """

    title: str
    chapters: Sequence[Chapter]


@dataclass(frozen=True)
class Contents:
    """All parts.

    Attributes:
        title: What the documents are called together.
        said: What they are for; empty where nothing says it.
        parts: In their order.
    """

    title: str
    said: str
    parts: Sequence[Part]

    @property
    def chapters(self) -> list[Chapter]:
        """All that are read on the site, in their order."""
        return [chapter for part in self.parts for chapter in part.chapters if chapter.is_page]


def of(manual: Manual) -> Contents:
    """The contents; documents that docs/README.md doesn't list come last.

    Args:
        manual: The documents.
    """
    home = manual.documents.get(HOME)
    title, said, parts = (_TITLE, "", []) if home is None else _listed(home, manual)
    known = {HOME, *(chapter.path for part in parts for chapter in part.chapters)}
    rest = [
        Chapter(_title(document), document.path, Markup())
        for source, document in manual.documents.items()
        if source != HOME and document.path not in known
    ]
    return Contents(title, said, [*parts, Part(_REST, rest)] if rest else parts)


def _listed(home: Document, manual: Manual) -> tuple[str, str, list[Part]]:
    tokens = markdown.engine().parse(home.text)
    title, said, parts = _TITLE, "", list[Part]()
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open" and opening.tag == "h1":
            title = markdown.plain(inline)
        elif opening.type == "heading_open":
            parts.append(Part(markdown.plain(inline), []))
        elif opening.type == "paragraph_open" and opening.level == 0 and not parts:
            said = markdown.plain(inline)
        elif opening.type == "paragraph_open" and opening.level > 0 and parts:
            parts[-1] = Part(parts[-1].title, [*parts[-1].chapters, *_chapter(inline, manual)])
    return title, said, [part for part in parts if part.chapters]


def _chapter(inline: Token, manual: Manual) -> Iterator[Chapter]:
    """The entry of a line that begins with a link; none where that leads to nothing of the site."""
    children = inline.children or []
    end = next((place for place, one in enumerate(children) if one.type == "link_close"), None)
    path = manual.place(HOME, str(children[0].attrs.get("href", ""))) if end is not None else None
    if end is None or path is None:
        return
    title = "".join(one.content for one in children[1:end])
    after = markdown.resolved(children[end + 1 :], lambda _: None)
    if after and after[0].type == "text":
        after[0].content = after[0].content.lstrip(" :–—-")
    yield Chapter(title, path, markdown.line(after))


def _title(document: Document) -> str:
    written = markdown.write(document.text, lambda _: None)
    return written.title or PurePosixPath(document.source).stem
