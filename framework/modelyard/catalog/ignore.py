"""Which files of a folder count: those that Docker's ignore file doesn't name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from docker.utils.build import PatternMatcher


@dataclass(frozen=True)
class Ignore:
    """The patterns of a `.dockerignore`, read by Docker's own rules.

    Attributes:
        root: The folder that the patterns are relative to.
        patterns: Its lines.
    """

    root: Path
    patterns: tuple[str, ...]

    @classmethod
    def read(cls, root: Path) -> Ignore:
        """The ignore file of a folder; everything counts where it has none."""
        file = root / ".dockerignore"
        lines = file.read_text("utf-8").splitlines() if file.is_file() else []
        return cls(root, tuple(line for line in map(str.strip, lines) if line and not line.startswith("#")))

    def files(self, folder: Path) -> Iterator[Path]:
        """The files below a folder of the root that count, in the order of their names."""
        for parent, folders, names in os.walk(folder):
            folders[:] = sorted(name for name in folders if not self._ignored(Path(parent, name)))
            for name in sorted(names):
                path = Path(parent, name)
                if not self._ignored(path) and path.is_file():
                    yield path

    def counts(self, path: Path) -> bool:
        """Whether the patterns let a file below the root count; it need not be there."""
        return not self._ignored(path)

    def _ignored(self, path: Path) -> bool:
        name = path.relative_to(self.root).as_posix()
        return bool(self._matcher.matches(name))  # type: ignore[arg-type]  # the stubs ask for a path; it takes text

    @cached_property
    def _matcher(self) -> PatternMatcher:
        return PatternMatcher(list(self.patterns))
