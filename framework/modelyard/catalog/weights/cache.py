"""The weights on this machine, kept by what they are and not by where they came from.

    blobs/sha256/AB/ABCD…    package files, as they came
    trees/DIGEST/            what was unpacked from them
    tmp/                     work in progress; all that a killed process leaves behind

Everything is made in `tmp` and renamed into its place when it is complete and on the disk, so what has
its final name is whole, and several processes can share a cache without a lock.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from modelyard.catalog.weights import digest
from modelyard.catalog.weights.digest import Mismatch, check_form
from modelyard.errors import ModelyardError

_DAY = 86_400.0


def open_cache(environment: Mapping[str, str] = os.environ) -> Cache:
    """The cache that this user's commands share.

    It is at `$MODELYARD_CACHE`, or else at `modelyard` in `$XDG_CACHE_HOME`, or else in `~/.cache`.
    """
    if own := environment.get("MODELYARD_CACHE"):
        return Cache(Path(own).expanduser().absolute())
    shared = Path(environment.get("XDG_CACHE_HOME", ""))
    # The XDG specification says to ignore a relative path.
    return Cache((shared if shared.is_absolute() else Path.home() / ".cache") / "modelyard")


@dataclass(frozen=True)
class Cache:
    """A folder of weights; it is made when first needed."""

    root: Path

    def find_blob(self, sha256: str, *, verify: bool = False) -> Path | None:
        """The package file with that digest, if it is here.

        Args:
            sha256: Its digest.
            verify: Hash it again, and drop it if the disk has damaged it. Without, its name is trusted:
                it was hashed before it got it.
        """
        blob = self._blob(sha256)
        if not blob.is_file():
            return None
        if verify and digest.of_file(blob) != sha256:
            blob.unlink(missing_ok=True)
            return None
        return blob

    def keep_blob(self, file: Path, sha256: str) -> Path:
        """Move a file from a folder of `temporary` into the cache.

        Args:
            file: The file, which is gone afterwards.
            sha256: The digest it must have.

        Raises:
            Mismatch: It has another one; the cache is as it was.
        """
        found = digest.of_file(file)
        if found != sha256:
            raise Mismatch(f"the manifest declares sha256 {sha256}, but the file has {found}")
        blob = self._blob(sha256)
        blob.parent.mkdir(parents=True, exist_ok=True)
        _settle_file(file)
        os.replace(file, blob)
        _flush(blob.parent)
        return blob

    def find_tree(self, name: str) -> Path | None:
        """The folder kept under that digest, if it is here."""
        tree = self._tree(name)
        return tree if tree.is_dir() else None

    def keep_tree(self, name: str, fill: Callable[[Path], None]) -> Path:
        """The folder kept under that digest, filled now if it isn't here.

        Args:
            name: The digest of whatever decides the contents.
            fill: Writes plain files and folders into the empty folder it is given. If it raises, nothing
                is kept.

        Raises:
            ModelyardError: It wrote a link or a device.
        """
        if found := self.find_tree(name):
            return found
        tree = self._tree(name)
        tree.parent.mkdir(parents=True, exist_ok=True)
        with self.temporary() as folder:
            fresh = folder / name
            fresh.mkdir()
            fill(fresh)
            _settle_folder(fresh)
            try:
                os.rename(fresh, tree)
            except OSError:
                # Another process was faster, and what it kept is the same.
                if not tree.is_dir():
                    raise
        _flush(tree.parent)
        return tree

    @contextmanager
    def temporary(self) -> Iterator[Path]:
        """A folder to work in, on the cache's own file system, that is gone afterwards."""
        place = self.root / "tmp"
        place.mkdir(parents=True, exist_ok=True)
        self.sweep()
        with tempfile.TemporaryDirectory(dir=place, ignore_cleanup_errors=True) as folder:
            yield Path(folder)

    def sweep(self, *, older_than: float = _DAY) -> None:
        """Delete what killed processes left behind: work that nobody touched for `older_than` seconds."""
        oldest = time.time() - older_than
        for folder in (self.root / "tmp").glob("*"):
            # The folder's own time is asked first: it may hold thousands of files of somebody at work.
            if _changed(folder) < oldest and max(map(_changed, folder.rglob("*")), default=0.0) < oldest:
                shutil.rmtree(folder, ignore_errors=True)

    def _blob(self, sha256: str) -> Path:
        return self.root / "blobs" / "sha256" / check_form(sha256)[:2] / sha256

    def _tree(self, name: str) -> Path:
        return self.root / "trees" / check_form(name)


def _changed(path: Path) -> float:
    """When a file or folder last changed; now, if it is just being deleted."""
    try:
        return path.lstat().st_mtime
    except OSError:
        return time.time()


def _settle_folder(folder: Path) -> None:
    paths = list(folder.rglob("*"))
    # All of them first: what a link leads to is not ours to change the mode of.
    for path in paths:
        kind = stat.S_IFMT(path.lstat().st_mode)
        if kind not in (stat.S_IFREG, stat.S_IFDIR):
            raise ModelyardError(
                f"{str(path.relative_to(folder))!r} is a link or device, and the cache keeps plain files "
                "and folders only: write the file itself"
            )
    for path in paths:
        if path.is_dir():
            path.chmod(0o755)
            _flush(path)
        else:
            _settle_file(path)
    folder.chmod(0o755)
    _flush(folder)


def _settle_file(file: Path) -> None:
    # Readable by all, for the container's user isn't the builder's; writable by none, for it is shared.
    file.chmod(0o444)
    _flush(file)


def _flush(path: Path) -> None:
    """Have the kernel write a file or folder to the disk, lest a power cut leave it empty under its name."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
