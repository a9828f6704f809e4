"""One member is taken out of an archive, and nothing else happens, whatever the archive says."""

from __future__ import annotations

import contextlib
import io
import shutil
import stat
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from modelyard.catalog.weights.archive import BOUNDS, unpack
from modelyard.catalog.weights.bounds import Bounds
from modelyard.errors import ModelyardError

FILES = {
    "package/model/model.json": b"{}",
    "package/model/shard": b"\x01" * 5000,
    "package/README": b"read me",
}


def tar(files: dict[str, bytes], mode: str = "w", *links: tarfile.TarInfo) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        for link in links:  # first, so that a file could be written through them
            archive.addfile(link)
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def deb(data: bytes, name: str = "data.tar.xz") -> bytes:
    members = {
        "debian-binary": b"2.0\n",
        "control.tar.xz": tar({"./control": b"Package: x"}, "w:xz"),
        name: data,
    }
    package = b"!<arch>\n"
    for title, content in members.items():
        header = f"{title:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n"
        package += header.encode() + content + b"\n" * (len(content) % 2)
    return package


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = target
    return info


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def unpacked(package: bytes, member: str | None, folder: Path, bounds: Bounds = BOUNDS) -> Path:
    file = folder / "package-file"
    file.write_bytes(package)
    target = folder / "target"
    unpack(file, member, target, bounds)
    return target


KINDS = {
    "tar": tar(FILES),
    "tar.gz": tar(FILES, "w:gz"),
    "tar.bz2": tar(FILES, "w:bz2"),
    "tar.xz": tar(FILES, "w:xz"),
    "zip": zipped(FILES),
    "zip without compression": zipped(FILES, zipfile.ZIP_STORED),
    "deb": deb(tar({f"./{name}": data for name, data in FILES.items()}, "w:xz")),
    "deb with gzip": deb(tar(FILES, "w:gz"), "data.tar.gz"),
    "deb without compression": deb(tar(FILES), "data.tar"),
}


@pytest.mark.parametrize("kind", KINDS)
class TestEveryKindOfArchive:
    def test_gives_a_folder(self, kind: str, tmp_path: Path) -> None:
        target = unpacked(KINDS[kind], "package/model", tmp_path)
        assert contents(target) == {"model.json": b"{}", "shard": b"\x01" * 5000}

    def test_gives_a_file(self, kind: str, tmp_path: Path) -> None:
        assert unpacked(KINDS[kind], "package/model/shard", tmp_path).read_bytes() == b"\x01" * 5000

    def test_gives_all_of_itself(self, kind: str, tmp_path: Path) -> None:
        assert contents(unpacked(KINDS[kind], ".", tmp_path)) == FILES

    def test_says_what_a_mistyped_member_may_have_meant(self, kind: str, tmp_path: Path) -> None:
        with pytest.raises(ModelyardError, match="did you mean 'package/model'"):
            unpacked(KINDS[kind], "package/modle", tmp_path)

    def test_stays_itself_without_a_member(self, kind: str, tmp_path: Path) -> None:
        assert unpacked(KINDS[kind], None, tmp_path).read_bytes() == KINDS[kind]

    def test_is_refused_above_the_bytes_allowed(self, kind: str, tmp_path: Path) -> None:
        with pytest.raises(ModelyardError, match="more than 4,000 bytes"):
            unpacked(KINDS[kind], "package/model", tmp_path, Bounds(total=4000))

    def test_is_refused_above_the_entries_allowed(self, kind: str, tmp_path: Path) -> None:
        with pytest.raises(ModelyardError, match="more than 2 entries"):
            unpacked(KINDS[kind], "package/model", tmp_path, Bounds(files=2))

    @settings(max_examples=30, deadline=None)
    @given(data=st.data())
    def test_when_damaged_gives_a_member_or_an_error_that_can_be_read(self, kind: str, data: st.DataObject) -> None:
        package = bytearray(KINDS[kind])
        for _ in range(data.draw(st.integers(1, 4))):
            package[data.draw(st.integers(0, len(package) - 1))] = data.draw(st.integers(0, 255))
        cut = data.draw(st.integers(0, len(package)) | st.just(len(package)))
        with tempfile.TemporaryDirectory() as folder, contextlib.suppress(ModelyardError):
            assert unpacked(bytes(package[:cut]), "package", Path(folder)).exists()


