"""`modelyard new`: an asset that lints but for its TODOs, runs and is tested at once, for every task there is."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from tests.docs.blocks import ROOT

from modelyard import ModelyardError, tasks
from modelyard.catalog.authoring import manifest, scaffold
from modelyard.catalog.lint import lint
from modelyard.catalog.locks.goals import Goal
from modelyard.catalog.workspace import Workspace
from modelyard.cli.main import cli
from modelyard.manifest.asset import Asset
from modelyard.serving.samples import Send, check_sample

Serve = Callable[[Asset], Send]
CPU = {"cpu": "litert"}


def locked(goal: Goal) -> str:
    """A lock that holds what is asked for, without asking a package index."""
    names = [one.partition(">=") for one in goal.requirements]
    return "".join(f"{name}=={version}.0 \\\n    --hash=sha256:{'0' * 64}\n" for name, _, version in names)


def never(goal: Goal) -> str:
    raise ModelyardError(f"{goal.shown}: the package index is asleep")


def type_(workspace: Workspace, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["-C", str(workspace.root), "new", *arguments])


@pytest.mark.parametrize("task", tasks.names())
def test_it_answers_its_samples_and_refuses_the_bad_ones(workspace: Workspace, served: Serve, task: str) -> None:
    scaffold.begin(workspace, "fresh", task, CPU, locked)
    asset = workspace.asset("fresh")

    send = served(asset)
    results = [check_sample(workspace.folder("fresh"), one, tasks.load(task), (), send) for one in asset.samples]

    assert [one.said for one in results if not one.passed] == []
    assert any(sample.expected for sample in asset.samples)
    assert any(sample.error for sample in asset.samples)


@pytest.mark.parametrize("task", tasks.names())
def test_the_linter_finds_its_todos_and_nothing_else(workspace: Workspace, task: str) -> None:
    begun = scaffold.begin(workspace, "fresh", task, CPU, locked)

    found = lint(workspace, ["fresh"])

    assert {one.rule for one in found} == {"todo"}, [str(one) for one in found if one.rule != "todo"]
    assert len(found) == begun.todos
    assert {one.where.partition(":")[0].rpartition("/")[2] for one in found} == {
        "asset.yaml", "pipeline.py", "README.md"
    }  # fmt: skip


@pytest.mark.parametrize("task", tasks.names())
def test_its_code_is_written_as_people_format_it(workspace: Workspace, task: str) -> None:
    scaffold.begin(workspace, "fresh", task, CPU, locked)
    settings = ["--config", str(ROOT / "ruff.toml"), "--config", f"src=['{ROOT / 'framework'}']", "--no-cache"]

    def ruff(*command: str) -> subprocess.CompletedProcess[str]:
        typed = [sys.executable, "-m", "ruff", *command, *settings, "assets"]
        return subprocess.run(typed, cwd=workspace.root, capture_output=True, text=True, check=False)

    checked, formatted = ruff("check", "--ignore", "D,S106"), ruff("format", "--diff")

    assert checked.returncode == 0, checked.stdout
    assert formatted.returncode == 0, formatted.stdout


def test_a_sample_fails_once_the_pipeline_answers_otherwise(workspace: Workspace, served: Serve) -> None:
    scaffold.begin(workspace, "fresh", "image-classification", CPU, locked)
    pipeline = workspace.folder("fresh") / "pipeline.py"
    pipeline.write_text(pipeline.read_text().replace("(0.82, 0.09)", "(0.72, 0.09)"))
    asset = workspace.asset("fresh")

    send = served(asset)
    task = tasks.load(asset.task)
    results = {one.input: check_sample(workspace.folder("fresh"), one, task, (), send) for one in asset.samples}

    assert not results["samples/strong.png"].passed
    assert "0.1 (allowed 0.02)" in results["samples/strong.png"].said
    assert results["samples/weak.png"].passed


def test_it_says_what_it_wrote_and_what_comes_next(workspace: Workspace) -> None:
    done = type_(workspace, "leaf-finder", "--task", "image-segmentation", "--variant", "cpu", "--variant", "gpu")

    assert done.exit_code == 0, done.output
    first, *rest = done.stdout.splitlines()
    assert first.startswith("wrote assets/leaf-finder: 10 files, ")
    assert [line.split("    ")[0].strip() for line in rest] == [
        f"modelyard {verb} leaf-finder" for verb in ("test", "run", "lint")
    ]
    asset = workspace.asset("leaf-finder")
    assert asset.variants == {"cpu": "litert", "gpu": "tensorflow"}
    assert (asset.title, asset.pipeline) == ("Leaf Finder", "pipeline:LeafFinder")
    text = (workspace.folder("leaf-finder") / "asset.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=../../docs/reference/asset.schema.json\n")


def test_machines_are_told_in_json(workspace: Workspace) -> None:
    done = type_(workspace, "leaf-finder", "--task", "image-segmentation", "--runtime", "onnxruntime", "--json")

    told = json.loads(done.stdout)

    assert told["name"] == "leaf-finder"
    assert told["folder"] == "assets/leaf-finder"
    assert {"asset.yaml", "pipeline.py", "README.md", "samples/strong.png"} < set(told["files"])
    assert told["todos"] == len(lint(workspace, ["leaf-finder"]))
    assert workspace.asset("leaf-finder").variants == {"cpu": "onnxruntime"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("LeafFinder", "--task", "image-segmentation"), "such as 'leaf-finder'"),
        (("3d leaf_finder", "--task", "image-segmentation"), "such as 'd-leaf-finder'"),
        (("../leaf", "--task", "image-segmentation"), "such as 'leaf'"),
        (("é", "--task", "image-segmentation"), "'é' is no name of an asset: write words of small letters"),
        (("leaf", "--task", "image-segmentatoin"), "did you mean 'image-segmentation'?"),
        (("leaf", "--task", "image-segmentation", "--runtime", "onnxruntme"), "did you mean 'onnxruntime'?"),
        (("taken", "--task", "image-segmentation"), "assets/taken is there already"),
    ],
)
def test_what_cannot_be_begun_is_refused_with_what_to_write_instead(
    workspace: Workspace, arguments: tuple[str, ...], said: str
) -> None:
    (workspace.root / "assets" / "taken").mkdir(parents=True)

    done = type_(workspace, *arguments)

    assert isinstance(done.exception, ModelyardError)
    assert said in str(done.exception)
    assert [one.name for one in (workspace.root / "assets").iterdir()] == ["taken"]


def test_it_is_there_whole_or_not_at_all(workspace: Workspace) -> None:
    with pytest.raises(ModelyardError, match="assets/fresh/requirements/litert.txt: the package index is asleep"):
        scaffold.begin(workspace, "fresh", "volume-segmentation", CPU, never)

    assert list((workspace.root / "assets").iterdir()) == []


def test_one_that_is_not_whole_yet_is_no_asset(workspace: Workspace) -> None:
    seen: list[list[str]] = []

    def look(goal: Goal) -> str:
        seen.append(workspace.asset_names())
        lint(workspace)
        return locked(goal)

    scaffold.begin(workspace, "fresh", "volume-segmentation", CPU, look)

    assert seen == [[]]
    assert workspace.asset_names() == ["fresh"]


def test_a_folder_that_cannot_be_written_is_named(workspace: Workspace) -> None:
    Path(workspace.root, "assets").write_text("a file, where the folder should be")

    with pytest.raises(ModelyardError, match="assets/fresh can't be written: File exists"):
        scaffold.begin(workspace, "fresh", "image-segmentation", CPU, never)


@pytest.mark.parametrize(
    "text",
    ["plain words", "a: b", "# no", "yes", "5", "it's", 'say "a"', "tab\t", "", "a #b", "é 🎉", "- a", "a\nb", "~"],
)
def test_whatever_a_text_is_yaml_reads_it_again(text: str) -> None:
    assert yaml.safe_load(f"key: {manifest.scalar(text)}") == {"key": text}
