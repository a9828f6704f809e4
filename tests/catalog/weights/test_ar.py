"""The `ar` archive of a Debian package is read as deb(5) says, and doubted where it says otherwise."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from modelyard.catalog.weights.ar import ArMember, Slice, members
from modelyard.catalog.weights.archive import unpack
from modelyard.errors import ModelyardError


def ar(*files: tuple[str, bytes]) -> bytes:
    package = b"!<arch>\n"
    for name, data in files:
        package += f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(data):<10}`\n".encode()
        package += data + b"\n" * (len(data) % 2)
    return package


PACKAGE = ar(("debian-binary/", b"2.0"), ("data.tar", b"data"))


def test_its_members_are_found_in_order_wherever_padding_puts_them() -> None:
    assert list(members(io.BytesIO(PACKAGE))) == [
        ArMember("debian-binary", 68, 3),
        ArMember("data.tar", 132, 4),
    ]


def test_a_member_is_read_as_a_file_of_its_own() -> None:
    data = Slice(io.BytesIO(PACKAGE), 132, 4)
    assert (data.read(3), data.read(3), data.read()) == (b"dat", b"a", b"")


def test_a_package_that_is_cut_short_within_a_member_is_told() -> None:
    between_two_members = {71, 72}
    for cut in set(range(9, len(PACKAGE))) - between_two_members:
        with pytest.raises(ModelyardError, match="damaged `ar` header|is cut short"):
            list(members(io.BytesIO(PACKAGE[:cut])))


@pytest.mark.parametrize("size", [b"-1        ", b"1e3       ", b"          ", b"9999999999"])
def test_a_size_that_is_none_is_refused(size: bytes) -> None:
    with pytest.raises(ModelyardError, match="damaged `ar` header|is cut short"):
        list(members(io.BytesIO(PACKAGE[:56] + size + PACKAGE[66:])))


def test_members_without_end_are_refused() -> None:
    with pytest.raises(ModelyardError, match="more than 100 `ar` members"):
        list(members(io.BytesIO(ar(*[("x", b"")] * 200))))


def test_a_package_without_data_is_told(tmp_path: Path) -> None:
    (tmp_path / "package").write_bytes(ar(("debian-binary", b"2.0\n")))
    with pytest.raises(ModelyardError, match=r"no data\.tar"):
        unpack(tmp_path / "package", "usr", tmp_path / "target")
