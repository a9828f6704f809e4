"""What `modelyard ci` says to those who pushed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from modelyard.catalog.lint import Finding
from modelyard.catalog.planning.gitlab import TEMPLATE, child_pipeline
from modelyard.catalog.planning.plan import Planned
from modelyard.catalog.planning.since import Affected, Since
from modelyard.catalog.publishing.ci import Image, Push
from modelyard.catalog.records.evidence import make
from modelyard.catalog.records.report import Checked
from modelyard.catalog.registry import Manifest
from modelyard.catalog.workspace import Workspace
from modelyard.cli.main import cli
from modelyard.errors import ModelyardError

ROOT = Path(__file__).parents[3]
PUBLISHED = Manifest(f"sha256:{'b' * 64}", "", b"{}")
GOOD = Checked(name="ready", passed=True, said="0.6 s of at most 3 s")
BAD = Checked(name="sample cat.png", passed=False, said="expected </details>cat | got\ndog")


def planned(*, published: Manifest | None = None, cause: tuple[str, ...] = ("code: pipeline.py changed",)) -> Planned:
    asset = Workspace(ROOT).asset("image-segmenter")
    return Planned(asset, "cpu", {}, "a" * 32, published, () if published else cause, (), (), None)


def image(*checks: Checked) -> Image:
    found = planned()
    report = make(found, checks, None)
    return Image(found, "blocked" if report.failed else "passed", report=report)


def test_where_nothing_is_to_build_it_says_so_in_one_line() -> None:
    push = Push(images=[Image(planned(published=PUBLISHED), "unchanged", PUBLISHED.digest)])

    assert push.passed
    assert push.to_text().splitlines()[-1] == "nothing to build, every image is published"
    assert push.to_markdown().startswith("## Catalog: nothing to build, every image is published\n")


def test_the_table_has_state_cause_verdict_and_digest() -> None:
    one = Image(planned(), "published", PUBLISHED.digest, make(planned(), [GOOD], PUBLISHED.digest))

    row = next(line for line in Push(images=[one]).to_markdown().splitlines() if "image-segmenter" in line)

    assert row == (
        "| image-segmenter 1.0.0 (cpu) | published | code: pipeline.py changed | passed, 1 check "
        "| `sha256:bbbbbbbbbbbb` |"
    )


def test_what_failed_stands_open_and_the_rest_is_folded() -> None:
    text = Push(images=[image(GOOD, BAD)]).to_markdown()
    open_part, _, folded = text.partition("<details>")

    assert "1 of 2 checks failed" in open_part
    assert "- sample cat.png: expected &lt;/details&gt;cat | got dog" in open_part
    assert "0.6 s of at most 3 s" in folded


def test_what_the_commits_of_a_push_change_is_told_beside_what_is_built() -> None:
    affected = Affected("image-segmenter", "cpu", "a", "b", "changed", ("code: pipeline.py changed",))
    untouched = Affected("image-classifier", "cpu", "a", "a", "unchanged", ())

    some = Push(since=Since("c" * 40, (affected, untouched))).to_markdown()
    none = Push(since=Since("c" * 40, (untouched,))).to_markdown()

    assert "Since `cccccccccccc` this changes these images:" in some
    assert "| image-segmenter (cpu) | changed | code: pipeline.py changed |" in some
    assert "image-classifier" not in some
    assert "Since `cccccccccccc` this changes no image." in none


def test_a_commit_that_git_does_not_know_is_one_line() -> None:
    done = modelyard(ROOT, "ci", "--since", "no-such-branch", MODELYARD_REGISTRY="127.0.0.1:9/nobody")

    assert done.returncode == 1
    assert len([line for line in done.stderr.splitlines() if line.startswith("error: ")]) == 1
    assert "no-such-branch" in done.stderr


def test_what_stopped_an_image_before_its_checks_is_said() -> None:
    push = Push(images=[Image(planned(), "blocked", said="image-segmenter: the build failed: <no space> left")])

    assert "image-segmenter 1.0.0: blocked: image-segmenter: the build failed" in push.to_text()
    assert "was stopped: image-segmenter: the build failed: &lt;no space&gt; left" in push.to_markdown()


def test_what_is_blocked_fails_the_push() -> None:
    assert Push(images=[image(GOOD)]).passed
    assert not Push(images=[image(GOOD), image(BAD)]).passed
    assert not Push(stopped="the registry can't be reached").passed


def test_many_causes_are_counted_not_listed() -> None:
    many = planned(cause=tuple(f"framework: {number}.py changed" for number in range(100)))

    text = Push(images=[replace(image(GOOD), planned=many)]).to_markdown()

    assert "framework: and 95 more" in text


def test_lint_errors_stand_open_and_warnings_are_folded() -> None:
    error = Finding("assets/x/asset.yaml:3", "there is no task 'guess'", "use another", "known-task")
    warning = replace(error, rule="labels", severity="warning")

    text = Push(findings=[warning, error]).to_markdown()

    assert "the linter found 1 error" in text
    assert text.index("error[known-task]") < text.index("<details><summary>1 warning</summary>")


def test_a_lint_error_stops_everything_before_an_engine_or_a_registry_is_needed(broken: Path) -> None:
    done = modelyard(broken, "ci", "--summary", str(broken / "summary.md"), MODELYARD_REGISTRY="127.0.0.1:9/nobody")

    assert done.returncode == 1
    assert "known-task" in done.stdout
    assert "not built, the linter found" in (broken / "summary.md").read_text("utf-8")
    assert "Traceback" not in done.stderr


def test_a_registry_that_is_down_is_in_the_summary_too(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("What stood there.\n")

    done = modelyard(ROOT, "ci", GITHUB_STEP_SUMMARY=str(summary), MODELYARD_REGISTRY="127.0.0.1:9/nobody")

    assert done.returncode == 1
    assert [line for line in done.stderr.splitlines() if "127.0.0.1:9 can't be reached" in line]
    assert summary.read_text("utf-8").startswith("What stood there.\n## Catalog: stopped")


def test_json_is_all_that_standard_output_has(broken: Path) -> None:
    done = modelyard(broken, "ci", "--json")

    said = json.loads(done.stdout)
    assert said["passed"] is False
    assert "known-task" in [one["rule"] for one in said["findings"]]
    assert said["images"] == []


def test_a_summary_that_cannot_be_written_is_one_line(broken: Path) -> None:
    done = modelyard(broken, "ci", "--summary", "/nonexistent/summary.md")

    assert done.returncode == 1
    assert "error: /nonexistent/summary.md: the summary can't be written" in done.stderr


def test_the_environment_may_name_another_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELYARD_REGISTRY", "ghcr.io/somebody/models")
    assert Workspace(ROOT).catalog.registry == "ghcr.io/somebody/models"

    monkeypatch.setenv("MODELYARD_REGISTRY", "")
    assert Workspace(ROOT).catalog.registry == "127.0.0.1:5000/modelyard"

    monkeypatch.setenv("MODELYARD_REGISTRY", "ghcr.io/Somebody:latest")
    with pytest.raises(ModelyardError, match=r"^MODELYARD_REGISTRY is 'ghcr.io/Somebody:latest': write"):
        _ = Workspace(ROOT).catalog


def test_gitlab_gets_a_job_for_each_image_that_is_to_build() -> None:
    published = planned(published=PUBLISHED)

    pipeline = yaml.safe_load(child_pipeline([planned(), published], {"PUBLISH": "--no-publish"}))

    assert pipeline == {
        "include": [{"local": TEMPLATE}],
        "image-segmenter (cpu)": {
            "extends": ".image",
            "variables": {"NAME": "image-segmenter", "VARIANT": "cpu", "PUBLISH": "--no-publish"},
            "resource_group": "image-segmenter-cpu",
        },
    }
    assert ".image" in yaml.safe_load((ROOT / TEMPLATE).read_text("utf-8"))


def test_gitlab_gets_a_job_even_where_nothing_is_to_build() -> None:
    pipeline = yaml.safe_load(child_pipeline([planned(published=PUBLISHED)], {}))

    assert pipeline["nothing to build"]["script"]


@pytest.mark.parametrize("images", [[], [planned()]])
def test_what_gitlab_gets_is_a_pipeline_by_its_own_schema(images: list[Planned], tmp_path: Path) -> None:
    file = tmp_path / "images.yml"
    file.write_text(child_pipeline(images, {"PUBLISH": "--publish"}))

    command = [Path(sys.executable).with_name("check-jsonschema"), "--builtin-schema", "vendor.gitlab-ci", file]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 0, done.stdout + done.stderr


def test_its_help_says_what_it_exits_with() -> None:
    assert "Exits with 1" in CliRunner().invoke(cli, ["ci", "--help"]).stdout


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A catalog with a mistake that the linter finds."""
    shutil.copytree(ROOT, tmp_path / "c", ignore=shutil.ignore_patterns(".git", ".venv", "tests", ".mypy_cache"))
    manifest = tmp_path / "c/assets/image-segmenter/asset.yaml"
    manifest.write_text(manifest.read_text("utf-8").replace("task: image-segmentation", "task: guessing"), "utf-8")
    return tmp_path / "c"


def modelyard(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "modelyard.cli", *arguments],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT / "framework"), **variables},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
