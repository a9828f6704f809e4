"""A training runs in a container that is shut in, and a build takes its weights without training."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from modelyard.catalog import ingredients
from modelyard.catalog.workspace import Workspace
from tests.catalog.training.conftest import MANIFEST, NOTES, PIPELINE, README, TRAIN
from tests.e2e.conftest import Catalog, copy_catalog

pytestmark = pytest.mark.engine

PRYING = """

def refused(attempt):
    try:
        attempt()
    except OSError:
        return True
    return False


def pry():
    import os, pathlib, socket

    assert os.getuid() != 0
    assert refused(lambda: socket.create_connection(("1.1.1.1", 53), 3))
    assert refused(lambda: pathlib.Path("/opt/x").write_text("x"))
    assert refused(lambda: pathlib.Path("/tmp/x").write_text("x"))
    assert not pathlib.Path("/training/asset/pipeline.py").exists()
    from tensorflow.python.framework.config import is_op_determinism_enabled

    assert is_op_determinism_enabled()
    print("nothing to pry open")


_train = train


def train(training):
    pry()
    _train(training)
"""


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """A catalog of nothing but the tiny asset that tells kind words from rude ones."""
    catalog = copy_catalog(tmp_path_factory.mktemp("catalog"))
    shutil.rmtree(catalog.asset)
    for name, text in {
        "asset.yaml": MANIFEST,
        "train.py": TRAIN + PRYING,
        "words.py": "def split(text):\n    return text.lower().split()\n",
        "pipeline.py": PIPELINE,
        "README.md": README,
        "labels.txt": "rude\nkind\n",
        "notes.csv": NOTES,
        "samples/a.txt": "",
    }.items():
        file = catalog.root / "assets/good" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return catalog


def volumes() -> set[str]:
    return set(
        subprocess.run(["docker", "volume", "ls", "-q"], capture_output=True, text=True, check=True).stdout.split()
    )


def test_it_learns_in_a_container_without_a_network_that_can_t_be_written_to(catalog: Catalog) -> None:
    before = volumes()

    done = catalog.modelyard("train", "good")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing to pry open" in done.stderr
    assert "epoch 3 of 3: " in done.stderr
    assert "wrote trained/words.json" in done.stdout
    assert not volumes() - before


def test_another_machine_takes_what_the_registry_has(catalog: Catalog, tmp_path: Path) -> None:
    first = (catalog.root / "assets/good/trained/words.json").read_bytes()
    shutil.copytree(catalog.root, tmp_path / "other", symlinks=True)
    shutil.rmtree(tmp_path / "other/assets/good/trained")

    done = Catalog(tmp_path / "other", catalog.prefix).modelyard(
        "train", "good", MODELYARD_CACHE=str(tmp_path / "cache")
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "trained already" in done.stdout
    assert (tmp_path / "other/assets/good/trained/words.json").read_bytes() == first


def test_neither_train_py_nor_what_it_made_goes_into_the_image_twice(catalog: Catalog) -> None:
    workspace = Workspace(catalog.root)

    found = ingredients.of_image(workspace, workspace.asset("good"), "cpu")

    assert {name for name in found if name.startswith("weights:")} == {"weights:words.json"}
    assert "code:words.py" in found
    assert not [name for name in found if "train" in name and "framework:" not in name and "dependency:" not in name]
