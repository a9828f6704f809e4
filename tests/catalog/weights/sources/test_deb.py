"""`deb:` has apt fetch a package, which isn't installed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from modelyard.catalog.weights.sources import SourceContext
from modelyard.catalog.weights.sources.deb import download
from modelyard.errors import ModelyardError

Program = Callable[[str, str], None]


@pytest.mark.parametrize("reference", ["hostname", "hostname=3.23+nmu1", "g++:amd64=4:12.2.0-3", "data=1.0~dfsg-5"])
def test_apt_is_asked_for_a_package(reference: str, program: Program, folder: Path, context: SourceContext) -> None:
    program("apt-get", '[ "$1" = download ] && printf %s "$2" > package_1_all.deb')
    package = download(reference, "", folder, context)
    assert package.read_text() == reference
    assert list(folder.iterdir()) == [package]


@pytest.mark.parametrize("reference", ["", "-o=x", "--version", "./local.deb", "a=../b", "a b", "a=", "hostname/sid"])
def test_whatever_else_apt_might_take_is_refused(
    reference: str, program: Program, folder: Path, context: SourceContext
) -> None:
    program("apt-get", "exit 1")
    with pytest.raises(ModelyardError, match="names no package: write `deb:NAME`"):
        download(reference, "", folder, context)


def test_a_machine_that_knows_no_such_package_is_told_to_update(
    program: Program, folder: Path, context: SourceContext
) -> None:
    program("apt-get", "echo 'E: Unable to locate package x' >&2; exit 100")
    with pytest.raises(ModelyardError, match="Unable to locate package x; run `apt-get update`"):
        download("xx", "", folder, context)


def test_a_machine_without_apt_is_told_what_to_do(
    folder: Path, context: SourceContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ModelyardError, match="`apt-get` is not installed: .*declare an `https:` mirror"):
        download("hostname", "", folder, context)
