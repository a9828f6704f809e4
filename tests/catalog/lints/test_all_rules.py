"""What holds for every rule."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from modelyard.catalog.lint import find, rule_names


@pytest.mark.parametrize("name", rule_names())
def test_a_good_asset_passes(name: str, findings: Callable[[str], list[str]]) -> None:
    assert findings(name) == []


@pytest.mark.parametrize("name", rule_names())
def test_a_rule_says_what_it_is_about_and_how_to_mend_it(name: str) -> None:
    first, *more = find(name).help.split("\n")
    assert first.endswith("."), "the first line says what is held to"
    assert more[0] == ""
    assert len(more) > 1, "the rest says why, and how to mend it"


@pytest.mark.parametrize("name", rule_names())
def test_a_rule_is_one_file_and_has_a_test_by_its_name(name: str) -> None:
    assert Path(__file__).with_name(f"test_{name.replace('-', '_')}.py").is_file()


@pytest.mark.parametrize("name", rule_names())
def test_no_rule_stumbles_over_a_manifest_that_can_t_be_read(
    name: str, folder: Path, findings: Callable[[str], list[str]]
) -> None:
    (folder / "asset.yaml").write_text("name: [")
    assert all("error[manifest]" in one for one in findings(name))


@pytest.mark.parametrize("name", rule_names())
def test_no_rule_stumbles_over_an_empty_folder(name: str, folder: Path, findings: Callable[[str], list[str]]) -> None:
    for file in folder.iterdir():
        if file.is_file():
            file.unlink()
    assert all("error[manifest]" in one or "error[readme]" in one for one in findings(name))
