"""docs/reference is what the code says, and leaves nothing out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from modelyard import runtimes, tasks
from modelyard.catalog.lint import find, rule_names
from modelyard.catalog.reference import pages
from modelyard.catalog.workspace import Workspace
from modelyard.cli.main import cli
from modelyard.manifest.asset import Asset
from modelyard.manifest.catalog import Catalog
from modelyard.manifest.model import Model
from modelyard.serving.commands import main as image
from modelyard.serving.settings import describe

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
ADVICE = "run `.venv/bin/modelyard reference`, and commit what it writes"


def page(name: str) -> str:
    """What a reader finds."""
    return (REFERENCE / name).read_text("utf-8")


def verbs(command: click.Command, path: str) -> Iterator[str]:
    """A command and all below it, as a person types them."""
    yield path
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from verbs(below, f"{path} {name}")


@pytest.mark.parametrize("name", pages(cli))
def test_the_files_are_up_to_date(name: str) -> None:
    assert page(name) == pages(cli)[name], ADVICE


def test_the_same_code_gives_the_same_text() -> None:
    assert pages(cli) == pages(cli)


@pytest.mark.parametrize("path", [*verbs(cli, "modelyard"), *verbs(image, "docker run IMAGE")])
def test_every_command_has_a_heading(path: str) -> None:
    assert f"\n## `{path}`\n" in page("cli.md")


@pytest.mark.parametrize("setting", describe(), ids=lambda setting: setting[0])
def test_every_setting_has_a_line(setting: tuple[str, str, str]) -> None:
    name, default, meaning = setting
    assert f"| `{name}` | `{default}` | {meaning} |" in page("settings.md")


@pytest.mark.parametrize("route", ["POST /model/predict", "GET /health/ready", "POST /v2/models/{model}/infer"])
def test_routes_have_a_heading(route: str) -> None:
    assert f"\n## `{route}`\n" in page("api.md")


@pytest.mark.parametrize("name", rule_names())
def test_every_lint_rule_is_explained(name: str) -> None:
    assert f"\n## {name}\n\n*{find(name).severity}*\n\n{find(name).help}\n" in page("lints.md")


@pytest.mark.parametrize("name", tasks.names())
def test_every_task_has_its_fields_and_measures(name: str) -> None:
    _, heading, after = page("tasks.md").partition(f"\n## {name}\n")
    assert heading
    said = after.partition("\n## ")[0]
    task = tasks.load(name)
    assert all(f'"{field}"' in said for field in task.schema)
    assert all(f"| `{measure}` | {rule.default:g} |" in said for measure, rule in task.measures.items())


@pytest.mark.parametrize("model", [Asset, Catalog])
def test_every_field_of_a_manifest_is_explained(model: type[Model]) -> None:
    schema = model.model_json_schema()
    for part in (schema, *schema.get("$defs", {}).values()):
        for name, field in part["properties"].items():
            assert field.get("description"), f"{part['title']}.{name} needs a docstring"
            assert any(
                line.startswith(f"| `{name}` |") and line.endswith(f"| {field['description']} |")
                for line in page("manifest.md").splitlines()
            )


@pytest.mark.parametrize("name", Workspace(ROOT).asset_names())
def test_the_schema_takes_the_shipped_assets(name: str) -> None:
    manifest = yaml.safe_load((Workspace(ROOT).folder(name) / "asset.yaml").read_text("utf-8"))
    jsonschema.validate(manifest, json.loads(page("asset.schema.json")))


def test_the_schema_takes_the_shipped_catalog() -> None:
    manifest = yaml.safe_load((ROOT / "catalog.yaml").read_text("utf-8"))
    jsonschema.validate(manifest, json.loads(page("catalog.schema.json")))


@pytest.mark.parametrize("change", [{"titel": "x"}, {"version": 1.0}, {"task": "guessing"}, {"variants": {"tpu": "x"}}])
def test_the_schema_refuses_what_the_builder_refuses(change: dict[str, Any]) -> None:
    manifest = yaml.safe_load((Workspace(ROOT).folder("image-segmenter") / "asset.yaml").read_text("utf-8"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(manifest | change, json.loads(page("asset.schema.json")))


def test_an_editor_can_complete_tasks_and_runtimes() -> None:
    fields = json.loads(page("asset.schema.json"))["properties"]
    assert fields["task"]["enum"] == tasks.names()
    assert fields["variants"]["additionalProperties"]["enum"] == runtimes.names()


def test_the_verb_writes_what_is_stale_and_says_so(tmp_path: Path) -> None:
    shutil.copy(ROOT / "catalog.yaml", tmp_path)
    shutil.copytree(REFERENCE, tmp_path / "docs" / "reference")
    lints = tmp_path / "docs" / "reference" / "lints.md"
    lints.write_text("another text\n")
    run = CliRunner()

    checked = run.invoke(cli, ["-C", str(tmp_path), "reference", "--check"])
    assert checked.exit_code == 1
    assert checked.stdout.startswith("docs/reference/lints.md is out of date: run `modelyard reference`")
    assert lints.read_text() == "another text\n"

    written = run.invoke(cli, ["-C", str(tmp_path), "reference"])
    assert (written.exit_code, written.stdout) == (0, "wrote docs/reference/lints.md\n")
    assert run.invoke(cli, ["-C", str(tmp_path), "reference", "--check"]).exit_code == 0
