"""Whether a process of this machine still lives: by a lock on a file, which the system takes from whoever dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def sign(folder: Path, name: str) -> Iterator[None]:
    """Shows that this process lives, as long as the block runs.

    Args:
        folder: Where the processes of this machine leave their signs; made where it isn't there.
        name: What this one is called; nobody else is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    with file.open("w") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        try:
            yield
        finally:
            file.unlink(missing_ok=True)


def is_dead(folder: Path, name: str) -> bool:
    """Whether a process of this machine left its sign, and died. Nothing is known of those of other machines.

    Its sign is cleared away.
    """
    if os.sep in name or name in ("", ".", ".."):
        return False
    file = folder / name
    with suppress(FileNotFoundError), file.open("r") as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        file.unlink(missing_ok=True)
        return True
    return False
