"""Real containers, a real registry, real weights: a copy of the catalog that each test may change."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.e2e.registries import OwnRegistry, copy_published

ROOT = Path(__file__).parents[2]
NAME = "image-segmenter"


@dataclass
class Catalog:
    """A copy of the repository, published to a folder of its own in the registry."""

    root: Path
    prefix: str

    def modelyard(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Types a command."""
        return subprocess.run(
            [sys.executable, "-m", "modelyard.cli", *arguments],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(self.root / "framework"), **variables},
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )

    @property
    def asset(self) -> Path:
        """The folder of the asset that the tests change."""
        return self.root / "assets" / NAME

    @property
    def image(self) -> str:
        """What users run."""
        return f"{self.prefix}/{NAME}"

    def edit(self, file: str, before: str, after: str) -> None:
        """Changes a file of the asset."""
        path = self.asset / file
        text = path.read_text("utf-8")
        assert before in text, f"{file} doesn't contain {before!r}"
        path.write_text(text.replace(before, after), "utf-8")

    def tags(self, name: str = NAME) -> dict[str, str]:
        """Each tag of an asset in the registry, and the digest it points to."""
        base = f"http://{self.prefix.partition('/')[0]}/v2/{self.prefix.partition('/')[2]}/{name}"
        names = requests.get(f"{base}/tags/list", timeout=10).json().get("tags") or []
        accept = {
            "Accept": "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.index.v1+json"
        }
        return {
            tag: requests.head(f"{base}/manifests/{tag}", headers=accept, timeout=10).headers["Docker-Content-Digest"]
            for tag in names
        }


def copy_catalog(folder: Path, assets: Collection[str] = (NAME,)) -> Catalog:
    """A copy of the working tree's own files, with some of its assets."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file() and _is_wanted(name, assets):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    prefix = f"127.0.0.1:{os.environ.get('MODELYARD_REGISTRY_PORT', '5000')}/test-{uuid.uuid4().hex[:8]}"
    manifest = folder / "catalog.yaml"
    text = manifest.read_text("utf-8").replace("127.0.0.1:5000/modelyard", prefix)
    # When an image is too old is for each test to say.
    lines = text.splitlines(keepends=True)
    manifest.write_text("".join(line for line in lines if not line.startswith("refresh:")), "utf-8")
    return Catalog(folder, prefix)


def _is_wanted(name: str, assets: Collection[str]) -> bool:
    first, _, rest = name.partition("/")
    return first != "assets" or rest.partition("/")[0] in assets


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """A catalog that nothing is published of yet."""
    return copy_catalog(tmp_path_factory.mktemp("catalog"))


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """A catalog after its first release, which is left as it is."""
    catalog = copy_catalog(tmp_path_factory.mktemp("released"))
    done = catalog.modelyard("release")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "published" in done.stdout
    return catalog


@pytest.fixture(scope="module")
def published(catalog: Catalog, released: Catalog) -> Catalog:
    """The catalog after its first release: all that one left in the registry, in a folder of its own."""
    copy_published(released.prefix, catalog.prefix, [NAME, "base", "records/chronicles"])
    return catalog


@contextmanager
def serving(image: str, *options: str) -> Iterator[str]:
    """`docker run` of an image; gives the address it answers at, once it is ready."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    started = subprocess.run(
        ["docker", "run", "-d", "--rm", "-p", f"127.0.0.1:{port}:5000", *options, image],
        capture_output=True, text=True, check=True, timeout=120,
    ).stdout.strip()  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        wait_ready(address)
        yield address
    finally:
        # A container that ended by itself is removed by the engine, perhaps at this very moment.
        subprocess.run(["docker", "rm", "-f", started], capture_output=True, check=False, timeout=60)


def wait_ready(address: str, seconds: float = 60) -> None:
    """Waits for the first 200 of /health/ready."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if requests.get(f"{address}/health/ready", timeout=2).status_code == 200:
                return
        except requests.RequestException:
            pass
        time.sleep(0.05)
    raise AssertionError(f"{address} is not ready after {seconds} s")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnRegistry]:
    if shutil.which("docker-registry") is None:
        pytest.skip("the program docker-registry is not here")
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    registry = OwnRegistry(tmp_path_factory.mktemp("registry"), address)
    registry.start()
    yield registry
    registry.kill()
