"""An asset with a package of its own: locked, in a layer of its own, and nothing of the machine it was built on."""

from __future__ import annotations

import json
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.e2e.conftest import NAME, Catalog, copy_catalog

pytestmark = pytest.mark.engine

HOST = "index-of-the-build-machine.example.org"
"""What the build machine trusts; pip is told so in every stage that installs."""


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """A catalog whose asset counts in Roman numerals, released from a machine with settings of its own."""
    catalog = copy_catalog(tmp_path_factory.mktemp("catalog"))
    catalog.edit("asset.yaml", "\nparity:", '\nrequirements: ["roman>=5", "numpy>=2"]\nparity:')
    catalog.edit("pipeline.py", "import PIL.Image\n", "import PIL.Image\nimport roman\n")
    catalog.edit("pipeline.py", "LONGER_SIDE = 513", 'LONGER_SIDE = roman.fromRoman("DXIII")')
    updated = catalog.modelyard("update", NAME)
    assert updated.returncode == 0, updated.stderr
    for file in (catalog.asset / "pipeline.py", *catalog.asset.glob("requirements/*.txt")):
        file.write_text(f"# {catalog.prefix}\n{file.read_text('utf-8')}", "utf-8")  # this engine has never built it
    done = catalog.modelyard("release", PIP_TRUSTED_HOST=HOST)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"build packages of {NAME}" in done.stderr
    return catalog


def inspect(image: str) -> dict[str, object]:
    shown = subprocess.run(["docker", "image", "inspect", image], capture_output=True, check=True, timeout=60)
    return dict(json.loads(shown.stdout)[0])


def layers(catalog: Catalog) -> list[str]:
    """The layers of the image as it is built now, the base's first."""
    built = catalog.modelyard("build")
    assert built.returncode == 0, built.stderr
    assert "build packages" not in built.stderr, "they are there"
    system: object = inspect(built.stdout.strip().partition(": ")[2])["RootFS"]
    assert isinstance(system, dict)
    return list(system["Layers"])


def test_the_image_holds_the_package_and_says_so_and_no_pip(catalog: Catalog) -> None:
    code = "from importlib.metadata import distributions; print(*sorted(one.name for one in distributions()))"
    listed = subprocess.run(
        ["docker", "run", "--rm", "--network", "none", "--entrypoint", "python3", catalog.image, "-c", code],
        capture_output=True, text=True, check=True, timeout=120,
    ).stdout.split()  # fmt: skip

    assert "roman" in listed
    assert listed.count("numpy") == 1, "the base's, and no second one"
    assert "pip" not in listed


def test_a_lock_holds_only_what_the_base_does_not(catalog: Catalog) -> None:
    for lock in ("litert", "tensorflow-cpu"):
        text = (catalog.asset / f"requirements/{lock}.txt").read_text("utf-8")
        assert [line.partition("==")[0] for line in text.splitlines() if "==" in line] == ["roman"]


def test_no_layer_and_no_history_names_the_index(catalog: Catalog, tmp_path: Path) -> None:
    saved = tmp_path / "image.tar"
    subprocess.run(["docker", "save", "-o", saved, catalog.image], check=True, timeout=120)
    history = subprocess.run(
        ["docker", "history", "--no-trunc", catalog.image], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    found = []
    with tarfile.open(saved) as image:
        manifest = next(json.load(image.extractfile(one)) for one in image if one.name == "manifest.json")
        for layer in manifest[0]["Layers"]:
            with tarfile.open(fileobj=image.extractfile(layer)) as files:
                found += [one.name for one in files if "build-host" in one.name or one.name.endswith("pip.conf")]

    assert found == []
    assert HOST not in history + json.dumps(inspect(catalog.image))
    assert HOST.encode() not in saved.read_bytes(), "layers are not compressed in there"


def test_a_change_of_code_installs_nothing_and_moves_one_layer_and_data_another(catalog: Catalog) -> None:
    *lower, code, data = layers(catalog)

    catalog.edit("pipeline.py", "Names the class of every pixel.", "Names the class of each pixel.")
    after_code = layers(catalog)
    catalog.edit("asset.yaml", "A file of no bytes", "A file of no bytes at all")
    after_data = layers(catalog)

    assert after_code[:-2] == lower
    assert after_code[-2] != code
    assert after_code[-1] == data
    assert after_data[:-1] == after_code[:-1]
    assert after_data[-1] != data


def test_it_is_served_without_a_container_too(catalog: Catalog) -> None:
    done = catalog.modelyard("test", NAME)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "samples answered as expected" in done.stdout


def test_a_lock_that_is_missing_is_told_before_anything_is_built(catalog: Catalog) -> None:
    lock = catalog.asset / "requirements/litert.txt"
    text = lock.read_text("utf-8")
    lock.unlink()
    try:
        done = catalog.modelyard("plan")
    finally:
        lock.write_text(text, "utf-8")

    assert done.returncode == 1
    assert done.stderr.strip() == (
        f"error: assets/{NAME}/requirements/litert.txt is missing: write it with modelyard update {NAME}"
    )
