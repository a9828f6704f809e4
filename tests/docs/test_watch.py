"""What docs/watch-a-model.md shows is what there is."""

from __future__ import annotations

import re
import shlex

import pytest
import yaml

from modelyard.cli.main import cli
from modelyard.serving.metrics import STAGES
from modelyard.serving.profiling import SAVED, SHARE
from tests.docs.blocks import ROOT, blocks

PAGE = "docs/watch-a-model.md"
COMMANDS = [line for block in blocks(PAGE, "sh") for line in block.splitlines() if line.startswith("modelyard ")]


@pytest.mark.parametrize("line", COMMANDS)
def test_its_commands_are_taken(line: str) -> None:
    _, verb, *arguments = shlex.split(line.partition("#")[0].partition(">")[0])

    assert cli.commands[verb].make_context(verb, arguments).params["name"] == "NAME"


def test_prometheus_is_told_where_to_look() -> None:
    (configured,) = (yaml.safe_load(block) for block in blocks(PAGE, "yaml"))

    assert configured.keys() == {"rule_files", "scrape_configs"}


def test_it_names_the_metrics_the_stage_and_the_budget_that_there_are() -> None:
    text = (ROOT / PAGE).read_text("utf-8")
    code = (ROOT / "framework/modelyard/serving/profiling.py").read_text("utf-8")

    for metric in re.findall(r"^\| `(modelyard_profile\w+)", text, re.MULTILINE):
        assert f'"{metric.removesuffix("_total")}"' in code
    assert "profile" in STAGES
    assert (SHARE, SAVED) == (0.01, 0.2), "a hundredth of the time, with a fifth of a second saved up"
