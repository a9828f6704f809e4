"""Several images at a time: what fails takes no others with it, and Ctrl-C leaves nothing behind."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from modelyard.catalog import labels
from modelyard.catalog.registry import Registry
from tests.e2e.conftest import Catalog
from tests.e2e.tiny import TINY, change, start, tiny_catalog

pytestmark = pytest.mark.engine

OTHER = "dark-parts"
THIRD = "parts-in-onnx"


def add(catalog: Catalog, name: str, *, runtime: str = "litert") -> Path:
    """A copy of the tiny model under another name."""
    folder = catalog.root / "assets" / name
    shutil.copytree(catalog.root / "assets" / TINY, folder)
    manifest = folder / "asset.yaml"
    text = manifest.read_text("utf-8").replace(f"name: {TINY}", f"name: {name}")
    manifest.write_text(text.replace("{cpu: litert}", f"{{cpu: {runtime}}}"), "utf-8")
    return folder


def sandboxes(image: str) -> list[str]:
    """The containers that checks of an image run in."""
    label = f"label={labels.PREFIX}sandbox"
    command = ["docker", "ps", "--all", "--quiet", "--filter", label, "--filter", f"ancestor={image}"]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.split()


def until(true: Callable[[], object], seconds: float = 120) -> bool:
    """Whether it became true in time."""
    ends = time.monotonic() + seconds
    while not true():
        if time.monotonic() > ends:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return tiny_catalog(tmp_path)


def test_what_fails_is_named_and_the_others_are_published(catalog: Catalog) -> None:
    broken = add(catalog, OTHER) / "pipeline.py"
    broken.write_text(broken.read_text("utf-8").replace(">= self.least", "< self.least"), "utf-8")
    add(catalog, THIRD, runtime="onnxruntime")
    lock = catalog.root / "framework/requirements/onnxruntime.txt"
    lock.write_text("no-such-package-of-anybody==1.0 \\\n    --hash=sha256:" + "0" * 64 + "\n", "utf-8")

    done = catalog.modelyard("release", "--jobs", "2", "--json")

    assert done.returncode == 1
    images = {image["name"]: image for image in json.loads(done.stdout)["images"]}
    assert {name: image["outcome"] for name, image in images.items()} == {
        TINY: "published",
        OTHER: "blocked",
        THIRD: "blocked",
    }
    assert f"{THIRD}: blocked: skipped, because base onnxruntime failed" in done.stderr
    assert "base onnxruntime: blocked: base onnxruntime: the build failed" in done.stderr
    assert f"{OTHER}: blocked, nothing is published" in done.stderr
    assert Registry(catalog.prefix).tags(OTHER) == []


def test_an_image_that_fails_stays_here_and_its_log_in_its_report(catalog: Catalog) -> None:
    pipeline = catalog.root / "assets" / TINY / "pipeline.py"
    broken = "raise RuntimeError('out of luck')\n        self.least ="
    pipeline.write_text(pipeline.read_text("utf-8").replace("self.least =", broken), "utf-8")

    done = catalog.modelyard("release", "--json")

    assert done.returncode == 1
    (image,) = json.loads(done.stdout)["images"]
    assert "out of luck" in "\n".join(image["report"]["log"])
    look = next(line for line in done.stderr.splitlines() if "to look into it: docker run" in line)
    subprocess.run(["docker", "image", "inspect", look.split()[-1]], capture_output=True, check=True, timeout=60)
    (blocked,) = json.loads(catalog.modelyard("history", TINY, "--json").stdout)["quarantined"]
    assert blocked["log"] == image["report"]["log"], "anybody who can read the registry finds it there"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_release_that_is_stopped_leaves_nothing_behind_and_the_next_goes_on(
    catalog: Catalog, number: signal.Signals, code: int
) -> None:
    change(catalog, number)
    (planned,) = json.loads(catalog.modelyard("plan", "--json").stdout)["images"]
    image = f"modelyard/{TINY}:key-{planned['key']}"
    running = start(catalog, "release")
    assert until(lambda: sandboxes(image)), "its checks have begun"

    running.send_signal(number)
    said = running.communicate(timeout=60)[0]

    assert running.returncode == code, said
    assert "the next release goes on from here" in said
    assert "Traceback" not in said
    assert until(lambda: not sandboxes(image), 20), "the engine takes a moment to remove a container"
    assert "latest" not in Registry(catalog.prefix).tags(TINY)
    done = catalog.modelyard("release")
    assert done.returncode == 0, done.stderr
    assert f"{TINY} 1.0.0: published" in done.stdout
