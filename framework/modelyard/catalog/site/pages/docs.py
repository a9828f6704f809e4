"""The catalog's documents: their contents, each with its own page, and what they lead to, to download."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from modelyard.catalog.site import contents, markdown
from modelyard.catalog.site.contents import Chapter, Contents
from modelyard.catalog.site.manual import HOME, Document, Manual
from modelyard.catalog.site.model import File, Page
from modelyard.catalog.site.shown import Link
from modelyard.catalog.site.templating import Entry, relative

ENTRY = Entry("Docs", "docs/index.html")
ORDER = 50


def of_manual(manual: Manual) -> Iterable[Page | File]:
    """`docs/index.html`, a page for each document, and the files beside them."""
    all_of_them = contents.of(manual)
    yield Page(ENTRY.path, "docs.html", {"contents": all_of_them}, place=ENTRY.label)
    for document in manual.documents.values():
        if document.source != HOME:
            yield _page(document, manual, all_of_them)
    for path, content in manual.files.items():
        yield File(path, content)


def _page(document: Document, manual: Manual, all_of_them: Contents) -> Page:
    titles = {chapter.path: chapter.title for chapter in all_of_them.chapters} | {ENTRY.path: all_of_them.title}

    def resolve(href: str) -> Link | None:
        place = manual.place(document.source, href)
        if place is None:
            return None
        return Link(titles.get(place.partition("#")[0], ""), relative(document.path, place))

    written = markdown.write(document.text, resolve)
    before, after = _neighbours(document.path, all_of_them.chapters)
    values = {
        "title": written.title or PurePosixPath(document.source).stem,
        "written": written,
        "source": document.source,
        "contents": all_of_them,
        "part": next(part.title for part in all_of_them.parts if document.path in {one.path for one in part.chapters}),
        "headings": [heading for heading in written.headings if heading.level in (2, 3)],
        "before": before,
        "after": after,
    }
    return Page(document.path, "document.html", values, place=ENTRY.label)


def _neighbours(path: str, chapters: Sequence[Chapter]) -> tuple[Chapter | None, Chapter | None]:
    place = [chapter.path for chapter in chapters].index(path)
    before = chapters[place - 1] if place > 0 else None
    return before, chapters[place + 1] if place + 1 < len(chapters) else None
