"""`modelyard run`: what changed is loaded beside the server that answers, and takes over once it is ready."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import requests
from tests.docs.blocks import ROOT

from modelyard.catalog import road
from modelyard.catalog.authoring import scaffold
from modelyard.catalog.authoring.changes import Changes
from modelyard.catalog.authoring.relay import Relay
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError

# The command, with the packages of the tests: nothing is installed.
_MODELYARD = """
import signal, sys
from pathlib import Path
from modelyard.catalog.local import Local
from modelyard.cli.main import main
signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background of a shell it is ignored
Local.python = lambda *_: Path(sys.executable)
main()
"""


@dataclass
class Typed:
    """`modelyard run` of the asset `fresh`, while it runs."""

    process: subprocess.Popen[str]
    workspace: Workspace
    port: int
    said: list[str] = field(default_factory=list)

    def ask(self) -> requests.Response:
        data = (self.workspace.folder("fresh") / "samples/strong.png").read_bytes()
        return requests.post(f"http://127.0.0.1:{self.port}/model/predict", files={"image": data}, timeout=10)

    def label(self) -> str:
        """What it answers."""
        return str(self.ask().json()["predictions"][0]["label"])

    def edit(self, before: str, after: str, file: str = "pipeline.py") -> None:
        path = self.workspace.folder("fresh") / file
        text = path.read_text("utf-8")
        assert before in text
        path.write_text(text.replace(before, after), "utf-8")

    def told(self, pattern: str, seconds: float = 30) -> str:
        """Waits for a line that it says after what was told before."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for number, line in enumerate(self.said):
                if re.search(pattern, line):
                    del self.said[: number + 1]
                    return line
            time.sleep(0.02)
        raise AssertionError(f"it never said {pattern!r}; it said {self.said}")

    def until(self, holds: Callable[[], bool], seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, self.said
            time.sleep(0.05)

    def ready(self) -> bool:
        return road.is_ready(self.port)

    def is_there(self) -> bool:
        """Whether it or anything that it started still runs."""
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return False
        return True


@contextmanager
def typed(workspace: Workspace, *options: str) -> Iterator[Typed]:
    port = road.free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", _MODELYARD, "-C", str(workspace.root), "run", "fresh", "--port", str(port), *options],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    run = Typed(process, workspace, port)
    assert process.stderr
    threading.Thread(target=lambda: run.said.extend(iter(process.stderr.readline, "")), daemon=True).start()  # type: ignore[union-attr]
    try:
        yield run
    finally:
        if run.is_there():
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)


@pytest.fixture
def fresh(workspace: Workspace) -> Workspace:
    """A catalog with one new asset, and a framework of its own."""
    for name in ("pyproject.toml", "requirements"):
        (workspace.root / "framework" / name).unlink()
    (workspace.root / "framework").rmdir()
    (workspace.root / "framework").symlink_to(ROOT / "framework")
    shutil.copy(ROOT / ".dockerignore", workspace.root)
    scaffold.begin(workspace, "fresh", "image-classification", {"cpu": "litert"}, lambda goal: "")
    return workspace


def test_what_changed_takes_over_and_no_request_is_lost(fresh: Workspace) -> None:
    with typed(fresh) as run:
        run.until(run.ready)
        assert run.label() == "beagle"
        codes: list[int] = []
        done = threading.Event()

        def keep_asking() -> None:
            while not done.is_set():
                codes.append(run.ask().status_code)
                time.sleep(0.01)

        asking = threading.Thread(target=keep_asking)
        asking.start()
        run.edit("beagle", "poodle")
        run.told(r"assets/fresh/pipeline.py changed: loading it, beside the one that answers")
        run.told(r"it answers now, after \d")
        time.sleep(1)  # until the old one has left
        done.set()
        asking.join()

        assert run.label() == "poodle"
        assert set(codes) == {200}
        assert len(codes) > 10


def test_what_cannot_be_loaded_leaves_the_old_one_answering(fresh: Workspace) -> None:
    with typed(fresh) as run:
        run.until(run.ready)
        run.edit("np.float32(40)", "np.flaot32(40)")
        run.told("has no attribute 'flaot32'")
        run.told("it can't be loaded, and the one before it goes on: its log is above")
        assert run.label() == "beagle"

        run.edit("task: image", "tsak: image", "asset.yaml")
        run.told(r"it can't be loaded, and the one before it goes on: assets/fresh/asset.yaml:\d+: ")
        assert run.label() == "beagle"

        run.edit("tsak: image", "task: image", "asset.yaml")
        run.edit("np.flaot32(40)", "np.float32(40)")
        run.edit("beagle", "poodle")
        run.told("it answers now")
        assert run.label() == "poodle"


def test_one_that_is_broken_from_the_start_is_tried_again_once_it_changes(fresh: Workspace) -> None:
    pipeline = fresh.folder("fresh") / "pipeline.py"
    whole = pipeline.read_text("utf-8")
    pipeline.write_text("import nothing_like_that\n" + whole, "utf-8")
    with typed(fresh) as run:
        run.told("it can't be loaded, and it is tried again when a file changes: its log is above")
        refused = run.ask()
        assert refused.status_code == 503
        assert "can't be loaded" in refused.json()["message"]

        pipeline.write_text(whole, "utf-8")
        run.told("changed: loading it$")
        run.until(run.ready)
        assert run.label() == "beagle"


@pytest.mark.parametrize(("how", "alone"), [(signal.SIGINT, False), (signal.SIGTERM, True)])
def test_whoever_ends_it_ends_its_servers_too(fresh: Workspace, how: signal.Signals, alone: bool) -> None:
    with typed(fresh) as run:
        run.until(run.ready)
        run.edit("beagle", "poodle")
        run.told("changed: loading it")

        (os.kill if alone else os.killpg)(run.process.pid, how)

        assert run.process.wait(30) == 0
        run.until(lambda: not run.is_there())
        assert not any("Traceback" in line for line in run.said)


def test_without_reload_it_stays_as_it_was(fresh: Workspace) -> None:
    with typed(fresh, "--no-reload") as run:
        run.until(run.ready)
        run.edit("beagle", "poodle")
        time.sleep(1)

        assert run.label() == "beagle"
        os.killpg(run.process.pid, signal.SIGINT)
        assert run.process.wait(30) == 0


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ModelyardError, match="choose another one"):
        Relay("127.0.0.1", taken.getsockname()[1])


def test_what_counts_as_a_change(fresh: Workspace) -> None:
    changes, folder = Changes(fresh, "fresh"), fresh.folder("fresh")
    assert changes.since() == []

    (folder / "README.md").write_text("Another text.\n", "utf-8")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__/pipeline.pyc").touch()
    (folder / ".pipeline.py.swp").touch()
    (folder / "pipeline.py~").touch()
    assert changes.since() == []

    (folder / "labels.txt").write_text("one\n", "utf-8")
    (folder / "samples/weak.png").unlink()
    assert changes.since() == ["assets/fresh/labels.txt", "assets/fresh/samples/weak.png"]
    assert changes.since() == []
    assert any(name.startswith("framework/modelyard/serving/") for name in changes._seen)
    assert not any("/catalog/" in name for name in changes._seen)
