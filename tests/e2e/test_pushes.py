"""What becomes of each kind of push to a bare repository, with its hook, a real engine and a real registry."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from tests.e2e.conftest import ROOT, Catalog
from tests.e2e.tiny import TINY, change, tiny_catalog

pytestmark = pytest.mark.engine

OLDER = """aniso8601==10.0.0 \\
    --hash=sha256:3c943422efaa0229ebd2b0d7d223effb5e7c89e24d2267ebe76c61a2d8e290cb \\
    --hash=sha256:ff1d0fc2346688c62c0151547136ac30e322896ed8af316ef7602c47da9426cf
"""


@dataclass
class Server:
    """A bare repository with the hook, and the clone of somebody who works on the catalog."""

    bare: Path
    catalog: Catalog

    def environment(self) -> dict[str, str]:
        """Of a person, who has no path of this test's Python."""
        return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL"))}

    def git(self, *arguments: str) -> str:
        """Types a command of git in the clone."""
        done = subprocess.run(
            ["git", *arguments], cwd=self.catalog.root, env=self.environment(), capture_output=True, text=True,
            timeout=900, check=False,
        )  # fmt: skip
        assert done.returncode == 0, (arguments, done.stderr)
        return done.stdout + done.stderr

    def commit(self, message: str) -> None:
        """Commits all changes."""
        self.git("commit", "--quiet", "--all", "--message", message)

    def push(self) -> str:
        """Pushes; gives what the pusher is told."""
        return self.git("push", "origin", "main")

    @property
    def folder(self) -> Path:
        """Where the hook works."""
        return self.bare / "modelyard"

    @property
    def summary(self) -> str:
        """What the last run came to."""
        return (self.folder / "summary.md").read_text("utf-8")

    def planned(self) -> dict[str, Any]:
        """What a plan says of the image before the push."""
        (image,) = json.loads(self.catalog.modelyard("plan", "--json").stdout)["images"]
        return dict(image)

    @property
    def asset(self) -> Path:
        """The folder of the catalog's model."""
        return self.catalog.root / "assets" / TINY

    def edit(self, file: str, before: str, after: str) -> None:
        """Changes a file of the model."""
        text = (self.asset / file).read_text("utf-8")
        assert before in text, f"{file} doesn't contain {before!r}"
        (self.asset / file).write_text(text.replace(before, after), "utf-8")

    def tags(self) -> dict[str, str]:
        """Each tag in the registry, and the digest it points to."""
        return self.catalog.tags(TINY)

    @property
    def image(self) -> str:
        """What users run."""
        return f"{self.catalog.prefix}/{TINY}"

    def latest(self) -> str:
        """The digest that users get."""
        return self.tags()["latest"]

    def answer(self) -> str:
        """What a user gets who runs the latest image: a digest of its answer to a picture."""
        subprocess.run(["docker", "pull", "--quiet", self.image], check=True, capture_output=True, timeout=120)
        done = self.in_container("predict", data=(self.asset / "samples/half.png").read_bytes())
        assert json.loads(done)["status"] == "ok"
        return hashlib.sha256(done).hexdigest()

    def in_container(self, *arguments: str, options: tuple[str, ...] = (), data: bytes = b"") -> bytes:
        """What a command in the latest image prints."""
        return subprocess.run(
            ["docker", "run", "--rm", "-i", "--network", "none", *options, self.image, *arguments],
            input=data, capture_output=True, timeout=120, check=True,
        ).stdout  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Server:
    folder = tmp_path_factory.mktemp("git server")  # A space in a path is nothing special.
    bare, clone = folder / "models.git", folder / "clone"
    clone.mkdir()
    server = Server(bare, tiny_catalog(clone))
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", bare], check=True)
    shutil.copy(ROOT / "scripts/post-receive", bare / "hooks/post-receive")
    server.git("init", "--quiet", "--initial-branch=main")
    server.git("config", "user.name", "A maintainer")
    server.git("config", "user.email", "maintainer@localhost")
    server.git("remote", "add", "origin", str(bare))
    server.git("add", "--all")
    server.commit("A catalog of one model")
    return server


@pytest.fixture(scope="module")
def pushed(server: Server) -> Server:
    """The server after the first push."""
    said = server.push()
    assert f"remote: {TINY} 1.0.0: published" in said, said
    return server


