"""An explanation names what the pipeline looks at, and nothing else."""

from __future__ import annotations

import time

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelyard import Audio, BadInput, Image, Text, explanations, tasks
from modelyard.caller import Caller
from modelyard.errors import Overloaded
from modelyard.explanations.explanation import Wanted
from modelyard.explanations.inputs.text import words_of
from modelyard.explanations.spectrogram import Spectrum
from tests.explanations.looking import RATE, AtABand, AtAQuadrant, AtAWord, explained


def photo(side: int = 96) -> Image:
    """A chequered ground, the same in every quadrant."""
    down, across = np.indices((side, side)) // 4
    return Image.from_pixels(np.repeat((((down + across) % 2) * 255).astype(np.uint8)[..., np.newaxis], 3, axis=2))


def sound(seconds: float = 2.0) -> Audio:
    """Tones of 300, 1,000 and 4,000 Hz, all the time."""
    places = np.arange(round(seconds * RATE)) / RATE
    tones = sum(0.3 * np.sin(2 * np.pi * hertz * places) for hertz in (300, 1_000, 4_000))
    return Audio.from_samples(np.asarray(tones, np.float32), RATE)


def test_what_looks_at_one_quadrant_of_a_picture_is_explained_by_that_quadrant() -> None:
    found = explained(AtAQuadrant, photo(), Wanted("yes"))

    saliency = np.asarray(found.explanation.body["saliency"])
    rows, columns = saliency.shape
    there = saliency[: rows // 2, columns // 2 :].sum() / saliency.sum()
    assert found.target == "yes"
    assert there > 0.6
    assert np.unravel_index(saliency.argmax(), saliency.shape)[0] < rows / 2


def test_what_looks_at_one_word_is_explained_by_that_word() -> None:
    found = explained(AtAWord, Text("All in all it was a good day at sea."))

    weights = {one["text"]: one["weight"] for one in found.explanation.body["saliency"]}
    assert weights.pop("good") == pytest.approx(0.8)
    assert set(weights.values()) == {0.0}


def test_where_each_of_two_words_is_enough_both_count() -> None:
    found = explained(AtAWord, Text("It was good and then again it was as good as it ever gets at sea"), Wanted("yes"))

    body = found.explanation.body["saliency"]
    best = sorted(body, key=lambda one: -one["weight"])[:2]
    assert [one["text"] for one in best] == ["good", "good"]
    assert found.explanation.method == "RISE on words"


def test_in_a_text_of_a_thousand_words_the_word_is_found_and_the_rest_told_in_stretches() -> None:
    words = ["sea"] * 1_000
    words[731] = "good"

    found = explained(AtAWord, Text(" ".join(words)), Wanted(queries=100))

    best = max(found.explanation.body["saliency"], key=lambda one: one["weight"])
    assert best["text"] == "good"
    assert found.queries <= 100


def test_what_looks_at_one_band_of_a_part_of_a_sound_is_explained_by_that_band_in_that_part() -> None:
    found = explained(AtABand, sound())

    body = found.explanation.body
    saliency, edges = np.asarray(body["saliency"]), np.asarray(body["frequencies"])
    row, column = np.unravel_index(saliency.argmax(), saliency.shape)
    assert edges[row + 1] - 300 < 1_000 < edges[row] + 300
    assert body["times"][column] >= 0.9
    assert saliency[:, body["times"][:-1] >= 1.0].sum() / saliency.sum() > 0.65


@pytest.mark.parametrize(("pipeline", "sent"), [(AtAQuadrant, photo), (AtABand, sound)])
def test_the_same_seed_gives_the_same_and_another_nearly_the_same(pipeline: type, sent: object) -> None:
    first, again, other = (
        np.asarray(explained(pipeline, sent(), Wanted(seed=seed)).explanation.body["saliency"])  # type: ignore[operator]
        for seed in (0, 0, 1)
    )
    assert np.array_equal(first, again)
    assert np.corrcoef(first.ravel(), other.ravel())[0, 1] > 0.7


def test_where_nothing_changes_the_answer_nothing_counts() -> None:
    found = explained(AtAQuadrant, Image.from_pixels(np.full((40, 40, 3), 255, np.uint8)))
    assert np.asarray(found.explanation.body["saliency"]).max() == 0


@pytest.mark.parametrize("size", [(1, 1), (2, 300), (300, 2), (28, 28)])
def test_a_picture_of_any_form_is_explained(size: tuple[int, int]) -> None:
    found = explained(AtAQuadrant, Image(PIL.Image.new("RGB", size, "white")), Wanted(queries=16))
    assert found.queries == 16


def test_a_sound_of_one_sample_is_explained() -> None:
    found = explained(AtABand, Audio.from_samples(np.ones(1, np.float32), RATE), Wanted(queries=16))
    assert found.queries == 16


def test_the_class_that_is_explained_may_be_named_and_one_that_is_none_is_refused() -> None:
    assert explained(AtAQuadrant, photo(), Wanted("NO", 16)).target == "no"
    assert explained(AtAQuadrant, photo(), Wanted("1", 16)).target == "no"
    with pytest.raises(BadInput, match="target='cat': there is no such thing here; there is "):
        explained(AtAQuadrant, photo(), Wanted("cat", 16))


def test_when_time_is_up_it_says_what_it_has() -> None:
    found = explained(AtAQuadrant, photo(480), Wanted(queries=100_000), seconds=0.3)

    assert not found.complete
    assert 4 <= found.queries < 100_000
    with pytest.raises(BadInput, match="EXPLAIN_SECONDS"):
        explained(AtAQuadrant, photo(), seconds=0)


def test_for_a_client_that_hung_up_nothing_more_is_asked() -> None:
    until = time.monotonic() + 0.1
    caller = Caller(left=lambda: time.monotonic() > until)
    with pytest.raises(Overloaded):
        explained(AtAQuadrant, photo(480), Wanted(queries=100_000), caller=caller)


@given(st.text(min_size=1).filter(str.strip))
@settings(deadline=None, max_examples=40)
def test_any_text_is_explained_in_order_and_without_overlaps(text: str) -> None:
    try:
        sent = Text.parse(text.encode("utf-8", "surrogatepass"))
    except BadInput:
        return
    body = explained(AtAWord, sent, Wanted(queries=24)).explanation.body["saliency"]

    at = 0
    for one in body:
        assert at <= one["start"] < one["end"] <= len(sent)
        assert one["text"] == sent[one["start"] : one["end"]]
        at = one["end"]


def test_scripts_without_spaces_are_cut_into_pieces() -> None:
    assert len(words_of("桜の花が咲いた。")) > 2
    assert len(words_of("ไปเที่ยวทะเลกัน")) > 2
    assert words_of("at sea") == [(0, 2), (3, 6)]


@given(st.integers(1, 5_000), st.integers(0, 2**31))
@settings(deadline=None, max_examples=25)
def test_a_sound_of_which_nothing_is_silenced_stays_as_it_is(count: int, seed: int) -> None:
    samples = np.random.default_rng(seed).uniform(-1, 1, count).astype(np.float32)
    spectrum = Spectrum(samples, RATE)
    whole = spectrum.through(np.ones(spectrum.size[::-1], np.float32))
    assert whole.shape == samples.shape
    assert np.abs(whole - samples).max() < 1e-5
    assert np.abs(spectrum.through(np.zeros(spectrum.size[::-1], np.float32))).max() == 0


EXPLAINED = {
    "audio-classification", "image-classification", "image-segmentation", "object-detection", "quality-assessment",
    "text-classification", "text-embedding", "voice-activity-detection",
}  # fmt: skip


def test_the_documentation_says_which_tasks_are_explained() -> None:
    assert {name for name in tasks.names() if explanations.of(tasks.load(name))} == EXPLAINED