def test_an_entry_without_a_name_is_damage(tmp_path: Path) -> None:
    package = zipped({"package/model": b"1"}).replace(b"package/model", b"\0ackage/model")
    with pytest.raises(ModelyardError, match="damaged.*an entry has no name"):
        unpacked(package, "package", tmp_path)


class TestAHostileArchive:
    NAMES = st.lists(
        st.sampled_from(["..", ".", "", "a", "b", "wanted", "~", "C:", "a\\..\\b", "x" * 300, "ü", "-rf"]),
        min_size=1,
        max_size=6,
    ).map("/".join)

    @settings(max_examples=100, deadline=None)
    @given(
        names=st.lists(NAMES, min_size=1, max_size=5),
        links=st.lists(st.tuples(NAMES, NAMES, st.sampled_from([tarfile.SYMTYPE, tarfile.LNKTYPE])), max_size=3),
        form=st.sampled_from(["tar", "zip"]),
        member=st.sampled_from([".", "wanted", "a"]),
    )
    @example(names=["../escaped"], links=[], form="tar", member=".")
    @example(names=["../escaped"], links=[], form="zip", member=".")
    @example(names=["/etc/escaped"], links=[], form="zip", member=".")
    @example(names=["wanted/../../escaped"], links=[], form="tar", member="wanted")
    @example(names=["a/b"], links=[("a", "..", tarfile.SYMTYPE)], form="tar", member=".")
    def test_writes_nothing_outside_the_target(
        self, names: list[str], links: list[tuple[str, str, bytes]], form: str, member: str
    ) -> None:
        files = dict.fromkeys(names, b"data")
        package = (
            tar(files, "w", *(link(*each) for each in links))
            if form == "tar"
            else zipped({name or ".": data for name, data in files.items()})
        )
        with tempfile.TemporaryDirectory() as outside:
            folder = Path(outside) / "inner" / "innermost"
            folder.mkdir(parents=True)
            target = folder / "target"
            with contextlib.suppress(ModelyardError):
                unpacked(package, member, folder)
            written = {path for path in Path(outside).rglob("*") if not path.is_relative_to(target)}
            assert written == {folder.parent, folder, folder / "package-file"}
            assert not [path for path in target.rglob("*") if path.is_symlink()]

    @pytest.mark.parametrize("name", ["../x", "a/../../x", "/etc/x", "//x", "a/..", "..\\x", "a\\b"])
    @pytest.mark.parametrize("form", ["tar", "zip"])
    def test_with_a_name_that_climbs_is_refused_whole(self, form: str, name: str, tmp_path: Path) -> None:
        files = {"model": b"wanted", name: b"hostile"}
        with pytest.raises(ModelyardError, match="may lead out of the folder it belongs to"):
            unpacked(tar(files) if form == "tar" else zipped(files), "model", tmp_path)

    def test_with_a_name_longer_than_any_path_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ModelyardError, match="a name of 10,000 characters"):
            unpacked(tar({"x" * 10_000: b""}), "model", tmp_path)

    @pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
    def test_with_a_link_or_device_in_the_member_is_refused(self, kind: bytes, tmp_path: Path) -> None:
        package = tar(FILES, "w", link("package/model/extra", "/etc/passwd", kind))
        with pytest.raises(ModelyardError, match="'package/model/extra' in the archive is a (link|device)"):
            unpacked(package, "package/model", tmp_path)

    def test_with_a_link_elsewhere_is_nobodys_business(self, tmp_path: Path) -> None:
        package = tar(FILES, "w", link("package/elsewhere", "/etc/passwd"))
        assert len(contents(unpacked(package, "package/model", tmp_path))) == 2

    def test_with_a_link_in_a_zip_is_refused(self, tmp_path: Path) -> None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            info = zipfile.ZipInfo("model/extra")
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, "/etc/passwd")
        with pytest.raises(ModelyardError, match="is a link"):
            unpacked(buffer.getvalue(), "model", tmp_path)

    def test_with_one_name_twice_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ModelyardError, match="more than once"):
            unpacked(tar({"a/b": b"1", "./a/b": b"2"}), "a", tmp_path)

    def test_with_a_file_that_is_a_folder_too_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ModelyardError, match="file and folder both"):
            unpacked(tar({"a/b": b"1", "a/b/c": b"2"}), "a", tmp_path)

    def test_that_swells_is_refused_before_it_fills_the_disk(self, tmp_path: Path) -> None:
        package = tar({"bomb": bytes(5_000_000)}, "w:gz")
        with pytest.raises(ModelyardError, match="looks like a bomb"):
            unpacked(package, "bomb", tmp_path, Bounds(ratio=100, slack=1000))
        assert (tmp_path / "target").stat().st_size < 2_000_000

    def test_that_swells_beside_the_member_is_refused_too(self, tmp_path: Path) -> None:
        package = tar({"bomb": bytes(5_000_000), "model": b"x"}, "w:gz")
        with pytest.raises(ModelyardError, match="looks like a bomb"):
            unpacked(package, "model", tmp_path, Bounds(ratio=100, slack=1000))

    def test_with_a_header_of_a_gigabyte_is_refused_unread(self, tmp_path: Path) -> None:
        info = tarfile.TarInfo("././@LongLink")
        info.type = tarfile.GNUTYPE_LONGNAME
        info.size = 1 << 30
        with pytest.raises(ModelyardError, match="header of senseless size"):
            unpacked(info.tobuf(tarfile.GNU_FORMAT) + bytes(4096), ".", tmp_path)

    def test_of_headers_within_headers_is_refused(self, tmp_path: Path) -> None:
        info = tarfile.TarInfo("././@LongLink")
        info.type = tarfile.GNUTYPE_LONGNAME
        with pytest.raises(ModelyardError):
            unpacked(info.tobuf(tarfile.GNU_FORMAT) * 5000, ".", tmp_path)

    def test_with_a_sparse_file_is_refused(self, tmp_path: Path) -> None:
        info = tarfile.TarInfo("zeros")
        info.type = tarfile.GNUTYPE_SPARSE
        with pytest.raises(ModelyardError, match="is a device"):
            unpacked(info.tobuf(tarfile.GNU_FORMAT) + bytes(10240), "zeros", tmp_path)

    def test_whose_zip_directory_is_senseless_is_refused_unread(self, tmp_path: Path) -> None:
        package = bytearray(bytes(40 << 20) + zipped({"a": bytes(100)}))
        end = package.rindex(b"PK\x05\x06")
        package[end + 12 : end + 16] = (39 << 20).to_bytes(4, "little")
        package[:4] = b"PK\x03\x04"
        with pytest.raises(ModelyardError, match="directory of 40,894,464 bytes"):
            unpacked(bytes(package), "a", tmp_path)


