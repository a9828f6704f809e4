"""What docs/gates.md shows is what there is."""

from __future__ import annotations

import ast
import datetime
import shlex

import click
import pytest
import yaml
from scripts.benchmarks import gates

from modelyard.catalog import attacks, corruptions, shelf
from modelyard.catalog.evaluation.group import Group
from modelyard.catalog.workspace import Workspace
from modelyard.cli.main import cli
from modelyard.manifest.asset import Evaluation
from modelyard.manifest.waivers import Waivers
from tests.docs.blocks import ROOT, blocks

PAGE = "docs/gates.md"


@pytest.mark.parametrize("line", [line for block in blocks(PAGE, "sh") for line in block.splitlines()])
def test_its_lines_are_ones_that_the_command_takes(line: str) -> None:
    program, verb, *arguments = shlex.split(line, comments=True)
    if program == "scripts/bench":
        assert verb == "gates"
        gates.options().parse_args(arguments)
        return
    command = cli.commands[verb]
    with click.Context(command) as context:
        command.parse_args(context, list(arguments))
    assert program == "modelyard"
    asset = arguments[0].partition(":")[0]
    assert asset in Workspace(ROOT).asset_names()


def test_its_bars_are_ones_that_a_manifest_takes() -> None:
    shown = [block for block in blocks(PAGE, "yaml") if block.startswith("evaluation:")]
    assert len(shown) == 2
    for block in shown:
        declared = Evaluation.model_validate(yaml.safe_load(block)["evaluation"])
        if declared.robustness:
            known = [
                kind for name in shelf.names(corruptions) for kind in shelf.take(corruptions, name, "")[0].CORRUPTIONS
            ]
            assert set(declared.robustness.leave_out) <= set(known)


def test_its_waiver_is_one_that_waivers_yaml_takes() -> None:
    (block,) = [block for block in blocks(PAGE, "yaml") if "waivers:" in block]
    (waiver,) = Waivers.model_validate(yaml.safe_load(block.replace("4f0c9a…", "4f" * 16))).waivers
    assert waiver.expires > datetime.date(2026, 1, 1)


def test_its_groups_are_ones_that_are_asked() -> None:
    (block,) = blocks(PAGE, "python")
    names: dict[str, object] = {}
    exec(compile(ast.parse(block), PAGE, "exec"), names)  # the code of our own page
    groups = names["groups"]
    assert callable(groups)
    found = list(groups())
    assert [len(group.inputs) for group in found] == [3, 3]
    assert all(isinstance(group, Group) for group in found)


def test_it_names_every_kind_of_input_that_can_be_attacked() -> None:
    text = (ROOT / PAGE).read_text("utf-8")
    assert shelf.names(attacks) == ["image-classification", "text-classification"]
    assert "For pictures the" in text
    assert "for texts, misspelt" in text
