"""Which assets the site is about, what each page is made from, and reading it: the registry and the assets' cards."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from modelyard.catalog.records import chronicle, chronicling, evidence
from modelyard.catalog.records.chronicle import Chronicle, Described
from modelyard.catalog.records.chronicling import Index
from modelyard.catalog.registry import Registry
from modelyard.catalog.registry.repositories import repositories
from modelyard.catalog.site.composing import Given
from modelyard.catalog.site.writing import Asked, Remembered
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError
from modelyard.manifest.catalog import Withdrawn

_OURS = {"base", "doctor"}
"""What the builder itself keeps in the folder, beside assets."""
_AT_ONCE = 4
_LARGEST_PROSE = 1_000_000
_A_WHILE = 3_600.0
NOTHING = "nothing"
"""The stamp of what the registry holds nothing of."""


@dataclass(frozen=True)
class Source:
    """What the pages of one asset are made from.

    Attributes:
        name: The asset.
        wanted: Whether the catalog has it.
        withdrawn: Why it was withdrawn, where catalog.yaml says so.
        stamp: What the registry says of it, as a hash; `nothing` where it holds nothing.
        tag: Its chronicle, where there is one of that.
        card: Hash of its asset.yaml, README.md and labels.
    """

    name: str
    wanted: bool
    withdrawn: Withdrawn | None
    stamp: str
    tag: str | None
    card: str

    def inputs(self, about: str) -> str:
        """Everything that the pages are made from, as a hash.

        Args:
            about: Hash of what all pages are made from.
        """
        withdrawn = self.withdrawn.model_dump() if self.withdrawn else None
        parts = [about, self.name, self.wanted, withdrawn, self.stamp, self.tag, self.card]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Reader:
    """What reads of assets; of each process its own.

    Attributes:
        workspace: The catalog.
        registry: Where it is published.
        index: The chronicles that the registry has.
        kept: The folder of this machine that keeps them.
    """

    workspace: Workspace
    registry: Registry
    index: Index
    kept: Path

    def given(self, source: Source) -> Given:
        """What is known of an asset; what can't be read is said, and is no reason to show nothing of the others."""
        trouble, told, described = "", None, None
        try:
            described = self._described(source) if source.wanted else None
            told = self._chronicle(source, described)
        except ModelyardError as error:
            trouble = " ".join(str(error).split())
        return Given(
            name=source.name,
            repository=self.registry.repository(source.name),
            chronicle=told,
            described=described or (told.described if told else None),
            wanted=source.wanted,
            withdrawn=source.withdrawn,
            trouble=trouble,
        )

    def document(self, name: str, digest: str) -> bytes | None:
        """What stands beside an image, by its own digest; None where the registry has it no more."""
        return self.registry.kept(name, digest)

    def _described(self, source: Source) -> Described:
        return chronicle.read(self.workspace.folder(source.name), self.workspace.asset(source.name))

    def _chronicle(self, source: Source, described: Described | None) -> Chronicle | None:
        """The chronicle: from this machine, from the registry, or gathered from all that stands beside the images."""
        if source.stamp == NOTHING:
            return None
        if source.tag is not None:
            file = self._file(source.tag)
            with suppress(OSError):
                if found := chronicle.parse(file.read_bytes()):
                    return found
            if found := chronicling.read(self.registry, source.tag):
                _write(file, found.model_dump_json().encode())
                return found
        # It isn't written: who reads changes nothing, and the next release writes what is missing.
        return chronicling.gather(self.registry, source.name, described, self.index).chronicle

    def _file(self, tag: str) -> Path:
        name = hashlib.sha256(f"{self.registry.prefix} {tag}".encode()).hexdigest()
        return self.kept / name[:2] / f"{name}.json"


def sources(workspace: Workspace, names: Sequence[str], stamps: Mapping[str, str], index: Index) -> list[Source]:
    """What the pages of each asset are made from.

    Args:
        workspace: The catalog.
        names: The assets.
        stamps: What the registry says of each, as a hash.
        index: The chronicles that it has.
    """
    wanted, withdrawn = set(workspace.asset_names()), workspace.catalog.withdrawn
    return [
        Source(
            name=name,
            wanted=name in wanted,
            withdrawn=withdrawn.get(name),
            stamp=stamps[name],
            tag=chronicling.find(index, name, stamps[name]),
            card=_card(workspace, name) if name in wanted else "",
        )
        for name in names
    ]


def names(workspace: Workspace, there: frozenset[str] | None, index: Index) -> list[str]:
    """The assets that the site is about: those of the catalog, and those that it had.

    Args:
        workspace: The catalog.
        there: The names in the registry's folder; None where it doesn't tell.
        index: The chronicles that it has.
    """
    published = {name for name in there if "/" not in name} if there is not None else set(index.last)
    return sorted({*workspace.asset_names(), *workspace.catalog.withdrawn, *published} - _OURS)


def there(registry: Registry) -> frozenset[str] | None:
    """The names in the registry's folder; None where it doesn't tell."""
    return repositories(registry)


def registry_of(prefix: str) -> Registry:
    """The registry, with connections of this process alone, that last."""
    return _registry_of(prefix, os.getpid())


@cache
def _registry_of(prefix: str, _process: int) -> Registry:
    return Registry(prefix)


def stamps(prefix: str, wanted: Iterable[str], there: frozenset[str] | None) -> dict[str, str]:
    """What a registry says of each asset, as a hash.

    Args:
        prefix: The registry and its folder.
        wanted: The assets.
        there: The names in the folder; None where it doesn't tell.
    """
    registry, asked = registry_of(prefix), list(wanted)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return dict(zip(asked, pool.map(partial(_stamp, registry, there), asked), strict=True))


def known(
    before: Mapping[str, Remembered], wanted: Iterable[str], index: Index, there: frozenset[str] | None, now: float
) -> dict[str, Asked]:
    """What the registry said of assets a while ago, and would say again.

    Whoever changes an asset ends by writing a chronicle, so that what has the chronicles that it had is as it was. A
    hand that writes none, or one that died before it did, is seen once the while is over.

    Args:
        before: What was made of each asset the last time.
        wanted: The assets.
        index: The chronicles that the registry has.
        there: The names in its folder; None where it doesn't tell.
        now: The time, in seconds since 1970.
    """
    found = {}
    for name in wanted:
        old = before[name].asked if name in before else None
        if old is None or not 0 <= now - old.at < _A_WHILE or old.seen != index.seen.get(name, ""):
            continue
        if (name, old.stamp) in index.tags and (there is None or name in there or evidence.blocked(name) in there):
            found[name] = old
    return found


def _stamp(registry: Registry, there: frozenset[str] | None, name: str) -> str:
    blocked = there is None or evidence.blocked(name) in there
    if there is not None and name not in there and not blocked:
        return NOTHING
    return chronicling.stamp(registry, name, blocked=blocked)


def _card(workspace: Workspace, name: str) -> str:
    folder = workspace.folder(name)
    parts = hashlib.sha256()
    for file in (folder / "asset.yaml", folder / "README.md", *sorted(folder.glob("*.txt"))):
        parts.update(hashlib.sha256(_read(file)).digest())
    return parts.hexdigest()


def _read(file: Path) -> bytes:
    """The beginning of a file; nothing where there is none."""
    try:
        with file.open("rb") as opened:
            return opened.read(_LARGEST_PROSE)
    except FileNotFoundError:
        return b""


def _write(file: Path, content: bytes) -> None:
    """Writes a file whole, or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
        os.replace(name, file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
