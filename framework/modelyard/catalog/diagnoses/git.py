"""Git: the commit of an image stands in its provenance, and keeps an old job from undoing what a new one did."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from modelyard.catalog.doctor import Finding, Machine, ok, warning


def check(machine: Machine) -> Iterator[Finding]:
    """One line."""
    commit = machine.workspace.commit
    if commit is not None:
        yield ok(f"at commit {commit[:12]}")
    elif shutil.which("git") is None:
        yield warning("git is not installed, so no image says which commit it is of", "install git")
    else:
        yield warning("the catalog is no git repository with a commit", "git init, then commit the catalog")