class TestAPlainFile:
    def test_is_taken_as_it_is(self, tmp_path: Path) -> None:
        assert unpacked(b"onnx", None, tmp_path).read_bytes() == b"onnx"

    def test_takes_no_room_twice_if_nobody_can_write_to_it(self, tmp_path: Path) -> None:
        package = tmp_path / "blob"
        package.write_bytes(b"onnx")
        package.chmod(0o444)
        unpack(package, None, tmp_path / "target")
        assert (tmp_path / "target").samefile(package)

    def test_doesnt_change_with_a_package_that_is_written_to_later(self, tmp_path: Path) -> None:
        target = unpacked(b"onnx", None, tmp_path)
        (tmp_path / "package-file").write_bytes(b"changed")
        assert target.read_bytes() == b"onnx"

    def test_has_no_members(self, tmp_path: Path) -> None:
        with pytest.raises(ModelyardError, match="no archive that is read here.*leave `member` out"):
            unpacked(b"onnx" * 1000, "model", tmp_path)


class TestADebianPackage:
    @pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="dpkg-deb makes and reads these")
    def test_packed_with_zstd_is_read(self, tmp_path: Path) -> None:
        tree = tmp_path / "tree"
        (tree / "DEBIAN").mkdir(parents=True)
        (tree / "DEBIAN/control").write_text(
            "Package: weights\nVersion: 1\nArchitecture: all\nMaintainer: a <a@example.org>\nDescription: d\n"
        )
        (tree / "usr/share").mkdir(parents=True)
        (tree / "usr/share/model").write_bytes(b"weights")
        package = tmp_path / "package.deb"
        subprocess.run(["dpkg-deb", "-Zzstd", "-b", tree, package], check=True, capture_output=True)
        assert unpacked(package.read_bytes(), "usr/share/model", tmp_path).read_bytes() == b"weights"

    def test_packed_with_zstd_and_nothing_to_read_it_says_what_to_do(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", "")
        monkeypatch.setitem(sys.modules, "compression.zstd", None)
        package = deb(b"\x28\xb5\x2f\xfd" + bytes(100), "data.tar.zst")
        with pytest.raises(ModelyardError, match="packed with zstd.*Python 3.14"):
            unpacked(package, "usr", tmp_path)
