"""What goes into the cache comes out, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelyard.catalog.weights.cache import Cache, open_cache
from modelyard.catalog.weights.digest import Mismatch
from modelyard.errors import ModelyardError

TREE = "ab" * 32


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def keep(cache: Cache, data: bytes, declared: str) -> Path:
    with cache.temporary() as folder:
        file = folder / "file"
        file.write_bytes(data)
        return cache.keep_blob(file, declared)


def files_in(cache: Cache) -> list[Path]:
    return [path for path in cache.root.rglob("*") if path.is_file()]


class TestWhereTheCacheIs:
    def test_modelyard_cache_comes_first(self) -> None:
        assert open_cache({"MODELYARD_CACHE": "/a", "XDG_CACHE_HOME": "/b"}).root == Path("/a")

    def test_then_the_user_s_folder_for_caches(self) -> None:
        assert open_cache({"XDG_CACHE_HOME": "/b"}).root == Path("/b/modelyard")

    @pytest.mark.parametrize("environment", [{}, {"MODELYARD_CACHE": "", "XDG_CACHE_HOME": "relative"}])
    def test_then_home(self, environment: dict[str, str]) -> None:
        assert open_cache(environment).root == Path.home() / ".cache" / "modelyard"


class TestAPackageFile:
    @settings(max_examples=25, deadline=None)
    @given(data=st.binary(max_size=2000))
    def test_comes_out_as_it_went_in(self, data: bytes) -> None:
        with tempfile.TemporaryDirectory() as root:
            cache = Cache(Path(root))
            kept = keep(cache, data, sha256(data))
            assert cache.find_blob(sha256(data), verify=True) == kept
            assert kept.read_bytes() == data
            assert files_in(cache) == [kept]

    @settings(max_examples=25, deadline=None)
    @given(data=st.binary(max_size=2000), other=st.binary(max_size=2000))
    def test_with_another_digest_never_enters(self, data: bytes, other: bytes) -> None:
        if data == other:
            return
        with tempfile.TemporaryDirectory() as root:
            cache = Cache(Path(root))
            with pytest.raises(Mismatch, match=f"declares sha256 {sha256(other)}.* has {sha256(data)}"):
                keep(cache, data, sha256(other))
            assert cache.find_blob(sha256(other)) is None
            assert files_in(cache) == []

    def test_lies_where_its_digest_says(self, cache: Cache) -> None:
        digest = sha256(b"x")
        assert keep(cache, b"x", digest) == cache.root / "blobs" / "sha256" / digest[:2] / digest

    def test_can_be_read_by_all_and_written_by_none(self, cache: Cache) -> None:
        assert keep(cache, b"x", sha256(b"x")).stat().st_mode & 0o777 == 0o444

    def test_may_come_twice(self, cache: Cache) -> None:
        assert keep(cache, b"x", sha256(b"x")) == keep(cache, b"x", sha256(b"x"))

    def test_that_the_disk_damaged_is_trusted_until_it_is_verified(self, cache: Cache) -> None:
        blob = keep(cache, b"x", sha256(b"x"))
        blob.chmod(0o644)
        blob.write_bytes(b"y")
        assert cache.find_blob(sha256(b"x")) == blob
        assert cache.find_blob(sha256(b"x"), verify=True) is None
        assert cache.find_blob(sha256(b"x")) is None

    @pytest.mark.parametrize("digest", ["", "../../../etc/passwd", "A" * 64, "a" * 63])
    def test_is_asked_for_by_a_sha256_only(self, cache: Cache, digest: str) -> None:
        with pytest.raises(ModelyardError, match="no sha256: write the 64 digits"):
            cache.find_blob(digest)


class TestAFolder:
    def test_is_filled_once(self, cache: Cache) -> None:
        first = cache.keep_tree(TREE, lambda folder: (folder / "model").mkdir())
        second = cache.keep_tree(TREE, lambda folder: pytest.fail("it is there already"))
        assert first == second == cache.find_tree(TREE)
        assert [path.name for path in first.iterdir()] == ["model"]

    def test_whose_filling_fails_is_not_kept(self, cache: Cache) -> None:
        def fill(folder: Path) -> None:
            (folder / "half").write_bytes(b"x")
            raise ModelyardError("the archive is damaged")

        with pytest.raises(ModelyardError, match="damaged"):
            cache.keep_tree(TREE, fill)
        assert cache.find_tree(TREE) is None
        assert files_in(cache) == []

    def test_can_be_kept_by_many_at_once(self, cache: Cache) -> None:
        def fill(folder: Path) -> None:
            time.sleep(0.02)
            (folder / "model").write_bytes(b"weights")

        with ThreadPoolExecutor(8) as pool:
            trees = {future.result() for future in [pool.submit(cache.keep_tree, TREE, fill) for _ in range(8)]}
        assert [tree / "model" for tree in trees] == files_in(cache)

    def test_can_be_read_by_the_container_s_user(self, cache: Cache) -> None:
        def fill(folder: Path) -> None:
            (folder / "model").mkdir(mode=0o700)
            (folder / "model" / "file").touch(mode=0o600)

        tree = cache.keep_tree(TREE, fill)
        modes = [path.stat().st_mode & 0o777 for path in (tree, tree / "model", tree / "model" / "file")]
        assert modes == [0o755, 0o755, 0o444]

    @pytest.mark.parametrize("special", ["link", "link to a folder", "pipe"])
    def test_holds_no_links_or_devices_and_leaves_what_they_lead_to_alone(
        self, special: str, cache: Cache, tmp_path: Path
    ) -> None:
        outside = tmp_path / "outside"
        (outside / "folder").mkdir(parents=True)
        (outside / "python").touch(mode=0o755)
        (outside / "folder").chmod(0o700)

        def fill(folder: Path) -> None:
            (folder / "file").write_bytes(b"x")
            if special == "pipe":
                os.mkfifo(folder / "special")
            else:
                (folder / "special").symlink_to(outside / ("python" if special == "link" else "folder"))

        with pytest.raises(ModelyardError, match="'special' is a link or device"):
            cache.keep_tree(TREE, fill)
        assert cache.find_tree(TREE) is None
        assert (outside / "python").stat().st_mode & 0o777 == 0o755
        assert (outside / "folder").stat().st_mode & 0o777 == 0o700


class TestAKilledProcess:
    SCRIPT = """
import sys, time
from pathlib import Path
from modelyard.catalog.weights.cache import Cache
def fill(folder):
    (folder / "half").write_bytes(b"x")
    print("filling", flush=True)
    time.sleep(60)
Cache(Path(sys.argv[1])).keep_tree("ab" * 32, fill)
"""

    def test_leaves_only_temporary_files_which_are_swept_a_day_later(self, cache: Cache) -> None:
        command = [sys.executable, "-c", self.SCRIPT, str(cache.root)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"filling\n"
            process.send_signal(signal.SIGKILL)
        assert cache.find_tree(TREE) is None
        (left,) = files_in(cache)
        assert left.is_relative_to(cache.root / "tmp")

        cache.sweep()
        assert left.exists(), "it may belong to somebody who still works"

        two_days_ago = time.time() - 2 * 86_400
        for path in (cache.root / "tmp").rglob("*"):
            os.utime(path, (two_days_ago, two_days_ago))
        with cache.temporary():
            assert not left.exists()
