"""What is sent to the engine to build from: files by name, the same bytes for the same files."""

from __future__ import annotations

import io
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO

Entry = Path | bytes
"""A file or folder of this machine, or the content of a file."""

# Of no meaning, but the same on every machine; Docker keeps the times of what it copies.
_TIME = 315_532_800  # 1980-01-01


def pack(entries: Mapping[str, Entry], *, owner: int = 0) -> IO[bytes]:
    """A tar archive of the entries under their names, readable by all, of one time.

    Args:
        entries: Files, folders and contents, by name.
        owner: The number of the user that they belong to, and who alone may write to them: root if left out.
    """
    archive = tempfile.TemporaryFile()  # noqa: SIM115  # the caller closes it
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.GNU_FORMAT) as tar:
        folders: set[str] = set()
        for name, entry in sorted(_files(entries).items()):
            parents = [str(parent) for parent in reversed(Path(name).parents) if str(parent) != "."]
            for parent in parents:
                if parent not in folders:
                    folders.add(parent)
                    tar.addfile(_info(parent, 0o755, tarfile.DIRTYPE, owner))
            info = _info(name, 0o644, tarfile.REGTYPE, owner)
            if isinstance(entry, bytes):
                info.size = len(entry)
                tar.addfile(info, io.BytesIO(entry))
            else:
                info.size = entry.stat().st_size
                with entry.open("rb") as file:
                    tar.addfile(info, file)
        for name, entry in sorted(entries.items()):
            if isinstance(entry, Path) and entry.is_dir() and name not in folders:
                tar.addfile(_info(name, 0o755, tarfile.DIRTYPE, owner))
    archive.seek(0)
    return archive


def _files(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """The entries with each folder taken apart into its files."""
    found: dict[str, Entry] = {}
    for name, entry in entries.items():
        if isinstance(entry, Path) and entry.is_dir():
            for file in entry.rglob("*"):
                if file.is_file():
                    found[f"{name}/{file.relative_to(entry).as_posix()}"] = file
        else:
            found[name] = entry
    return found


def _info(name: str, mode: int, kind: bytes, owner: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.uid = info.gid = owner
    info.mode, info.type, info.mtime = mode, kind, _TIME
    return info
