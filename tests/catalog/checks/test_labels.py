"""What changed classes ask of the version."""

from __future__ import annotations

from typing import Any

import pytest

from modelyard.catalog.checks.labels import judged, names
from modelyard.errors import ModelyardError


@pytest.mark.parametrize(
    ("after", "version", "passed", "said"),
    [
        (["cat", "dog"], "1.0.0", True, "2 classes, as in the published 1.0.0"),
        (["cat", "dog", "cow"], "1.0.0", True, "3 classes, as in the published 1.0.0, and 1 more"),
        (["dog", "dog"], "1.1.0", False, "0 was 'cat', is 'dog': needs a major version after 1.0.0"),
        (
            ["dog", "cat"],
            "2.0.0",
            True,
            "0 was 'cat', is 'dog'; 1 was 'dog', is 'cat': for a major version after 1.0.0",
        ),
        (["cat"], "1.1.0", False, "1 was 'dog', is None: needs a major version after 1.0.0"),
        (["cat", "hound"], "2.0.0", True, "1 was 'dog', is 'hound': for a major version after 1.0.0"),
    ],
)
def test_a_class_keeps_its_id_within_a_major_version(after: list[str], version: str, passed: bool, said: str) -> None:
    checked = judged(["cat", "dog"], after, "1.0.0", version)
    assert (checked.passed, checked.said) == (passed, said)


def test_the_names_come_in_the_order_of_their_ids() -> None:
    assert names({"labels": [{"id": "1", "name": "dog"}, {"id": "0", "name": "cat"}]}) == ["cat", "dog"]
    assert names({"labels": []}) == []


@pytest.mark.parametrize(
    "answer", [None, {}, {"labels": 3}, {"labels": [{"id": "x", "name": "y"}]}, {"labels": [{"id": "1", "name": "y"}]}]
)
def test_an_answer_of_another_form_is_told(answer: Any) -> None:
    with pytest.raises(ModelyardError, match="/model/labels"):
        names(answer)