def test_the_first_push_publishes_the_catalog(pushed: Server) -> None:
    tags = pushed.tags()

    assert tags["latest"] == tags["1.0.0"]
    assert "first: no image is published yet" in pushed.summary
    assert "| published |" in pushed.summary


def test_a_branch_that_is_not_the_main_one_releases_nothing(pushed: Server) -> None:
    before = pushed.tags()

    said = pushed.git("push", "origin", "main:refs/heads/an-idea")

    assert "nothing is released: only the branch main is" in said
    assert pushed.tags() == before


def test_a_code_change(pushed: Server) -> None:
    before = pushed.tags()
    change(pushed.catalog, 1)
    cause = pushed.planned()["cause"]
    pushed.commit("Another word in a remark")

    said = pushed.push()

    assert cause == ["code: pipeline.py changed"]
    assert "because of code: pipeline.py changed" in said
    assert "building the base" not in said
    assert_moved(before, pushed.tags())
    assert pushed.answer()


def test_a_framework_change(pushed: Server) -> None:
    before = pushed.tags()
    file = pushed.catalog.root / "framework/modelyard/tensors.py"
    file.write_text(file.read_text("utf-8") + f"\n# {pushed.catalog.prefix}\n", "utf-8")
    cause = pushed.planned()["cause"]
    pushed.commit("A remark in the framework")

    said = pushed.push()

    assert cause == ["framework: tensors.py changed"]
    assert "building the base container litert" in said
    assert_moved(before, pushed.tags())
    assert pushed.answer()


def test_a_lock_change(pushed: Server) -> None:
    before = pushed.tags()
    lock = pushed.catalog.root / "framework/requirements/litert.txt"
    head, found, rest = lock.read_text("utf-8").partition("aniso8601==")
    assert found
    lock.write_text(head + OLDER + rest[rest.index("\nannotated-types") + 1 :], "utf-8")
    (cause,) = pushed.planned()["cause"]
    pushed.commit("An older package")

    pushed.push()

    assert cause.startswith("dependency: aniso8601 10.0.1 → 10.0.0")
    assert_moved(before, pushed.tags())
    assert pushed.answer()
    version = "import importlib.metadata as m; print(m.version('aniso8601'))"
    assert pushed.in_container("-c", version, options=("--entrypoint", "python3")) == b"10.0.0\n"


def test_a_weights_change(pushed: Server) -> None:
    before = pushed.tags()
    weights = pushed.asset / "least.bin"
    old = weights.read_bytes()
    new = bytes([100]) + old[1:]
    weights.write_bytes(new)
    pushed.edit("asset.yaml", hashlib.sha256(old).hexdigest(), hashlib.sha256(new).hexdigest())
    cause = pushed.planned()["cause"]
    pushed.commit("What is bright begins earlier")

    said = pushed.push()

    assert cause == ["weights: least.bin changed"]
    assert "building the base" not in said
    assert_moved(before, pushed.tags())
    assert pushed.answer()
    assert pushed.in_container("/weights/least.bin", options=("--entrypoint", "cat")) == new
    found = pushed.in_container("/asset", "/weights", "-name", "least.bin", options=("--entrypoint", "find"))
    assert found == b"/weights/least.bin\n", "it is in the image once"


def test_a_data_change(pushed: Server) -> None:
    before = pushed.tags()
    picture = np.full((16, 16, 3), 255, np.uint8)
    PIL.Image.fromarray(picture).save(pushed.asset / "samples/half.png")
    PIL.Image.fromarray((picture[..., 0] > 0).astype(np.uint8)).save(pushed.asset / "samples/half.expected.png")
    cause = pushed.planned()["cause"]
    pushed.commit("A sample that is all bright")

    said = pushed.push()

    assert cause == ["data: samples/half.expected.png changed", "data: samples/half.png changed"]
    assert "sample half.png" in said
    assert "building the base" not in said
    assert_moved(before, pushed.tags())
    assert pushed.answer()


def test_a_readme_change_rebuilds_nothing_and_says_so(pushed: Server) -> None:
    before = pushed.tags()
    readme = pushed.asset / "README.md"
    readme.write_text(readme.read_text("utf-8") + "\nOne more sentence.\n", "utf-8")
    state = pushed.planned()["state"]
    pushed.commit("One more sentence")

    said = pushed.push()

    assert state == "published"
    assert f"remote: {TINY} 1.0.0: unchanged" in said
    assert "remote: nothing to build, every image is published" in said
    assert f"build {TINY}" not in said
    assert pushed.tags() == before


