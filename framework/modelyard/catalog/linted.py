"""An asset as the lint rules see it: what its folder holds, what its manifest says, and in which line."""

from __future__ import annotations

import difflib
import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from modelyard import tasks
from modelyard.catalog.workspace import Workspace
from modelyard.manifest.asset import Asset
from modelyard.manifest.load import ManifestError, parse, read
from modelyard.tasks.task import Task

MANIFEST = "asset.yaml"
README = "README.md"

_LARGEST_TEXT = 1_000_000


@dataclass(frozen=True)
class LintedAsset:
    """One asset, read no further than its rules ask.

    Attributes:
        workspace: The catalog that it belongs to.
        name: Its folder under assets/.
    """

    workspace: Workspace
    name: str

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self.workspace.folder(self.name)

    @cached_property
    def manifest(self) -> Asset:
        """What asset.yaml declares.

        Raises:
            ManifestError: It has mistakes. A rule may let it pass: the rule `manifest` tells them.
        """
        return read(self.folder / MANIFEST, Asset, shown_as=self._shown(MANIFEST))

    @cached_property
    def task(self) -> Task[Any, Any] | None:
        """Its task; None where there is no such task, which the rule `known-task` tells."""
        return tasks.load(self.manifest.task) if self.manifest.task in tasks.names() else None

    def at(self, *place: str | int) -> str:
        """The line of the manifest that a field stands in, as findings have it.

        Args:
            place: The keys and indices that lead to it, such as `"samples", 2, "input"`. Of a field that is
                left out, the line of what it would stand in.
        """
        while place and place not in self._lines:
            place = place[:-1]
        return self.in_file(MANIFEST, self._lines.get(place, 1))

    def in_file(self, file: str, line: int = 1) -> str:
        """A line of one of its files, as findings have it."""
        return f"{self._shown(file)}:{line}"

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The files of its folder that git has or would take, or all of them where there is no git."""
        command = ["git", "-C", str(self.folder), "ls-files", "-z", "--cached", "--others", "--exclude-standard", "."]
        try:
            listed = os.fsdecode(subprocess.run(command, capture_output=True, check=True).stdout).split("\0")
        except (OSError, subprocess.CalledProcessError):
            listed = []
        if MANIFEST not in listed:  # The folder is not git's, though it may be inside of one that is.
            paths = (path.relative_to(self.folder) for path in self.folder.rglob("*"))
            listed = [path.as_posix() for path in paths if "__pycache__" not in path.parts]
        return tuple(sorted(name for name in listed if name and self._is_file(self.folder / name)))

    def trouble_with(self, file: str) -> str | None:
        """Why a file that the manifest names can't be used; None where it can."""
        path = self.folder / file
        if not path.exists():
            return "is not there"
        if not path.resolve().is_relative_to(self.folder.resolve()):
            return "is a link that leads out of the asset's folder"
        if not path.is_file():
            return "is no regular file"
        return None

    def text(self, file: str) -> str | None:
        """What a file says; None where it is no text that a person would read."""
        path = self.folder / file
        try:
            if path.stat().st_size > _LARGEST_TEXT:
                return None
            text = path.read_bytes().decode()
        except (OSError, UnicodeDecodeError):
            return None
        return None if "\0" in text else text

    @cached_property
    def _lines(self) -> Mapping[tuple[str | int, ...], int]:
        try:
            return parse(self.folder / MANIFEST, shown_as=self._shown(MANIFEST))[1]
        except ManifestError:
            return {}

    def _shown(self, file: str) -> str:
        return f"assets/{self.name}/{file}"

    @staticmethod
    def _is_file(path: Path) -> bool:
        return path.is_symlink() or path.is_file()


def advice(word: str, known: Iterable[str]) -> str:
    """What to write instead of a word that is none of the known ones."""
    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=1)
    meant = f"did you mean {close[0]!r}? " if close else ""
    return f"{meant}use one of {', '.join(names)}" if names else f"there is nothing to use instead of {word!r} yet"
