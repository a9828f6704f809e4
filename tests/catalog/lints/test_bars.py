"""`bars`: what a metric must reach."""

from __future__ import annotations

from collections.abc import Callable

Change = Callable[[str, str], str]
Findings = Callable[[str], list[str]]

BEFORE = "parity: { iou_loss: 0 }\n"


def declared(lines: str) -> str:
    return f"{BEFORE}evaluation:\n  origin: Nobody\n{lines}\n"


def test_bars_that_mean_something(change: Change, findings: Findings) -> None:
    change(
        BEFORE, declared("  metrics: { mean_iou: { min: 0.7, max_drop: 0.01 }, pixel_accuracy: { max_drop: 0.02 } }")
    )
    assert findings("bars") == []


def test_a_metric_that_the_task_has_not(change: Change, findings: Findings) -> None:
    change(BEFORE, declared("  metrics:\n    mean_uoi: { min: 0.7 }"))
    (said,) = findings("bars")
    assert "image-segmentation has no metric 'mean_uoi'; did you mean 'mean_iou'? use one of" in said


def test_a_bar_on_the_wrong_side(change: Change, findings: Findings) -> None:
    change(BEFORE, declared("  metrics: { mean_iou: { max: 0.7 } }"))
    (said,) = findings("bars")
    assert "mean_iou: higher is better, so that `max` stops what is good; write `min`" in said


def test_a_bar_that_nothing_misses(change: Change, findings: Findings) -> None:
    change(BEFORE, declared("  metrics: { mean_iou: {} }"))
    (said,) = findings("bars")
    assert "mean_iou: nothing must be reached" in said


def test_a_bar_that_is_no_number(change: Change, findings: Findings) -> None:
    change(BEFORE, declared("  metrics: { mean_iou: { min: .nan } }"))
    (said,) = findings("bars")
    assert "mean_iou: nan is no number to reach; write a finite number" in said


def test_a_partition_s_metric_that_the_task_has_not(change: Change, findings: Findings) -> None:
    change(BEFORE, declared("  slices: { source: { origin: Nobody, max_gap: { accuracy: 0.1 } } }"))
    (said,) = findings("bars")
    assert "image-segmentation has no metric 'accuracy'" in said


def test_swapped_words_compared_by_a_measure_that_the_task_has_not(change: Change, findings: Findings) -> None:
    change(BEFORE, declared("  counterfactuals: { names: { origin: Nobody, max_shift: 0.1 } }"))
    (said,) = findings("bars")
    assert "image-segmentation has no measure 'probability'" in said


def test_a_card_s_figure_below_its_own_bar(change: Change, findings: Findings) -> None:
    change(BEFORE, declared("  metrics: { mean_iou: { min: 0.7 } }"))
    limits = "  limits: It does nothing.\n"
    change(limits, f"{limits}  metrics: [{{name: mean_iou, value: 0.6, n: 3, origin: Nobody}}]\n")
    (said,) = findings("bars")
    assert "the card says mean_iou 0.6, which is less than it must reach" in said


def test_a_task_that_nothing_is_measured_for(change: Change, findings: Findings, monkeypatch: object) -> None:
    from modelyard.catalog import shelf

    known = shelf.names
    monkeypatch.setattr(shelf, "names", lambda one: [] if one.__name__.endswith("metrics") else known(one))  # type: ignore[attr-defined]
    change(BEFORE, declared(""))
    (said,) = findings("bars")
    assert "nothing is measured for image-segmentation" in said
