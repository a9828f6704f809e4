"""docs/add-an-asset.md, followed step by step, in a catalog without an asset."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from modelyard.catalog import road
from tests.docs.blocks import ROOT
from tests.e2e.conftest import Catalog, copy_catalog, wait_ready

pytestmark = [pytest.mark.engine, pytest.mark.network]

PAGE = "docs/add-an-asset.md"
_STEP = re.compile(
    r"(?:^\*\*(?P<file>[^*\n]+)\*\*\n\n)?^```(?P<kind>\w+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)
# What a person types into a terminal of their own, and what needs a server that runs there.
_ENVIRONMENT, _RUN, _ASK = "scripts/environment catalog", "modelyard run page-turner", "curl "


@dataclass
class Step:
    """A block of the page: what is typed, or what a file becomes."""

    kind: str
    body: str
    file: str | None

    def __str__(self) -> str:
        first = self.body.strip().splitlines()[0]
        return f"{self.kind} {self.file or first}"


def steps() -> list[Step]:
    text = (ROOT / PAGE).read_text("utf-8")
    walk = text[text.index("\n## The walk") : text.index("\n## The steps")]
    return [Step(found["kind"], found["body"], found["file"]) for found in _STEP.finditer(walk)]


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """A clone, with the command `modelyard` on the path."""
    catalog = copy_catalog(tmp_path_factory.mktemp("walk"), ())
    (catalog.root / "bin").mkdir()
    command = catalog.root / "bin/modelyard"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m modelyard.cli "$@"\n')
    command.chmod(0o755)
    return catalog


def surroundings(catalog: Catalog) -> dict[str, str]:
    path = os.pathsep.join([str(catalog.root / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**os.environ, "PATH": path, "PYTHONPATH": str(catalog.root / "framework")}


def typed(catalog: Catalog, text: str) -> None:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text],
        cwd=catalog.root, env=surroundings(catalog), capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{text}\n{done.stdout[-3_000:]}\n{done.stderr[-3_000:]}"


def patched(text: str, diff: str) -> str:
    """A file after a diff without line numbers, whose pieces stand between lines of `@@`."""
    for piece in diff.split("@@\n"):
        lines = piece.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[0] in " -")
        after = "".join(line[1:] for line in lines if line[0] in " +")
        assert text.count(before) == 1, f"the file doesn't have this once:\n{before}\nbut is:\n{text}"
        text = text.replace(before, after)
    return text


def test_the_page_has_its_steps() -> None:
    kinds = [step.kind for step in steps()]
    assert kinds.count("sh") >= 7
    assert kinds.count("diff") >= 4
    assert len([step for step in steps() if step.file]) >= 7


@pytest.mark.parametrize("step", steps(), ids=str)
def test_every_step_works(catalog: Catalog, step: Step) -> None:
    if step.kind == "bash":
        first = step.body.splitlines()[0]
        assert first in (_ENVIRONMENT, _RUN)
        return  # The environment is this one; the server is run by the step that asks it.
    if step.kind == "diff":
        assert step.file
        file = catalog.root / step.file
        file.write_text(patched(file.read_text("utf-8"), step.body), "utf-8")
    elif step.file:
        (catalog.root / step.file).write_text(step.body, "utf-8")
    elif step.kind == "python":
        subprocess.run([sys.executable, "-c", step.body], cwd=catalog.root, check=True, timeout=60)
    elif step.body.startswith(_ASK):
        ask(catalog, step.body)
    else:
        typed(catalog, step.body)


def ask(catalog: Catalog, line: str) -> None:
    """Runs the server as the page says, on a port that is free, and types the line."""
    port = road.free_port()
    server = subprocess.Popen(
        ["bash", "-c", f"exec {_RUN} --port {port}"],
        cwd=catalog.root, env=surroundings(catalog), stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_ready(f"http://127.0.0.1:{port}")
        assert requests.get(f"http://127.0.0.1:{port}/app", timeout=30).ok
        typed(catalog, f'{line.strip().replace(":5000", f":{port}")} | grep \'"label": *"upright"\'')
    finally:
        server.terminate()
        server.wait(60)


def test_the_samples_would_not_pass_with_a_wrong_pipeline(catalog: Catalog) -> None:
    pipeline = catalog.root / "assets/page-turner/pipeline.py"
    whole = pipeline.read_text("utf-8")
    wrongs = {"(blue_first - MEAN) / DEVIATION": "blue_first", ".transpose(2, 0, 1)": ".transpose(2, 1, 0)"}
    try:
        for right, wrong in wrongs.items():
            assert right in whole
            pipeline.write_text(whole.replace(right, wrong), "utf-8")
            assert catalog.modelyard("test", "page-turner", "--no-odd").returncode == 1, wrong
    finally:
        pipeline.write_text(whole, "utf-8")
    shutil.rmtree(catalog.root / "look")
