"""Inputs that differ in one word: how far their answers are apart, and what an image may move."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping

import pytest

from modelyard import tasks
from modelyard.catalog.evaluation import labelled
from modelyard.catalog.evaluation.bars import counterfactuals
from modelyard.catalog.evaluation.baseline import Baseline
from modelyard.catalog.evaluation.group import Group
from modelyard.catalog.evaluation.swapping import swap
from modelyard.catalog.records.evaluated import Counterfactual, Evaluated
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset, Counterfactuals

DECLARED = {"names": Counterfactuals(origin="Made here", max_shift=0.2, max_rise=0.05)}
NAMES = ("Anna", "Omar", "Wei")
LIKED = {"Anna": 0.9, "Omar": 0.4, "Wei": 0.7}


def groups() -> list[Group]:
    return [
        Group("names", sentence, {name: sentence.format(name).encode() for name in NAMES})
        for sentence in ("{} is here.", "I saw {}.", "{} left.", "We met {}.", "{} sang.")
    ]


def asked(liked: Mapping[str, float]) -> Counterfactual:
    """What becomes of a model that hears nothing but the name."""

    def answer(data: bytes, _: Mapping[str, str]) -> tuple[int, bytes]:
        share = next(share for name, share in liked.items() if name.encode() in data)
        if share < 0:
            return 400, b'{"status": "error", "message": "no such person"}'
        classes = dict(sorted({"positive": share, "negative": 1 - share}.items(), key=lambda one: -one[1]))
        return 200, json.dumps({"status": "ok", "predictions": [classes]}).encode()

    return swap(groups(), DECLARED, tasks.load("text-classification"), answer, 2, lambda done: None)["names"]


def evaluated(found: Counterfactual) -> Evaluated:
    return Evaluated(
        n=1, metrics={}, name="x", version="1.0.0", task="text-classification", data="d", origin="Made here",
        slices={}, latency=0.1, items=[], counterfactuals={"names": found},
    )  # fmt: skip


def test_the_two_answers_that_are_the_farthest_apart_are_told_with_their_words() -> None:
    found = asked(LIKED)
    assert found.largest == pytest.approx(0.5)
    assert found.farthest[1:] == ["Anna: positive 90.0%, negative 10.0%", "Omar: negative 60.0%, positive 40.0%"]
    assert found.means["probability"].value == pytest.approx(0.5)
    assert found.means["top1"].value == 1, "in every group, one name makes it another mood"
    assert "positive" in found.model_dump_json()


def test_answers_that_move_no_further_than_allowed_pass() -> None:
    fine = counterfactuals.judge(
        "names", DECLARED["names"], evaluated(asked(dict.fromkeys(NAMES, 0.8))), Baseline(None)
    )
    moved = counterfactuals.judge("names", DECLARED["names"], evaluated(asked(LIKED)), Baseline(None))
    assert fine.passed
    assert "first of its line" in fine.said
    assert not moved.passed
    assert "Anna: positive" in moved.said


def test_answers_that_move_further_than_the_published_image_s_are_stopped_within_the_bar_too() -> None:
    before, after = (asked({"Anna": 0.9, "Omar": share, "Wei": 0.9}) for share in (0.89, 0.75))
    assert after.largest <= DECLARED["names"].max_shift
    held = Baseline(evaluated(before))
    assert not counterfactuals.judge("names", DECLARED["names"], evaluated(after), held).passed
    assert counterfactuals.judge("names", DECLARED["names"], evaluated(before), held).passed


def test_an_input_that_is_refused_is_named_and_stops_the_image() -> None:
    found = asked({"Anna": 0.9, "Omar": -1, "Wei": 0.9})
    line = counterfactuals.judge("names", DECLARED["names"], evaluated(found), Baseline(None))
    assert not line.passed
    assert "5 inputs got no answer: {} is here. [Omar]: 400 no such person" in line.said


def test_a_set_is_compared_by_a_measure_of_the_task() -> None:
    odd = {"names": Counterfactuals(origin="Made here", max_shift=1, measure="loudness")}
    with pytest.raises(ModelyardError, match="text-classification measures probability, top1"):
        swap(groups(), odd, tasks.load("text-classification"), lambda *_: (200, b""), 1, lambda done: None)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (None, " is missing"),
        ("def groups():\n    yield Group('other', 'g', {'a': b'', 'b': b''})", "'other' is not declared"),
        ("def groups():\n    yield Group('names', 'g', {'a': b''})", "'g' has 1 inputs, and not 2 to 64"),
        ("def groups(): yield from ()", "groups gives none in the set 'names'"),
        (
            "def groups():\n    for _ in 'ab': yield Group('names', 'g', {'a': b'', 'b': b''})",
            "two groups have one name",
        ),
        ("def groups():\n    1 / 0\n    yield", r"groups raised ZeroDivisionError.* at counterfactuals.py:3"),
    ],
)
def test_code_that_gives_no_groups_is_told_in_one_line(
    workspace: Workspace, asset: Asset, code: str | None, said: str
) -> None:
    assert asset.evaluation is not None
    asset = asset.model_copy(update={"evaluation": asset.evaluation.model_copy(update={"counterfactuals": DECLARED})})
    if code is not None:
        text = f"from modelyard.catalog.evaluation.group import Group\n{textwrap.dedent(code)}\n"
        (workspace.folder(asset.name) / "counterfactuals.py").write_text(text)
    with pytest.raises(ModelyardError, match=f"assets/sentiment/counterfactuals.py.*{said}"):
        labelled.groups(workspace, asset)
