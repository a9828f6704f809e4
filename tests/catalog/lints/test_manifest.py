"""`manifest`: asset.yaml can be read, and names its folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

Change = Callable[[str, str], str]
Findings = Callable[[str], list[str]]


def test_each_mistake_is_a_finding_in_its_line(change: Change, findings: Findings) -> None:
    title = change("title:", "titel:")
    error = change("error: 400", "error: 200")
    assert findings("manifest") == [
        "assets/good/asset.yaml:1: error[manifest]: title: it is missing; add it",
        f"{title}: error[manifest]: titel: there is no such key; did you mean 'title'?",
        f"{error}: error[manifest]: samples.1.error: input should be greater than or equal to 400 (found 200); "
        "see docs/reference/manifest.md for its form",
    ]


def test_what_is_no_yaml_is_a_finding(change: Change, findings: Findings) -> None:
    assert change("title: Good", "title: [Good") == "assets/good/asset.yaml:3"
    (found,) = findings("manifest")
    assert found.startswith("assets/good/asset.yaml:")
    assert found.endswith("; check indentation, quotes and colons")


def test_a_folder_without_a_manifest_is_no_asset(folder: Path, findings: Findings) -> None:
    (folder / "asset.yaml").unlink()
    (found,) = findings("manifest")
    assert found.startswith("assets/good/asset.yaml:1: error[manifest]: it can't be read: No such file")


def test_the_name_is_the_folder_s(change: Change, findings: Findings) -> None:
    name = change("name: good", "name: bad")
    assert findings("manifest") == [
        f"{name}: error[manifest]: name: 'bad' is not the folder's name, 'good'; "
        "write `name: good`, or rename the folder"
    ]
