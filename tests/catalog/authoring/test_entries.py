"""Adding a sample to an asset.yaml leaves every line that a person wrote as it stands."""

from __future__ import annotations

import pytest
import yaml
from tests.docs.blocks import ROOT

from modelyard import ModelyardError
from modelyard.catalog.authoring.entries import with_samples
from modelyard.catalog.authoring.manifest import sample
from modelyard.catalog.workspace import Workspace

NEW = sample("samples/new.png", "TODO", "TODO where from", expected="samples/new.expected.png")
LAYOUTS = {
    "indented": "name: a\nsamples:\n  - input: a\n    error: 400\n\n# Of the card\ncard: {}\n",
    "at the margin": "samples:\n- input: a\n  error: 400\ncard: {}\n",
    "deep": "samples:\n      - input: a\n        error: 400\ncard: {}\n",
    "a comment behind the last one": "samples:\n  - input: a  # why\n    error: 400  # because\n  # more?\ncard: {}\n",
    "at the end": "name: a\nsamples:\n  - input: a\n    error: 400\n",
    "at the end, cut off": "name: a\nsamples:\n  - input: a\n    error: 400",
    "in braces": "samples:\n  - { input: a, error: 400 }\n  - {input: b,\n     error: 400}\ncard: {}\n",
    "parameters in braces last": "samples:\n  - input: a\n    tolerance: { top1: 0,\n       x: 1 }\ncard: {}\n",
    "parameters in lines last": "samples:\n  - input: a\n    tolerance:\n      top1: 0\n      x: 1\n\ncard: {}\n",
    "a text of several lines last": "samples:\n  - input: a\n    origin: >\n      From\n      here\n\ncard: {}\n",
    "a text in quotes over lines": 'samples:\n  - input: a\n    origin: "From here\n      and there"\ncard: {}\n',
    "a plain text over lines": "samples:\n  - input: a\n    origin: From here\n      and there\ncard: {}\n",
    "nothing behind the key": "samples:\n  - input: a\n    origin:\ncard: {}\n",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_new_one_comes_last_and_nothing_else_changes(layout: str) -> None:
    before = LAYOUTS[layout]

    after = with_samples(before, [NEW, NEW], "asset.yaml")

    was, now = yaml.safe_load(before), yaml.safe_load(after)
    added = yaml.safe_load(NEW)
    assert now == {**was, "samples": [*was["samples"], *added, *added]}
    left = after.splitlines()
    start = next(number for number, line in enumerate(left) if "samples/new.png" in line)
    assert left[:start] + left[start + 8 :] == before.splitlines()


@pytest.mark.parametrize("name", Workspace(ROOT).asset_names())
def test_the_shipped_assets_could_be_added_to(name: str) -> None:
    before = (Workspace(ROOT).folder(name) / "asset.yaml").read_text("utf-8")
    after = with_samples(before, [NEW], "asset.yaml")
    assert yaml.safe_load(after)["samples"][:-1] == yaml.safe_load(before)["samples"]
    assert len(after.splitlines()) == len(before.splitlines()) + 4


@pytest.mark.parametrize("text", ["samples: []\n", "samples: [{ input: a }]\n", "name: a\n", "samples: 3\n", "- a\n"])
def test_samples_in_one_line_are_left_to_their_author(text: str) -> None:
    with pytest.raises(ModelyardError, match="lines of their own"):
        with_samples(text, [NEW], "asset.yaml")
