"""`profile`: a profile is of this asset, and of its kind of input."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from modelyard.manifest.profile import Binned, Profile

Change = Callable[[str, str], str]
Findings = Callable[[str], list[str]]

PROFILE = Profile(
    asset="good", version="1.0.0", items=40, inputs={"brightness": Binned(edges=[100.0], counts=[20, 20])}
)
ADVICE = "run modelyard profile good"


@pytest.fixture(autouse=True)
def evaluated(change: Change) -> None:
    change("parity:", "evaluation: {origin: Forty photos}\nparity:")


def test_a_profile_may_be_missing_or_right(folder: Path, findings: Findings) -> None:
    assert findings("profile") == []
    (folder / "profile.json").write_text(PROFILE.model_dump_json())
    assert findings("profile") == []
    assert findings("unused-files") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "profile.json: Input should be an object"),
        (PROFILE.model_copy(update={"asset": "bad"}).model_dump_json(), "it is the profile of bad"),
        (PROFILE.model_dump_json().replace("brightness", "level"), "inputs of this kind have no statistic 'level'"),
    ],
)
def test_a_profile_of_something_else_is_wrong(text: str, said: str, folder: Path, findings: Findings) -> None:
    (folder / "profile.json").write_text(text)
    assert findings("profile") == [f"assets/good/profile.json:1: error[profile]: {said}; {ADVICE}"]


def test_a_profile_without_labelled_data_can_not_be_held_to_anything(
    folder: Path, change: Change, findings: Findings
) -> None:
    change("evaluation: {origin: Forty photos}\n", "")
    (folder / "profile.json").write_text(PROFILE.model_dump_json())
    (found,) = findings("profile")
    assert found.endswith("the asset declares no `evaluation` that it could be of; remove it, or declare one")
