"""What lies in an archive, one entry after the other, whichever kind of archive it is.

The kind is told from the first bytes: in the cache a package has its digest for a name.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
import stat
import subprocess
import tarfile
import zipfile
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import IO, BinaryIO, Literal, cast

from modelyard.catalog.weights import ar
from modelyard.catalog.weights.bounds import Forward, Paged, Readable
from modelyard.errors import ModelyardError

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_GZIP, _BZIP2, _XZ, _ZSTD = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd"
_LARGEST_HEADER = 1 << 20

Kind = Literal["file", "folder", "link", "device"]


@dataclass(frozen=True)
class Entry:
    """One entry of an archive; nothing in it is to be believed."""

    name: str
    kind: Kind
    open: Callable[[], Readable]
    """Its contents, to be read before the next entry is asked for."""


def entries(package: Path, ceiling: int) -> Generator[Entry, None, None]:
    """The entries of a `.tar`, `.tgz`, `.tar.*`, `.zip`, `.whl` or `.deb`, in their order.

    Args:
        package: The archive.
        ceiling: The most bytes that a tar archive may unpack to, what is skipped included.

    Raises:
        ModelyardError: It is too big, hostile, or of no kind that is read here. What is damaged raises the
            standard library's errors, which are many.
    """
    with package.open("rb") as file:
        head = file.read(8)
        file.seek(0)
        if head.startswith(_ZIP):
            yield from _zip(file)
        elif head == ar.MAGIC:
            yield from _deb(package, file, ceiling)
        else:
            yield from _tar(Forward(_decompressed(file, head), ceiling))


def _zip(file: BinaryIO) -> Iterator[Entry]:
    with zipfile.ZipFile(cast(IO[bytes], Paged(file))) as archive:
        for info in archive.infolist():
            if not info.filename:  # What follows a zero is no part of a name.
                raise zipfile.BadZipFile("an entry has no name")
            yield Entry(info.filename, _kind_in_zip(info), partial(archive.open, info))


def _kind_in_zip(info: zipfile.ZipInfo) -> Kind:
    form = stat.S_IFMT(info.external_attr >> 16)
    if form == stat.S_IFLNK:
        return "link"
    if form not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "device"
    return "folder" if info.is_dir() else "file"


def _tar(stream: Forward) -> Iterator[Entry]:
    archive = _open_tar(stream)
    while True:
        stream.begin_header(_LARGEST_HEADER)
        info = archive.next()
        stream.end_header()
        if info is None:
            return
        yield Entry(info.name, _kind_in_tar(info), partial(_contents, archive, info))


def _open_tar(stream: Forward) -> tarfile.TarFile:
    stream.begin_header(_LARGEST_HEADER)
    try:
        return tarfile.open(fileobj=cast(IO[bytes], stream), mode="r:")
    except tarfile.ReadError as error:
        raise ModelyardError(
            "the package is no archive that is read here (.tar, .tgz, .tar.*, .zip, .whl, .deb): "
            "leave `member` out to take the file as it is"
        ) from error


def _kind_in_tar(info: tarfile.TarInfo) -> Kind:
    if info.issym() or info.islnk():
        return "link"
    if info.isdir():
        return "folder"
    # A sparse file is a bomb by design: a few bytes may stand for any number of zeros.
    return "file" if info.isreg() and not info.issparse() else "device"


def _contents(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Readable:
    contents = archive.extractfile(info)
    assert contents is not None, "only asked for files"
    return contents


def _decompressed(stream: Readable, head: bytes) -> Readable:
    source = cast(IO[bytes], stream)
    if head.startswith(_GZIP):
        return gzip.GzipFile(fileobj=source, mode="rb")
    if head.startswith(_BZIP2):
        return bz2.BZ2File(source)
    if head.startswith(_XZ):
        return lzma.LZMAFile(source)
    if head.startswith(_ZSTD):
        try:
            zstd = import_module("compression.zstd")  # Python 3.14
        except ImportError as error:
            raise ModelyardError(
                "the archive is packed with zstd, which this Python can't read: run Modelyard with "
                "Python 3.14 or later, or name a .tar.gz or .zip of the same files as the source"
            ) from error
        return cast(Readable, zstd.ZstdFile(source))
    return stream


def _deb(package: Path, file: BinaryIO, ceiling: int) -> Iterator[Entry]:
    data = next((member for member in ar.members(file) if member.name.startswith("data.tar")), None)
    if data is None:
        raise ModelyardError("the package has no data.tar: it is no Debian package, or damaged")
    head = ar.Slice(file, data.start, data.size).read(8)
    if head.startswith(_ZSTD) and (program := shutil.which("dpkg-deb")):
        yield from _by_dpkg(program, package, ceiling)
    else:
        yield from _tar(Forward(_decompressed(ar.Slice(file, data.start, data.size), head), ceiling))


def _by_dpkg(program: str, package: Path, ceiling: int) -> Iterator[Entry]:
    command = [program, "--fsys-tarfile", str(package.absolute())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        stream = Forward(cast(Readable, process.stdout), ceiling)
        try:
            yield from _tar(stream)
            stream.seek(ceiling)  # to the end: only then has dpkg-deb seen all of the package
            code = process.wait()
        finally:
            process.kill()
    if code != 0:
        raise ModelyardError(f"`dpkg-deb --fsys-tarfile` failed with {code}: the package is damaged")
