"""Which files of a folder count: those that Docker's ignore file doesn't name."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from docker.utils.build import PatternMatcher
from docker.utils.fnmatch import translate

_Matcher = tuple[bool, Callable[[str], re.Match[str] | None], PatternMatcher]
"""Whether a folder is ignored as a whole, whether another pattern fits a path in it, and what knows the last word."""


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
        return (Path(path) for _, path in self.named(folder))

    def named(self, folder: Path) -> Iterator[tuple[str, str]]:
        """The same, each with its name below the folder, with forward slashes."""
        start = folder.relative_to(self.root).as_posix()
        top = start.partition("/")[0]
        for parent, folders, names in os.walk(folder):
            below = os.path.relpath(parent, folder).replace(os.sep, "/") if parent != str(folder) else ""
            prefix = f"{below}/" if below else ""
            folders[:] = sorted(name for name in folders if not self._ignored(top, f"{start}/{prefix}{name}"))
            for name in sorted(names):
                path = os.path.join(parent, name)
                if not self._ignored(top, f"{start}/{prefix}{name}") and os.path.isfile(path):
                    yield f"{prefix}{name}", path

    def counts(self, path: Path) -> bool:
        """Whether the patterns let a file below the root count; it need not be there."""
        name = path.relative_to(self.root).as_posix()
        return not self._ignored(name.partition("/")[0], name)

    def _ignored(self, top: str, name: str) -> bool:
        ignored, any_other, matcher = self._matcher(top)
        if not any(map(any_other, _with_parents(name))):
            return ignored  # most files: which pattern has the last word need not be asked
        return bool(matcher.matches(name))  # type: ignore[arg-type]  # the stubs ask for a path; it takes text

    def _matcher(self, top: str) -> _Matcher:
        """The patterns that can say something of what lies in a folder at the root."""
        if top not in self._matchers:
            matcher = PatternMatcher([one for one in self.patterns if _may_match(one, top)])
            # A pattern that names the folder fits all that lies in it, so that no earlier one matters.
            naming = [at for at, one in enumerate(matcher.patterns) if len(one.dirs) == 1 and one.match(top)]
            ignored = bool(naming) and not matcher.patterns[naming[-1]].exclusion
            matcher.patterns = matcher.patterns[naming[-1] :] if naming else matcher.patterns
            others = matcher.patterns[1:] if naming else matcher.patterns
            together = "|".join(f"(?:{translate(one.cleaned_pattern)})" for one in others)
            self._matchers[top] = ignored, re.compile(together).match, matcher
        return self._matchers[top]

    @cached_property
    def _matchers(self) -> dict[str, _Matcher]:
        return {}


def _with_parents(name: str) -> Iterator[str]:
    """A path, and the folders that it lies in."""
    while name:
        yield name
        name = name.rpartition("/")[0]


def _may_match(pattern: str, top: str) -> bool:
    first = pattern.removeprefix("!").strip().lstrip("/").partition("/")[0]
    return first == top or bool(set("*?[\\.") & set(first))
