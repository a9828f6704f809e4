"""`weights-source`: a known scheme, and one version for good."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Change = Callable[[str, str], str]
Findings = Callable[[str], list[str]]


def test_a_scheme_is_unknown(change: Change, findings: Findings) -> None:
    line = change("npm:@scope/network@1.2.3", "nmp:@scope/network@1.2.3")
    (found,) = findings("weights-source")
    assert found.startswith(
        f"{line}: error[weights-source]: there is no source 'nmp:'; did you mean 'npm:'? use one of "
    )


def test_mirrors_are_held_to_the_same(change: Change, findings: Findings) -> None:
    line = change("https://example.org/network.tgz", "ftp://example.org/network.tgz")
    (found,) = findings("weights-source")
    assert found.startswith(f"{line}: error[weights-source]: there is no source 'ftp:'; ")


@pytest.mark.parametrize(
    ("source", "remedy"),
    [
        ("npm:network", "npm:NAME@1.2.3"),
        ("npm:@scope/network", "npm:NAME@1.2.3"),
        ("npm:network@latest", "npm:NAME@1.2.3"),
        ("npm:network@^1.2.3", "npm:NAME@1.2.3"),
        ("npm:network@1", "npm:NAME@1.2.3"),
        ("pypi:network", "pypi:NAME@1.2.3"),
        ("pypi:network>=1", "pypi:NAME@1.2.3"),
        ("pypi:network@latest", "pypi:NAME@1.2.3"),
    ],
)
def test_a_package_is_not_pinned(source: str, remedy: str, change: Change, findings: Findings) -> None:
    line = change("npm:@scope/network@1.2.3", source)
    assert findings("weights-source") == [
        f"{line}: error[weights-source]: {source!r} names no one version; write `{remedy}`, without a range or a tag"
    ]


@pytest.mark.parametrize("source", ["npm:network@1.2.3-rc.1", "pypi:basic-pitch@0.4.0", "pypi:a@2024.1", "https://h/f"])
def test_a_pinned_source_will_do(source: str, change: Change, findings: Findings) -> None:
    change("npm:@scope/network@1.2.3", source)
    assert findings("weights-source") == []


def test_a_file_is_not_there(change: Change, folder: Path, findings: Findings) -> None:
    line = change("npm:@scope/network@1.2.3", "file:network.tflite")
    assert findings("weights-source") == [
        f"{line}: error[weights-source]: network.tflite is not there; "
        "put it into the asset's folder, or name another source"
    ]
    (folder / "network.tflite").touch()
    assert findings("weights-source") == []
