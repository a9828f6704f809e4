"""How far two ways to run an asset are apart."""

from __future__ import annotations

from modelyard import tasks
from modelyard.catalog.checking.parity import Pair, Parity, compare
from modelyard.tasks.image_classification import Classification

TASK = tasks.load("image-classification")


def answer(probability: float, number: int = 0) -> Classification:
    return Classification((number,), (f"class {number}",), (probability,))


def test_the_largest_difference_of_all_samples_counts_with_the_sample_s_name() -> None:
    pair = compare(
        TASK,
        "cpu litert", {"a": answer(0.9), "b": answer(0.5), "c": answer(0.7)},
        "gpu tensorflow", {"a": answer(0.9), "b": answer(0.75), "c": answer(0.6)},
    )  # fmt: skip

    assert pair.measures == {"probability": 0.25, "top1": 0.0}
    assert pair.worst["probability"] == "b"
    assert pair.unanswered == []


def test_a_sample_that_one_of_them_does_not_answer_is_named() -> None:
    pair = compare(TASK, "x", {"a": answer(0.9), "b": None}, "y", {"a": answer(0.9), "b": answer(0.9)})
    assert pair.unanswered == ["b"]
    assert pair.measures["probability"] == 0


def test_the_matrix_is_a_table_for_each_measure() -> None:
    def pair(first: str, second: str, value: float) -> Pair:
        return Pair(first=first, second=second, measures={"top1": value}, worst={"top1": "a"}, unanswered=[])

    ways = {"cpu litert": "on the CPU", "gpu tensorflow": "on the CPU: no GPU was seen", "original": "on the CPU"}
    pairs = [pair("cpu litert", "gpu tensorflow", 0.5), pair("cpu litert", "original", 0.25)]
    pairs.append(Pair(first="gpu tensorflow", second="original", measures={}, worst={}, unanswered=["a"]))

    text = Parity(name="x", ways=ways, samples=1, pairs=pairs).to_text().splitlines()

    assert text[:4] == [
        "x, samples: 1",
        "  cpu litert: on the CPU",
        "  gpu tensorflow: on the CPU: no GPU was seen",
        "  original: on the CPU",
    ]
    assert [line.split() for line in text[6:10]] == [
        ["cpu", "litert", "gpu", "tensorflow", "original"],
        ["cpu", "litert", "-", "0.5", "0.25"],
        ["gpu", "tensorflow", "0.5", "-", "?"],
        ["original", "0.25", "?", "-"],
    ]
    assert text[-1] == "gpu tensorflow and original don't both answer a"
