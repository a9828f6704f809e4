"""Reports in files: one form an ending."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from modelyard.catalog.records.report import Machine, Report
from modelyard.cli.history import form_of
from modelyard.cli.main import cli
from modelyard.cli.release import write_reports

REPORT = Report(
    name="moods", version="1.0.0", variant="cpu", runtime="litert", key="a" * 32, cause=[], ingredients={}, digest=None,
    verdict="passed", checks=[], made="2026-01-01", machine=Machine(processor="x", cores=2, system="Linux"),
    modelyard="1",
)  # fmt: skip


def test_a_checked_image_s_report_is_written_in_three_forms(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "reports"
    write_reports([REPORT], folder)
    assert sorted(file.name for file in folder.iterdir()) == ["moods-cpu.html", "moods-cpu.json", "moods-cpu.md"]
    assert Report.model_validate_json((folder / "moods-cpu.json").read_text("utf-8")) == REPORT
    assert (folder / "moods-cpu.html").read_text("utf-8").startswith("<!DOCTYPE html>")


def test_an_ending_that_stands_for_no_form_says_which_do() -> None:
    with pytest.raises(click.UsageError, match="report.pdf: which form"):
        form_of(Path("report.pdf"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["evaluate", "any", "--output", "x"], "--output needs --mistakes"),
        (["history", "any", "--output", "x.svg"], "--output needs --metric"),
        (["attack", "any", "--local", "--keep"], "--keep is about an image, and --local about none"),
    ],
)
def test_options_that_mean_nothing_together_are_refused_before_anything_is_done(line: list[str], said: str) -> None:
    done = CliRunner().invoke(cli, line)
    assert done.exit_code == 2
    assert said in done.output
