"""Which commit the catalog's files are of, and how two commits stand to each other."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Literal

Relation = Literal["same", "older", "newer", "apart", "unknown"]

_SECONDS = 30
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def current(folder: Path) -> str | None:
    """The commit that is checked out; None where the folder is no git repository, or git is not installed."""
    code, said = _git(folder, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    return said if code == 0 and _COMMIT.fullmatch(said) else None


def relation(folder: Path, ours: str | None, theirs: str | None) -> Relation:
    """How a commit stands to another one.

    Args:
        folder: The repository.
        ours: The one.
        theirs: The other.

    Returns:
        `older` where the other one comes after it; `apart` where they are of different branches; `unknown` where
        the repository doesn't have both, as in a shallow clone.
    """
    if ours is None or theirs is None or not (_COMMIT.fullmatch(ours) and _COMMIT.fullmatch(theirs)):
        return "unknown"
    if ours == theirs:
        return "same"
    for before, after, found in ((ours, theirs, "older"), (theirs, ours, "newer")):
        code, _ = _git(folder, "merge-base", "--is-ancestor", before, after)
        if code == 0:
            return "older" if found == "older" else "newer"
        if code != 1:
            return "unknown"
    return "apart"


def _git(folder: Path, *arguments: str) -> tuple[int, str]:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return 128, ""
    return done.returncode, done.stdout.strip()
