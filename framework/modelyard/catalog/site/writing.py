"""Files of a site: made in a folder beside the old one, and put in its place when all of them are there."""

from __future__ import annotations

import ctypes
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pydantic import Field, ValidationError

from modelyard.catalog.site.changes import Change
from modelyard.catalog.site.model import Listed
from modelyard.errors import ModelyardError
from modelyard.manifest.model import Model

STATE = ".modelyard-site.json"
"""What each part of the site was made from, for the next time; it says too that the folder is a site of ours."""

_NEW, _OLD = "-new-", "-old-"
_AT_CWD = -100
_EXCHANGE = 2


class Asked(Model):
    """What the registry said of an asset when it was asked."""

    stamp: str
    """As a hash."""
    seen: str
    """Its chronicles, as a hash."""
    at: float
    """When, in seconds since 1970."""


class Made(Model):
    """Files that were made of one thing."""

    inputs: str
    """Hash of what they were made from."""
    files: dict[str, tuple[int, int]]
    """With their bytes and the time that they were written, in nanoseconds."""


class Remembered(Made):
    """What was made of one asset."""

    listed: Listed
    """What pages about many assets know of it."""
    changes: list[Change]
    """What happened to it, the newest first."""
    labels: str
    """Hash of the names of its classes; empty where it has none."""
    asked: Asked
    """What the registry said of it."""


class Memory(Model):
    """What a site was made from."""

    about: str = ""
    """Hash of what all pages are made from."""
    assets: dict[str, Remembered] = Field(default_factory=dict)
    """By their names."""
    labels: dict[str, list[str]] = Field(default_factory=dict)
    """The names of classes, once for all assets that have the same, by their hash."""
    manual: Made | None = None
    """The documents; none where there are none."""


def remembered(site: Path) -> Memory:
    """What a site was made from; nothing where it was never made, or by another version."""
    try:
        return Memory.model_validate_json((site / STATE).read_bytes())
    except (OSError, ValidationError):
        return Memory()


def holds(site: Path, made: Made) -> bool:
    """Whether the files of an asset, or the documents, are as they were written."""
    try:
        return all(_mark(os.path.join(site, path)) == mark for path, mark in made.files.items())
    except OSError:
        return False


@contextmanager
def replaced(site: Path) -> Iterator[Path]:
    """A new folder that takes the place of a site's at the end; where that isn't reached, the old one stays.

    Raises:
        ModelyardError: The folder holds something else, or can't be written.
    """
    _restore(site)
    if site.exists() and not (site / STATE).is_file() and (not site.is_dir() or any(site.iterdir())):
        raise ModelyardError(f"{site} holds something that is no site of ours: name a new or an empty folder")
    try:
        site.parent.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix=f".{site.name}{_NEW}", dir=site.parent))
    except OSError as error:
        raise ModelyardError(f"{site}: it can't be written: {error.strerror}") from None
    try:
        new.chmod(0o755)
        yield new
        _exchange(new, site)
    except OSError as error:
        raise ModelyardError(f"{site}: it can't be written: {error.strerror}") from None
    finally:
        shutil.rmtree(new, ignore_errors=True)


def write(site: Path, path: str, content: bytes) -> tuple[int, int]:
    """Writes a file of a site that is not shown yet; gives its bytes and time, as `Remembered` keeps them."""
    target = _place(site, path)
    if not target.exists():  # pictures are named by what they hold, and two assets may show one
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o644)
        os.replace(name, target)
    return _mark(target)


def carry(old: Path, new: Path, paths: Iterable[str]) -> None:
    """Takes files of the old site over, without copying them where the disk allows it."""
    there: set[str] = set()
    for path in paths:
        source, target = os.path.join(old, _checked(path)), os.path.join(new, path)
        if (folder := os.path.dirname(target)) not in there:
            os.makedirs(folder, exist_ok=True)
            there.add(folder)
        try:
            os.link(source, target)
        except FileExistsError:
            pass
        except OSError:
            shutil.copy2(source, target)


def remember(site: Path, memory: Memory) -> None:
    """Writes down what a site was made from."""
    (site / STATE).write_bytes(memory.model_dump_json().encode())


def _mark(file: Path | str) -> tuple[int, int]:
    found = os.stat(file)
    return found.st_size, found.st_mtime_ns


def _place(site: Path, path: str) -> Path:
    """Where a file of the site is; its name never leads out of it."""
    return site / _checked(path)


def _checked(path: str) -> str:
    # Thousands are taken over at once, and a `Path` for each would take longer than the links.
    if {"..", ".", ""} & set(path.split("/")) or "\\" in path:
        raise ModelyardError(f"{path!r} is no file of the site")
    return path


def _exchange(new: Path, site: Path) -> None:
    """Puts a folder in the place of another: at one stroke where the system can, else with a moment between."""
    if not site.exists():
        os.rename(new, site)
        return
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        renameat2 = None
    if renameat2 is not None and renameat2(_AT_CWD, bytes(new), _AT_CWD, bytes(site), _EXCHANGE) == 0:
        return
    old = site.with_name(f".{site.name}{_OLD[:-1]}")
    shutil.rmtree(old, ignore_errors=True)
    os.rename(site, old)
    os.rename(new, site)
    shutil.rmtree(old, ignore_errors=True)


def _restore(site: Path) -> None:
    """Brings back what was moved away by a render that was killed in that moment."""
    old = site.with_name(f".{site.name}{_OLD[:-1]}")
    if old.is_dir() and not site.exists():
        with suppress(OSError):
            os.rename(old, site)
