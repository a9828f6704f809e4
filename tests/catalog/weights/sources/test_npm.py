"""`npm:` has npm fetch exactly the version named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from modelyard.catalog.weights.sources import SourceContext
from modelyard.catalog.weights.sources.npm import download
from modelyard.errors import ModelyardError

Program = Callable[[str, str], None]


@pytest.mark.parametrize("reference", ["name@1.2.3", "@scope/name@1.2.3", "a.b_c@1.0.0-rc.1", "a@1.0.0+build"])
def test_npm_is_asked_for_a_package_and_version(
    reference: str, program: Program, folder: Path, context: SourceContext
) -> None:
    program("npm", '[ "$1" = pack ] && printf %s "$2" > package-1.tgz; mkdir cache')
    package = download(reference, "", folder, context)
    assert package.read_text() == reference
    assert list(folder.iterdir()) == [package]


@pytest.mark.parametrize(
    "reference",
    [
        "name",
        "name@latest",
        "name@^1.0.0",
        "name@1",
        "--registry=x@1.0.0",
        "../x@1.0.0",
        "git+ssh://x@1.0.0",
        "a b@1.0.0",
    ],
)
def test_whatever_else_npm_might_take_is_refused(
    reference: str, program: Program, folder: Path, context: SourceContext
) -> None:
    program("npm", "exit 1")
    with pytest.raises(ModelyardError, match="names no package and version: write `npm:NAME@1.2.3`"):
        download(reference, "", folder, context)


def test_npm_s_complaint_is_passed_on(program: Program, folder: Path, context: SourceContext) -> None:
    program("npm", "echo 'npm error 404 Not Found' >&2; exit 1")
    with pytest.raises(ModelyardError, match="`npm pack name@1.2.3` failed: npm error 404 Not Found; try `npm view"):
        download("name@1.2.3", "", folder, context)


def test_an_npm_that_leaves_nothing_is_told(program: Program, folder: Path, context: SourceContext) -> None:
    program("npm", "exit 0")
    with pytest.raises(ModelyardError, match=r"was to leave one \*.tgz file, and left none"):
        download("name@1.2.3", "", folder, context)


def test_the_size_is_told(program: Program, folder: Path, asset: Path) -> None:
    told: list[tuple[int, int | None]] = []
    program("npm", "printf 12345 > package.tgz")
    download("name@1.2.3", "", folder, SourceContext(asset, lambda done, total: told.append((done, total))))
    assert told == [(5, 5)]
