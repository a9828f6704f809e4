"""`modelyard lint`: rules are found, assets are held to them, and a person or a program reads the result."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from modelyard.catalog.lint import Finding, lint, rule_names
from modelyard.catalog.workspace import Workspace
from modelyard.cli.main import cli
from modelyard.errors import ModelyardError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A catalog of two assets that nobody has finished."""
    (tmp_path / "catalog.yaml").write_text("title: Test\nregistry: localhost:5000/test\npython: python:3.13\n")
    for name in ("late", "early"):
        folder = tmp_path / "assets" / name
        folder.mkdir(parents=True)
        (folder / "asset.yaml").write_text(f"name: {name}\nversion: [\n")
        (folder / "README.md").write_text("One. Two. Three.\n")
    return Workspace(tmp_path)


def modelyard(workspace: Workspace, *arguments: str) -> Result:
    """Runs a verb as a person does."""
    return CliRunner().invoke(cli, ["-C", str(workspace.root), *arguments])


@pytest.mark.parametrize("name", Workspace(ROOT).asset_names())
def test_a_shipped_asset_is_clean(name: str) -> None:
    assert [str(one) for one in lint(Workspace(ROOT), [name])] == []


def test_the_shipped_catalog_is_clean() -> None:
    assert lint(Workspace(ROOT), only=["manifest"]) == []


def test_every_rule_that_is_wanted_is_there() -> None:
    wanted = "manifest known-task known-runtime pipeline-class labels sample-files sample-kinds tolerances"
    wanted += " weights-source large-files readme requirements todo spdx unused-files"
    assert set(wanted.split()) <= set(rule_names())


def test_all_assets_are_looked_at_in_the_order_of_files_and_lines(workspace: Workspace) -> None:
    (workspace.folder("early") / "README.md").write_text("One.\nTwo.\nThree. TODO\nFIXME\n")
    assert [(one.where, one.rule) for one in lint(workspace)] == [
        ("assets/early/README.md:3", "todo"),
        ("assets/early/README.md:4", "todo"),
        ("assets/early/asset.yaml:3", "manifest"),
        ("assets/late/asset.yaml:3", "manifest"),
    ]


def test_named_assets_are_looked_at_alone(workspace: Workspace) -> None:
    assert {one.where for one in lint(workspace, ["late"])} == {"assets/late/asset.yaml:3"}


def test_a_folder_without_a_manifest_is_told(workspace: Workspace) -> None:
    (workspace.root / "assets" / "new").mkdir()
    (workspace.root / "assets" / ".cache").mkdir()
    assert [one.where for one in lint(workspace, only=["readme"])] == ["assets/new/README.md:1"]
    assert "assets/new/asset.yaml:1" in [one.where for one in lint(workspace, only=["manifest"])]


def test_rules_that_need_the_manifest_say_once_that_it_can_t_be_read(workspace: Workspace) -> None:
    found = lint(workspace, ["late"], ["labels", "spdx", "known-task"])
    assert [(one.where, one.rule) for one in found] == [("assets/late/asset.yaml:3", "manifest")]


def test_catalog_yaml_is_looked_at_too(workspace: Workspace) -> None:
    (workspace.root / "catalog.yaml").write_text("title: Test\nregistery: x\npython: python:3.13\n")
    found = [str(one) for one in lint(Workspace(workspace.root), only=["manifest"])]
    assert "catalog.yaml:1: error[manifest]: registry: it is missing; add it" in found
    assert "catalog.yaml:2: error[manifest]: registery: there is no such key; did you mean 'registry'?" in found


@pytest.mark.parametrize(("names", "rules"), [(["leat"], []), (["late"], ["todos"])])
def test_an_unknown_name_is_told_with_those_there_are(workspace: Workspace, names: list[str], rules: list[str]) -> None:
    with pytest.raises(ModelyardError, match="did you mean '(late|todo)'. use one of "):
        lint(workspace, names, rules)


def test_a_finding_is_one_line() -> None:
    finding = Finding("assets/x/asset.yaml:12", "it is broken", "mend it", "manifest", "warning")
    assert str(finding) == "assets/x/asset.yaml:12: warning[manifest]: it is broken; mend it"


def test_the_verb_prints_a_line_a_finding_and_fails(workspace: Workspace) -> None:
    done = modelyard(workspace, "lint", "late")
    assert done.exit_code == 1
    assert done.stdout.startswith("assets/late/asset.yaml:3: error[manifest]: it is no YAML: ")
    assert done.stdout.count("\n") == 1
    assert "--explain RULE" in done.stderr


def test_the_verb_prints_json(workspace: Workspace) -> None:
    done = modelyard(workspace, "lint", "late", "--json")
    assert done.exit_code == 1
    said = json.loads(done.stdout)
    assert said["errors"] == 1
    assert said["findings"][0].keys() == {"rule", "severity", "where", "message", "remedy"}


def test_a_rule_may_be_asked_for_alone(workspace: Workspace) -> None:
    done = modelyard(workspace, "lint", "--rule", "readme", "--rule", "large-files")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "nothing to mend\n")


def test_warnings_don_t_fail(workspace: Workspace) -> None:
    shipped = (ROOT / "assets/image-segmenter/asset.yaml").read_text()
    (workspace.folder("late") / "asset.yaml").write_text(shipped)
    (workspace.folder("late") / "left.bin").touch()
    done = modelyard(workspace, "lint", "late", "--rule", "unused-files")
    assert done.exit_code == 0
    assert done.stdout.startswith("assets/late/left.bin:1: warning[unused-files]: ")


def test_a_rule_is_explained_anywhere(tmp_path: Path) -> None:
    done = modelyard(Workspace(tmp_path), "lint", "--explain", "labels")
    assert done.exit_code == 0
    assert done.stdout.startswith("labels (error)\n\nThe file of labels is there, is UTF-8 text, ")


@pytest.mark.parametrize("option", ["--explain", "--rule"])
def test_an_unknown_rule_is_told(workspace: Workspace, option: str) -> None:
    done = modelyard(workspace, "lint", option, "label")
    assert str(done.exception).startswith("there is no lint rule 'label': did you mean 'labels'? use one of ")
