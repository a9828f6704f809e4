"""The documents of a catalog that its site shows: what is under docs/, and what stands beside catalog.yaml."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from modelyard.catalog.workspace import Workspace

HOME = "docs/README.md"
"""The document that lists the others, in their order; it becomes the first page of the documents."""

_BESIDE = {"README.md": "docs/overview.html", "CONTRIBUTING.md": "docs/contributing.html"}
"""Documents that stand elsewhere, and their pages."""
_COPIED = (".json", ".png", ".jpg", ".jpeg", ".webp", ".gif")
"""What is copied as it is; an SVG, which can hold scripts, is not."""
_LARGEST = {".md": 1_000_000, ".json": 2_000_000}
_LARGEST_PICTURE = 5_000_000
_MOST = 1_000


@dataclass(frozen=True)
class Document:
    """A document in Markdown.

    Attributes:
        source: Its file, from the root of the catalog, such as `docs/run-a-model.md`.
        path: Its page, from the root of the site.
        text: What it says.
    """

    source: str
    path: str
    text: str


@dataclass(frozen=True)
class Manual:
    """All documents of a catalog.

    Attributes:
        documents: By their files.
        files: What else they lead to, by its file, which is its place on the site too.
        assets: The assets that have a page.
    """

    documents: Mapping[str, Document] = field(default_factory=lambda: MappingProxyType({}))
    files: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    assets: frozenset[str] = frozenset()

    def inputs(self, about: str) -> str:
        """Everything that the pages are made from, as a hash.

        Args:
            about: Hash of what all pages are made from.
        """
        whole = hashlib.sha256(about.encode())
        for part in self._parts():
            whole.update(hashlib.sha256(part).digest())
        return whole.hexdigest()

    def place(self, source: str, href: str) -> str | None:
        """Where on the site a relative link of a document leads, with its fragment; None where that isn't on the site.

        Args:
            source: The document's file.
            href: The link, as the document has it.
        """
        target, _, fragment = href.partition("#")
        file = posixpath.normpath(posixpath.join(posixpath.dirname(source), target)) if target else source
        if file in self.documents:
            return self.documents[file].path + (f"#{fragment}" if fragment else "")
        if file in self.files:
            return file
        folder, _, name = file.removesuffix("/README.md").partition("/")
        return f"models/{name}.html" if folder == "assets" and name in self.assets else None

    def _parts(self) -> Iterator[bytes]:
        for source, document in sorted(self.documents.items()):
            yield from (source.encode(), document.text.encode())
        for source, content in sorted(self.files.items()):
            yield from (source.encode(), content)
        yield from (name.encode() for name in sorted(self.assets))


def read(workspace: Workspace) -> Manual:
    """The documents of a catalog; none where it has no folder docs/.

    Args:
        workspace: The catalog.
    """
    root = workspace.root.resolve()
    documents: dict[str, Document] = {}
    files: dict[str, bytes] = {}
    for source, content in _found(root):
        if not source.endswith(".md"):
            files[source] = content
            continue
        text = content.decode("utf-8", "replace")
        documents[source] = Document(source, _BESIDE.get(source) or _page(source), text)
    if not any(source.startswith("docs/") for source in documents):
        return Manual()
    return Manual(documents, files, frozenset(workspace.asset_names()))


def _page(source: str) -> str:
    return "docs/index.html" if source == HOME else source.removesuffix(".md") + ".html"


def _found(root: Path) -> Iterator[tuple[str, bytes]]:
    """The files, each with its content; none that leads out of the catalog, and none too large to show."""
    wanted = (*(root / name for name in _BESIDE), *sorted((root / "docs").rglob("*")))
    for file in _first(path for path in wanted if path.suffix in {".md", *_COPIED} and path.is_file()):
        largest = _LARGEST.get(file.suffix, _LARGEST_PICTURE)
        if file.resolve().is_relative_to(root) and file.stat().st_size <= largest:
            yield file.relative_to(root).as_posix(), file.read_bytes()


def _first(files: Iterable[Path]) -> Iterator[Path]:
    for _, file in zip(range(_MOST), files, strict=False):
        yield file
