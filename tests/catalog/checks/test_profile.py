"""A profile that is not what the image answers, and one that is."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from modelyard.catalog.checks.profile import check
from modelyard.catalog.drift import profiling
from modelyard.catalog.drift.recording import Seen
from modelyard.catalog.records.report import Checked
from modelyard.manifest.asset import Asset

LABELS = ("cat", "dog")
ASSET = Asset.model_construct(
    name="seer", version="1.0.0", evaluation=SimpleNamespace(), card=SimpleNamespace(unmeasured=None)
)


def seen(dogs: int) -> list[Seen]:
    return [Seen({"light": float(at)}, [(int(at < dogs), 0.6 + at / 1_000)]) for at in range(300)]


def checked(folder: Path, answers: list[Seen], **others: Any) -> Checked:
    running = SimpleNamespace(image="seer:1")
    fields = {
        "asset": ASSET, "folder": folder, "labels": LABELS, "running": running, "evaluated": object(),
        "recordings": {"seer:1": SimpleNamespace(seen=answers)},
    }  # fmt: skip
    candidate: Any = SimpleNamespace(**fields | others)
    (found,) = check(candidate)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An asset with a profile: a third of the answers are dogs."""
    profile = profiling.make(ASSET, LABELS, seen(100), {})
    (tmp_path / "profile.json").write_text(profiling.to_text(profile))
    return tmp_path


def test_what_the_image_answers_is_what_the_profile_says(folder: Path) -> None:
    found = checked(folder, seen(104))
    assert (found.passed, found.said) == (True, "3 statistics of 300 items are as in profile.json")


def test_another_model_needs_another_profile_and_is_told_how(folder: Path) -> None:
    found = checked(folder, seen(200))
    assert not found.passed
    assert found.said.startswith("profile.json is not what this image answers: class (PSI 0.4")
    assert found.said.endswith("run modelyard profile seer")


def test_an_asset_without_a_profile_passes_and_is_told_what_it_lacks(tmp_path: Path) -> None:
    found = checked(tmp_path, [])
    assert found.passed
    assert found.said == "no profile: drift can't be seen: modelyard profile seer writes one"


def test_a_profile_without_labelled_data_fails(folder: Path) -> None:
    bare = ASSET.model_copy(update={"evaluation": None})
    found = checked(folder, [], evaluated=None, asset=bare)
    assert not found.passed
    assert "so remove it" in found.said