def test_a_pull_request_is_built_and_checked_and_leaves_the_registry_as_it_is(pushed: Server) -> None:
    before = pushed.tags()
    pushed.edit("pipeline.py", ">= self.least", "< self.least")
    try:
        done = pushed.catalog.modelyard("ci", "--no-publish", GITHUB_STEP_SUMMARY="")
        state = pushed.planned()["state"]
    finally:
        pushed.edit("pipeline.py", "< self.least", ">= self.least")

    assert done.returncode == 1, done.stderr
    assert "## Catalog: 1 blocked" in done.stdout
    assert "| **blocked** | code: pipeline.py changed | blocked, " in done.stdout
    assert state == "to build", "it is in nobody's quarantine"
    assert pushed.tags() == before


def test_a_broken_pipeline_is_blocked_and_the_old_image_is_still_served(pushed: Server) -> None:
    before, answer = pushed.tags(), pushed.answer()
    pushed.edit("pipeline.py", ">= self.least", "< self.least")
    pushed.commit("What is dark is bright")

    said = pushed.push()

    assert f"remote: {TINY} 1.0.0: blocked" in said
    assert "THIS PUSH WAS NOT WHOLLY RELEASED" in said
    assert "FAILED sample" in said
    assert "**blocked**" in pushed.summary
    assert pushed.tags() == before
    assert pushed.answer() == answer


def test_a_revert_wants_what_is_published_and_builds_nothing(pushed: Server) -> None:
    before = pushed.tags()
    pushed.git("revert", "--no-edit", "HEAD")

    said = pushed.push()

    assert f"remote: {TINY} 1.0.0: unchanged" in said
    assert f"build {TINY}" not in said
    assert pushed.tags() == before


def test_a_revert_of_something_older_leads_users_back_and_builds_nothing(pushed: Server) -> None:
    before = pushed.tags()
    changed = pushed.git("log", "--format=%h", "--grep=^A sample that is all bright").split()[0]
    pushed.git("revert", "--no-edit", changed)
    planned = pushed.planned()

    said = pushed.push()

    assert planned["state"] == "to finish"
    assert f"build {TINY}" not in said
    after = pushed.tags()
    assert after["latest"] == after["1.0.0"] == planned["digest"] != before["latest"]
    assert after.keys() == before.keys()
    assert pushed.answer()


def test_the_release_goes_on_when_the_pusher_leaves_and_the_next_push_waits_for_it(pushed: Server) -> None:
    before = pushed.latest()
    change(pushed.catalog, 2)
    pushed.commit("Another word of a remark")
    leaving = subprocess.Popen(
        ["git", "push", "origin", "main"], cwd=pushed.catalog.root, env=pushed.environment(), stderr=subprocess.PIPE,
        text=True, start_new_session=True,
    )  # fmt: skip
    assert leaving.stderr is not None
    for line in leaving.stderr:
        if "modelyard: releasing" in line:
            break
    # Not Ctrl-C: in the background of a shell it is ignored, and by what is started from there.
    os.killpg(leaving.pid, signal.SIGTERM)
    leaving.communicate(timeout=60)
    assert pushed.latest() == before, "the release had only begun"
    readme = pushed.asset / "README.md"
    readme.write_text(readme.read_text("utf-8") + "\nAnother sentence.\n", "utf-8")
    pushed.commit("Another sentence")

    said = pushed.push()

    assert leaving.returncode != 0
    assert "an earlier push is being released, waiting for it" in said
    assert f"remote: {TINY} 1.0.0: unchanged" in said, "what it waited for was its own key"
    assert pushed.latest() != before


def assert_moved(before: dict[str, str], after: dict[str, str]) -> None:
    """The moving tags lead to one new image, its key and its report are new, and nothing is gone."""
    assert after["latest"] == after["1.0.0"] != before["latest"]
    new = after.keys() - before.keys()
    (key,) = [tag for tag in new if tag.startswith("key-")]
    assert after[key] == after["latest"]
    assert before.keys() < after.keys()
