"""Which files changed since they were last looked at, told by size and time: no library, and on every file system."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from modelyard.catalog.linted import README
from modelyard.catalog.workspace import Workspace

Marks = dict[str, tuple[int, int]]


@dataclass
class Changes:
    """Looks at the files that a running asset depends on: its own, those of the framework that it runs on, the locks.

    Attributes:
        workspace: The catalog.
        name: The asset.
    """

    workspace: Workspace
    name: str
    _seen: Marks = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._seen = self._look()

    def since(self) -> list[str]:
        """The files that changed, came or went since this was last asked, from the catalog's folder."""
        now, before = self._look(), self._seen
        self._seen = now
        return sorted(name for name in now.keys() | before.keys() if now.get(name) != before.get(name))

    def _look(self) -> Marks:
        found: Marks = {}
        root = self.workspace.root
        for path in self._files():
            try:
                told = path.stat()
            except OSError:  # It went, or is being replaced.
                continue
            found[path.relative_to(root).as_posix()] = (told.st_mtime_ns, told.st_size)
        return found

    def _files(self) -> Iterator[Path]:
        folder = self.workspace.folder(self.name)
        for path in folder.rglob("*"):
            hidden = any(part.startswith((".", "__pycache__")) for part in path.relative_to(folder).parts)
            # Editors keep what they are about to write beside it, under names that end so.
            if not hidden and path.name != README and not path.name.endswith(("~", ".tmp", ".swp")) and path.is_file():
                yield path
        yield from self.workspace.ignore.files(self.workspace.framework)
        yield from self.workspace.requirements.glob("*.txt")


def told(names: list[str], shown: int = 3) -> str:
    """Changed files in a few words."""
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(names[:shown]) + more
