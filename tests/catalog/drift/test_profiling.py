"""A profile: bins that hold about as many items each, and the classes."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelyard import tasks
from modelyard.catalog.drift import profiling
from modelyard.catalog.drift.comparison import compare
from modelyard.catalog.drift.recording import Recording, Seen
from modelyard.catalog.evaluation.item import Item
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset
from modelyard.manifest.profile import Profile

ASSET = Asset.model_construct(name="seer", version="1.0.0")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-1e9, 1e9) | st.sampled_from([0.0, 28.0]), min_size=30, max_size=300))
def test_every_number_lies_in_a_bin_and_is_counted_once(values: list[float]) -> None:
    found = profiling.binned(values)

    assert sum(found.counts) == len(values)
    assert len(set(found.bins)) == len(found.bins) <= 24
    assert np.bincount([found.bin(value) for value in values], minlength=len(found.counts)).tolist() == found.counts


def test_bins_hold_about_as_many_items_each() -> None:
    found = profiling.binned(np.random.default_rng(0).normal(0, 1, 1_000).tolist())

    assert found.counts == [pytest.approx(100, abs=2)] * 10


def test_few_items_get_few_bins() -> None:
    assert len(profiling.binned([float(one) for one in range(30)]).counts) == 3


def test_what_is_always_the_same_has_a_bin_of_its_own_between_two_empty_ones() -> None:
    assert profiling.binned([28.0] * 50).counts == [0, 50, 0]


def test_whole_numbers_have_a_bin_each_and_none_between_them() -> None:
    found = profiling.binned([1.0, 2.0, 3.0] * 40)

    assert found.counts == [0, 40, 40, 40, 0]
    assert [found.bin(value) for value in (0, 1, 2, 3, 4)] == [0, 1, 2, 3, 4]


def seen(count: int, **values: float) -> list[Seen]:
    return [Seen({**values, "light": float(at)}, [(at % 3, 0.5 + at / (2 * count))]) for at in range(count)]


def test_a_profile_counts_what_it_was_made_of_as_itself() -> None:
    items = seen(300, side=28.0)
    profile = profiling.make(ASSET, ("a", "b", "c"), items, {})

    counted = profiling.counted(profile, ("a", "b", "c"), items)
    assert {name: list(bins.values()) for name, bins in counted.items()} == {
        name: one.counts for name, one in profile.distributions.items()
    }
    assert not any(one.differs for one in compare(counted, counted))
    assert profile.distributions.keys() == {"light", "side", "confidence", "class"}, "one class each: no count of them"


def test_rare_classes_are_one() -> None:
    items = [Seen({"x": 0.0}, [(0 if at > 30 else at, 0.9)]) for at in range(1_000)]
    classes = profiling.make(ASSET, [f"class {at}" for at in range(40)], items, {}).classes

    assert classes is not None
    assert classes.names == ["class 0"]
    assert classes.counts == [970, 30]


def test_few_items_make_no_profile_and_the_message_says_why() -> None:
    with pytest.raises(ModelyardError, match="29 labelled items, and a profile needs 30: with fewer"):
        profiling.make(ASSET, (), seen(29), {})


def test_its_file_is_read_back_as_it_was_and_has_a_line_a_distribution() -> None:
    profile = profiling.make(ASSET, ("a", "b", "c"), seen(300), {"th": 1.5})
    text = profiling.to_text(profile)

    assert Profile.model_validate_json(text) == profile
    assert json.loads(text)["learned"] == {"th": 1.5}
    assert len(text.splitlines()) < 20


def road(data: bytes, parameters: Mapping[str, str]) -> tuple[int, bytes]:
    if data == b"refused":
        return 400, b"{}"
    if data == b"no answer":
        return 200, b"<html>"
    return 200, json.dumps({"status": "ok", "predictions": [{"kind": 0.75, "unkind": 0.25}]}).encode()


def test_a_recording_notes_items_that_were_answered_and_no_others() -> None:
    recording = Recording(tasks.load("text-classification"))
    texts = [b"first", b"refused", b"first", b"no answer", b"second"]
    items = list(recording.items(Item(str(at), data, "kind") for at, data in enumerate(texts)))
    send = recording.send(road)
    assert [send(item.data, {})[0] for item in reversed(items)] == [200, 200, 200, 400, 200]
    send(b"corrupted on its way", {})

    assert [round(2 ** one.values["characters"]) for one in recording.seen] == [5, 6], "in the items' order, each once"
    assert [list(one.pairs) for one in recording.seen] == [[("kind", 0.75)]] * 2


def test_an_item_is_held_to_what_was_learned_of_others() -> None:
    recording = Recording(tasks.load("text-classification"))
    texts = [b"quite usual words", b"the usual words", b"usual words here", b"words as usual", b"xqxqxqxq xqxqxqxq"]
    for item in list(recording.items(Item(str(at), data, "kind") for at, data in enumerate(texts))):
        recording.send(road)(item.data, {})

    assert recording.seen[-1].values["surprise"] == 12.0, "its own pairs are no news to itself alone"
    assert "xq" in recording.learned, "and the profile has them all the same"
