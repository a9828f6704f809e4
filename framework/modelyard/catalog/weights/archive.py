"""Takes one file or folder out of an archive that nobody has vouched for but its sha256."""

from __future__ import annotations

import difflib
import lzma
import os
import shutil
import struct
import tarfile
import zipfile
import zlib
from contextlib import closing, suppress
from pathlib import Path

from modelyard.catalog.weights.bounds import Bounds, too_big
from modelyard.catalog.weights.entries import Entry, entries
from modelyard.errors import ModelyardError

BOUNDS = Bounds()

_Parts = tuple[str, ...]
_STEP = 1 << 20
_LONGEST_NAME = 4096
# The names that a mistyped member is compared with: comparing is slow, and an archive may have 100,000.
_COMPARED = 5000
_COMPARED_DEPTH = 10
# What the standard library's readers raise for damaged archives; RuntimeError is for encrypted
# ones, for compressions that are not built in, and for headers nested beyond the stack.
_DAMAGED = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OverflowError,
    RuntimeError,
    ValueError,
)


def unpack(package: Path, member: str | None, target: Path, bounds: Bounds = BOUNDS) -> None:
    """Put the member where `target` says.

    Regular files and folders alone are unpacked, without their owners, times and modes. A link or device
    inside the member, or an absolute or climbing name anywhere, refuses the whole archive.

    Args:
        package: An archive (`.tar`, `.tgz`, `.tar.*`, `.zip`, `.whl`, `.deb`), or any file.
        member: The file or folder to take; `.` for all of the archive; None for the package itself,
            archive or not, which is hard-linked if nobody can write to it, or else copied.
        target: Where the file or folder goes, in a folder that holds nothing of that name.
        bounds: How much it may unpack to.

    Raises:
        ModelyardError: The archive is hostile, damaged or too big, or has no such member. Part of the
            member may then have been written.
    """
    if member is None:
        _copy(package, target)
        return
    try:
        _extract(package, member, target, bounds)
    except _DAMAGED as error:
        raise ModelyardError(f"the archive is damaged or of an unknown kind: {error}") from error
    except OSError as error:
        if error.errno is None:  # gzip's and bz2's own
            raise ModelyardError(f"the archive is damaged: {error}") from error
        raise ModelyardError(f"{member!r} can't be unpacked: {error}") from error


def _copy(package: Path, target: Path) -> None:
    # A link to what can be written would change with it; nobody writes to what lies in the cache.
    if not package.stat().st_mode & 0o222:
        with suppress(OSError):  # another file system, or one without links
            os.link(package, target)
            return
    shutil.copyfile(package, target)


def _extract(package: Path, member: str, target: Path, bounds: Bounds) -> None:
    wanted = _parts(member, "`member`")
    left = ceiling = bounds.ceiling(package.stat().st_size)
    seen: set[_Parts] = set()
    found = False
    with closing(entries(package, ceiling)) as every:
        for number, entry in enumerate(every, start=1):
            if number > bounds.files:
                raise ModelyardError(f"the archive has more than {bounds.files:,} entries: name a smaller one")
            parts = _parts(entry.name, "an entry of the archive")
            if len(seen) < _COMPARED:
                seen.add(parts[:_COMPARED_DEPTH])
            if parts[: len(wanted)] != wanted:
                continue
            place = target.joinpath(*parts[len(wanted) :])
            if entry.kind == "file":
                size = _write(entry, place, left)
                if size > left:
                    raise too_big(ceiling)
                left -= size
                found = True
            elif entry.kind == "folder":
                _make_folder(entry, place)
            else:
                raise ModelyardError(
                    f"{entry.name!r} in the archive is a {entry.kind}, and only plain files and folders are "
                    "unpacked: name a smaller `member`, or another package"
                )
    if not found:
        raise ModelyardError(_missing(member, seen))


def _parts(name: str, whose: str) -> _Parts:
    """A name's path below the archive's root, once it is certain to lie there."""
    if len(name) > _LONGEST_NAME:
        raise ModelyardError(f"{whose} has a name of {len(name):,} characters: it is damaged or hostile")
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if name.startswith("/") or ".." in parts or "\\" in name or "\0" in name:
        raise ModelyardError(f"{whose} is named {name[:200]!r}, which may lead out of the folder it belongs to")
    return parts


def _write(entry: Entry, place: Path, left: int) -> int:
    """The bytes written: more than `left` if they stop for being too many."""
    size = 0
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        file = place.open("xb")
    except (FileExistsError, NotADirectoryError) as error:
        raise _twice(entry) from error
    with file:
        contents = entry.open()
        while size <= left and (part := contents.read(_STEP)):
            size += len(part)
            file.write(part)
    return size


def _make_folder(entry: Entry, place: Path) -> None:
    try:
        place.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise _twice(entry) from error


def _twice(entry: Entry) -> ModelyardError:
    return ModelyardError(f"{entry.name[:200]!r} stands in the archive more than once, or as file and folder both")


def _missing(member: str, seen: set[_Parts]) -> str:
    names = {"/".join(parts[:depth]) for parts in seen for depth in range(1, len(parts) + 1)}
    leaf = member.rstrip("/").rpartition("/")[2]
    likely = [name for name in names if name.rpartition("/")[2] == leaf] or sorted(names)[:_COMPARED]
    close = difflib.get_close_matches(member, likely, n=2, cutoff=0.6)
    if close:
        return f"the archive has no file in {member!r}: did you mean {' or '.join(map(repr, close))}?"
    top = sorted({parts[0] for parts in seen if parts})[:10]
    return f"the archive has no file in {member!r}: at its top it has {', '.join(map(repr, top)) or 'nothing'}"
