"""One report, in every form that people read it in."""

from __future__ import annotations

import re

import pytest

from modelyard.catalog.records.attacked import Attacked
from modelyard.catalog.records.behaviour import Answer, Behaviour
from modelyard.catalog.records.quality import Bin, Calibration, Changed, Disparity, Figure, Measured, Quality, Swapped
from modelyard.catalog.records.report import Checked, Machine, Report

HOSTILE = "<script>alert(1)</script> | pipe"


def figure(value: float) -> Figure:
    return Figure(value=value, low=value - 0.05, high=value + 0.05)


@pytest.fixture
def report() -> Report:
    metrics = {"accuracy": figure(0.9), "calibration_error": figure(0.07)}
    quality = Quality(
        n=40, metrics=metrics, name="moods", version="1.0.0", task="text-classification", data="d", origin=HOSTILE,
        slices={"age": {"young": Measured(n=20, metrics=metrics), "old": Measured(n=20, metrics={})}},
        disparities={"age": {"accuracy": Disparity(difference=figure(0.1), ratio=None, best="young", worst="old")}},
        calibration=Calibration(
            error=figure(0.07), brier=figure(0.1), bins=[Bin(low=0.8, high=0.87, n=40, confidence=0.83, accuracy=0.9)]
        ),
        latency=0.02,
        corrupted={"typos 1": Measured(n=5, metrics=metrics), "typos 2": Measured(n=0, metrics={})},
        counterfactuals={
            "names": Swapped(
                n=12, measure="probability", largest=0.61, means={"probability": figure(0.3)},
                farthest=["{} left.", "Anna: positive", HOSTILE],
            )
        },
        sensitive=["age"],
    )  # fmt: skip
    return Report(
        name="moods", version="1.0.0", variant="cpu", runtime="litert", key="a" * 32, cause=["code: x.py changed"],
        ingredients={"code:pipeline.py": "b" * 64}, digest=None, verdict="blocked",
        checks=[
            Checked(name="ready", passed=True, said="0.5 s"),
            Checked(name="quality accuracy", passed=False, said=HOSTILE),
            Checked(name="gap by age", passed=False, said="too far", waived="two labels are wrong"),
        ],
        quality=quality,
        behaviour=Behaviour(
            against="x", version="1.0.0", said="1 of 2 answers moved",
            answers=[
                Answer(sample="a.txt", same=False, measures={"probability": 0.1}, before=HOSTILE, after="bad"),
                Answer(sample="b.txt", same=True, measures={}, before="good", after="good"),
            ],
        ),
        changes={"accuracy": Changed(value=-0.03, low=-0.06, high=0.01, n=38)},
        attacked=Attacked(
            name="moods", version="1.0.0", method="Misspelt words", bound="one letter a word", seed=1, queries=200,
            n=40, accuracy=figure(0.9), robust_accuracy=figure(0.4), asked=57.0, distortion=0.125,
            broken=["a.txt", HOSTILE],
        ),
        licences={"code": "Apache-2.0"}, log=["the last line"], made="2026-11-27T12:00:00+00:00",
        machine=Machine(processor="x86_64", cores=2, system="Linux"), modelyard="1.0.0",
    )  # fmt: skip


def test_the_page_is_one_file_that_asks_nobody_for_anything(report: Report) -> None:
    page = report.to_html()
    assert not re.search(r"(src|href)=|url\(|@import|<script", page)
    assert "default-src 'none'" in page
    assert "@media print" in page


def test_what_others_wrote_stands_in_the_page_as_text(report: Report) -> None:
    page = report.to_html()
    assert page.count("&lt;script&gt;") == 5
    assert "<script>" not in report.to_markdown()


@pytest.mark.parametrize(
    "told",
    ["moods 1.0.0", "blocked", "0.9000 (0.8500 to 0.9500)", "young", "old", "two labels are wrong", "typos 1", "0.6100",
     "Apache-2.0", "1 of 2 answers moved", "-0.0300 (-0.0600 to +0.0100, 90 %)", "Misspelt words",
     "0.4000 (0.3500 to 0.4500)", "57 questions"],
)  # fmt: skip
@pytest.mark.parametrize("form", ["to_html", "to_markdown"])
def test_every_form_for_reading_tells_the_whole_of_it(report: Report, form: str, told: str) -> None:
    assert told in getattr(report, form)()


def test_a_report_without_figures_is_a_report_too(report: Report) -> None:
    without = {"quality": None, "behaviour": None, "changes": {}, "attacked": None, "licences": {}, "log": []}
    early = report.model_copy(update=without)
    for text in (early.to_html(), early.to_markdown()):
        assert "Quality" not in text
        assert "attack" not in text


def test_a_terminal_is_told_of_an_attack_below_the_checks(report: Report) -> None:
    assert "attack, by which nothing is judged: Misspelt words" in report.to_text()
    assert "right after the attack: 0.4000 (0.3500 to 0.4500)" in report.to_text()


def test_figures_that_were_compared_with_none_have_no_column_for_it(report: Report) -> None:
    alone = report.model_copy(update={"changes": {}})
    assert "against the published image" not in alone.to_html() + alone.to_markdown()


def test_the_page_knows_every_form_of_a_cell_of_markdown(report: Report) -> None:
    """A pipe in what others wrote would begin a cell of its own."""
    for line in report.to_markdown().splitlines():
        if line.startswith("| ✗"):
            assert len(re.findall(r"(?<!\\)\|", line)) == 4


def test_json_gives_the_same_report_back(report: Report) -> None:
    assert Report.model_validate_json(report.model_dump_json()) == report
