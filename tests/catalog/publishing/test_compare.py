"""Two published images side by side, and a figure over many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import pytest

from modelyard.catalog import labels
from modelyard.catalog.evaluation import measures
from modelyard.catalog.publishing import compare, reported
from modelyard.catalog.records import evaluated as evaluated_record
from modelyard.catalog.records import report as report_record
from modelyard.catalog.records.evaluated import Evaluated, Observed
from modelyard.catalog.records.history import History, Published
from modelyard.catalog.records.quality import Figure, Measured
from modelyard.catalog.records.report import Checked, Machine, Report
from modelyard.catalog.registry import Manifest, Registry
from modelyard.errors import ModelyardError

FORTY = [True] * 30 + [False] * 10


def answered(right: Sequence[bool], data: str = "d", task: str = "text-classification") -> Evaluated:
    items = [
        Observed(name=f"item {at}", slices={"half": "ab"[at % 2]}, row={"truth": "a", "said": "a" if one else "b"})
        for at, one in enumerate(right)
    ]
    summarise = measures.of("text-classification").summarise

    def figures(some: Sequence[Observed]) -> Measured:
        values = summarise([one.row for one in some if one.row is not None])
        return Measured(n=len(some), metrics={name: Figure(value=value) for name, value in values.items()})

    halves = {half: figures([one for one in items if one.slices["half"] == half]) for half in "ab"}
    return Evaluated(
        n=len(items), metrics=figures(items).metrics, name="moods", version="1.0.0", task=task, data=data,
        origin="Made here", slices={"half": halves}, latency=0.1, items=items,
    )  # fmt: skip


def reports(evaluated: Evaluated | None, made: str = "2026-01-01", **fields: object) -> Report:
    checks = [
        Checked(name="image size", passed=True, said="", measures={"image size": 250.0}),
        Checked(name="gap by half", passed=bool(evaluated and evaluated.metrics["accuracy"].value > 0.7), said=""),
    ]
    values = {
        "name": "moods", "version": "1.0.0", "variant": "cpu", "runtime": "litert", "key": "a" * 32,
        "cause": ["code: pipeline.py changed"], "ingredients": {}, "digest": "sha256:1", "verdict": "passed",
        "checks": checks, "made": made, "machine": Machine(processor="x", cores=2, system="Linux"), "modelyard": "1",
        "quality": evaluated.quality if evaluated else None, "licences": {"code": "Apache-2.0"},
    }  # fmt: skip
    return Report.model_validate({**values, **fields})


class Shelf:
    """As much of a registry as is asked."""

    def __init__(self, **images: tuple[Report, Evaluated | None]) -> None:
        self.images = images

    def repository(self, name: str) -> str:
        return f"example/{name}"

    def manifest(self, name: str, reference: str) -> Manifest | None:
        return Manifest(reference, "application/json", b"{}") if reference in self.images else None

    def labels(self, name: str, image: Manifest) -> dict[str, str]:
        return {labels.VARIANT: "cpu"}

    def document(self, name: str, digest: str, kind: str) -> bytes | None:
        report, evaluated = self.images[digest]
        found = {report_record.ARTIFACT_TYPE: report, evaluated_record.ARTIFACT_TYPE: evaluated}[kind]
        return found.model_dump_json().encode() if found else None


def compared(**images: tuple[Report, Evaluated | None]) -> compare.Compared:
    first, second = images
    return compare.compare(cast(Registry, Shelf(**images)), ("moods", first), ("moods", second))


def test_over_the_same_items_the_difference_is_told_with_its_interval() -> None:
    before, after = answered(FORTY), answered([True] * 26 + [False] * 14)
    found = compared(old=(reports(before), before), new=(reports(after, licences={"code": "MIT"}), after))
    change = found.metrics["accuracy"]
    assert change.difference is not None
    assert change.difference.value == pytest.approx(-0.1)
    assert change.difference.low < -0.1
    assert change.difference.n == 40
    assert found.moved == ["item 26", "item 27", "item 28", "item 29"]
    assert found.slices["half"]["a"]["accuracy"].first == pytest.approx(0.75)
    assert found.checks == {"gap by half": ["passed", "failed"]}
    assert found.licences == {"code": ["Apache-2.0", "MIT"]}
    assert found.costs["image size"].second == 250
    text = found.to_text()
    assert "B - A: -0.1000" in text
    assert "check gap by half: passed → failed" in text
    assert "4 labelled items answered differently: item 26" in text


def test_over_other_data_only_the_figures_are_told() -> None:
    before, after = answered(FORTY), answered(FORTY, "another")
    found = compared(old=(reports(before), before), new=(reports(after), after))
    assert found.metrics["accuracy"].difference is None
    assert (found.slices, found.moved) == ({}, [])
    assert "of different labelled data" in found.to_text()


def test_an_image_without_figures_is_compared_by_what_it_has() -> None:
    found = compared(old=(reports(None), None), new=(reports(None), None))
    assert "neither has figures" in found.to_text()


def test_images_that_answer_other_questions_are_not_compared() -> None:
    before, after = answered(FORTY), answered(FORTY, task="image-classification")
    with pytest.raises(
        ModelyardError, match="answer different questions: image-classification and text-classification"
    ):
        compared(old=(reports(before), before), new=(reports(after), after))


def test_an_image_that_is_not_there_is_named() -> None:
    with pytest.raises(ModelyardError, match="example/moods: there is no image 'new'"):
        compare.compare(cast(Registry, Shelf(old=(reports(None), None))), ("moods", "old"), ("moods", "new"))


def published(report: Report) -> Published:
    return Published(Manifest("sha256:1", "application/json", b"{}"), {}, [], report, [])


def test_a_figure_over_versions_has_the_blocked_ones_in_their_place() -> None:
    good, poor = answered(FORTY), answered([True] * 20 + [False] * 20)
    history = History(
        "moods",
        [published(reports(good, "2026-03-01", version="1.2.0")), published(reports(good, "2026-01-01"))],
        [reports(poor, "2026-02-01", version="1.1.0", verdict="blocked"), reports(None, verdict="blocked")],
    )
    points = reported.points(history, "accuracy", "cpu")
    assert [(point.label[:16], point.good) for point in points] == [
        ("2026-01-01 1.0.0", True), ("2026-02-01 1.1.0", False), ("2026-03-01 1.2.0", True),
    ]  # fmt: skip
    assert points[1].value == 0.5
    assert points[1].remark == "blocked; code"


def test_a_figure_that_nobody_measured_says_which_there_are() -> None:
    history = History("moods", [published(reports(answered(FORTY)))], [])
    with pytest.raises(
        ModelyardError, match=r"moods \(cpu\): no image has a figure 'ap': there are accuracy, macro_f1"
    ):
        reported.points(history, "ap", "cpu")
    with pytest.raises(ModelyardError, match="no report of 0 has figures"):
        reported.points(history, "accuracy", "gpu")
