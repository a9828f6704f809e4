"""When a rebuilt image is not worth publishing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modelyard.catalog.checking.quiet import Face, quiet
from modelyard.catalog.records.behaviour import Answer, Behaviour, nothing

ANSWER = Answer(sample="cat.png", same=True, measures={}, before="cat", after="cat")
SAME = Behaviour(against="x", version="1.0.0", said="none of 1 answers moved", answers=[ANSWER])
MOVED = SAME.model_copy(update={"answers": [ANSWER.model_copy(update={"same": False})], "said": "1 answer moved"})
FACE = Face({"python": "3.13.5", "numpy": "2.4"}, {"paths": {"/model/predict": {"get": {}}}}, {"labels": []})


@pytest.mark.parametrize("cause", [["time: it is 31 days old"], ["dependency: numpy changed", "time: x"]])
def test_the_same_image_once_more_is_quiet(cause: list[str]) -> None:
    assert quiet(cause, FACE, FACE, SAME)


@pytest.mark.parametrize("kind", ["code", "data", "weights", "framework", "first"])
def test_what_a_person_changed_is_wanted_out(kind: str) -> None:
    found = quiet([f"{kind}: something", "time: it is old"], FACE, FACE, SAME)
    assert not found
    assert kind in found.reasons[0]


@pytest.mark.parametrize(
    ("after", "behaviour", "reason"),
    [
        (replace(FACE, packages={"python": "3.13.5", "numpy": "2.5"}), SAME, "packages moved: numpy 2.4 → 2.5"),
        (replace(FACE, packages={"python": "3.13.5"}), SAME, "packages moved: numpy 2.4 → none"),
        (replace(FACE, packages={**FACE.packages, "debian:bash": "5"}), SAME, "packages moved: debian:bash none → 5"),
        (replace(FACE, api={"paths": {}}), SAME, "the API is another"),
        (replace(FACE, labels={"labels": [1]}), SAME, "the labels are others"),
        (FACE, MOVED, "1 answer moved"),
        (FACE, nothing("the published image can't be run"), "the published image can't be run"),
    ],
)
def test_anything_that_somebody_could_notice_is_published(after: Face, behaviour: Behaviour, reason: str) -> None:
    assert quiet(["time: it is old"], FACE, after, behaviour).reasons == (reason,)


def test_words_about_the_api_are_no_part_of_it() -> None:
    described = replace(FACE, api={**FACE.api, "info": {"version": "2"}, "tags": [{"name": "x"}]})
    assert quiet(["time: it is old"], FACE, described, SAME)


def test_a_first_release_is_never_quiet() -> None:
    assert not quiet(["time: x"], None, FACE, nothing("first of its line: nothing to compare with"))


def test_what_nobody_asked_for_is_not_called_quiet() -> None:
    assert quiet([], FACE, FACE, SAME).reasons == ("nobody knows why it was built",)
