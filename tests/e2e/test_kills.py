"""Builders that die, registries that go away, disks that are full: the next run finishes, and users notice nothing."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import requests

from modelyard.catalog.records import evidence
from modelyard.catalog.registry import Registry
from tests.e2e.conftest import Catalog
from tests.e2e.registries import OwnRegistry
from tests.e2e.tiny import TINY, change, start, tiny_catalog

pytestmark = pytest.mark.engine

KILLS, ALL_KILLS = 6, 20
MOVING = ("latest", "1.0.0")
NO_ENGINE = {"DOCKER_HOST": "unix:///nonexistent.sock"}
MANIFESTS = (
    "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.oci.image.index.v1+json"
)


def assert_sound(catalog: Catalog) -> None:
    """Each tag leads to something whole, and what users are led to was tested and passed."""
    registry = Registry(catalog.prefix)
    host, _, folder = catalog.prefix.partition("/")
    for name in (TINY, "base"):
        address = f"http://{host}/v2/{folder}/{name}"
        for tag in registry.tags(name):
            manifest = requests.get(f"{address}/manifests/{tag}", headers={"Accept": MANIFESTS}, timeout=20).json()
            for part in manifest.get("manifests", []):
                found = requests.head(
                    f"{address}/manifests/{part['digest']}", headers={"Accept": MANIFESTS}, timeout=20
                )
                assert found.status_code == 200, (name, tag, part)
            for blob in filter(None, (manifest.get("config"), *manifest.get("layers", []))):
                found = requests.head(f"{address}/blobs/{blob['digest']}", timeout=20)
                assert found.status_code == 200, (name, tag, blob)
                assert int(found.headers["Content-Length"]) == blob["size"], (name, tag, blob)
    for tag in MOVING:
        image = registry.manifest(TINY, tag)
        if image is not None:
            report = evidence.read(registry, TINY, image)
            assert report is not None, f"{tag} leads to an image without a report"
            assert report.lets_through
            assert report.digest == image.digest


def assert_finished(catalog: Catalog) -> None:
    """All that should be published is, and there is nothing left to do."""
    (image,) = json.loads(catalog.modelyard("plan", "--json").stdout)["images"]
    assert image["state"] == "published", image
    done = catalog.modelyard("release", **NO_ENGINE)
    assert done.returncode == 0, done.stderr
    assert f"{TINY} 1.0.0: unchanged" in done.stdout
    tags = catalog_tags(catalog)
    assert {tags[tag] for tag in MOVING} == {tags[f"key-{image['key']}"]} == {image["digest"]}


def catalog_tags(catalog: Catalog) -> dict[str, str]:
    registry = Registry(catalog.prefix)
    found = {tag: registry.manifest(TINY, tag) for tag in registry.tags(TINY)}
    return {tag: manifest.digest for tag, manifest in found.items() if manifest}


def left_behind(catalog: Catalog) -> list[dict[str, str]]:
    """The containers of the tiny model's images that nobody removed."""
    listed = subprocess.run(
        ["docker", "ps", "--all", "--no-trunc", "--format", "{{json .}}"], capture_output=True, text=True, check=True,
        timeout=60,
    ).stdout  # fmt: skip
    manifest = (catalog.root / "assets" / TINY / "asset.yaml").read_text("utf-8")
    # Its random weights stand in the labels of its images; other tests have models of this name, too.
    weights = re.findall(r"sha256: ([0-9a-f]{64})", manifest)[0]
    return [one for one in map(json.loads, listed.splitlines()) if weights in one["Labels"]]


@contextmanager
def cleaned(catalog: Catalog) -> Iterator[Catalog]:
    """The catalog, and afterwards none of its containers."""
    try:
        yield catalog
    finally:
        for container in left_behind(catalog):
            subprocess.run(["docker", "rm", "-f", container["ID"]], capture_output=True, check=False, timeout=60)


def test_kills_at_random_moments_lose_nothing(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    kills = ALL_KILLS if pytestconfig.getoption("--all") else KILLS
    chance = random.Random(20)
    cache = tmp_path / "cache"
    variables = {"MODELYARD_CACHE": str(cache)}
    with cleaned(tiny_catalog(tmp_path / "catalog")) as catalog:
        first = catalog.modelyard("release", **variables)
        assert first.returncode == 0, first.stderr
        change(catalog, 1)
        began = time.monotonic()
        assert catalog.modelyard("release", **variables).returncode == 0
        whole = time.monotonic() - began

        # Spread over the whole run: one kill in each part of it, in any order.
        moments = [(part + chance.random()) / kills * whole for part in range(kills)]
        chance.shuffle(moments)
        killed = 0
        for number, moment in enumerate(moments):
            if number % 3 != 2:
                change(catalog, 2 + number)
            if number % 5 == 4:
                shutil.rmtree(cache / "blobs", ignore_errors=True)  # What the machine had is gone, too.
            release = start(catalog, "release", **variables)
            with suppress(subprocess.TimeoutExpired):
                release.communicate(timeout=moment)
            with suppress(ProcessLookupError):
                os.killpg(release.pid, signal.SIGKILL)
            release.communicate(timeout=60)
            killed += release.returncode == -signal.SIGKILL
            assert release.returncode in (0, -signal.SIGKILL)
            assert_sound(catalog)

        assert killed > kills // 2, "a kill that comes too late tests nothing"
        last = catalog.modelyard("release", **variables)
        assert last.returncode == 0, last.stderr
        assert_sound(catalog)
        assert_finished(catalog)
        forgotten = left_behind(catalog)
        assert len(forgotten) <= killed
        assert all("org.modelyard.sandbox" in one["Labels"] for one in forgotten), "a later builder sweeps them"
        assert len(list((cache / "tmp").glob("*"))) <= killed
        assert not list(cache.glob("blobs/**/*.*"))


def test_two_builders_at_once_on_one_registry_end_well(tmp_path: Path) -> None:
    with cleaned(tiny_catalog(tmp_path / "catalog")) as catalog:
        assert catalog.modelyard("release").returncode == 0
        before = catalog_tags(catalog)["latest"]
        change(catalog, 1)

        builders = [start(catalog, "release") for _ in range(2)]
        said = [builder.communicate(timeout=300)[0] for builder in builders]

        assert [builder.returncode for builder in builders] == [0, 0], said
        assert_sound(catalog)
        assert catalog_tags(catalog)["latest"] != before
        last = catalog.modelyard("release")
        assert last.returncode == 0
        assert "build bright-parts" not in last.stderr
        assert_finished(catalog)
        assert left_behind(catalog) == []


@pytest.fixture(scope="module")
def elsewhere(own: OwnRegistry, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    """A catalog in that registry."""
    with cleaned(tiny_catalog(tmp_path_factory.mktemp("elsewhere"), own.address, weights=5_000_000)) as catalog:
        yield catalog


def test_a_registry_that_goes_away_in_the_middle_of_a_push(own: OwnRegistry, elsewhere: Catalog) -> None:
    release = start(elsewhere, "release")
    while not own.uploads and release.poll() is None:
        time.sleep(0.005)
    own.kill()
    time.sleep(1)
    own.start()
    said, _ = release.communicate(timeout=300)

    # The engine tries a broken upload again by itself, and may have got through.
    assert "Traceback" not in said
    assert release.returncode == 0 or len([line for line in said.splitlines() if line.startswith("error: ")]) <= 1, said
    assert_sound(elsewhere)
    done = elsewhere.modelyard("release")
    assert done.returncode == 0, done.stderr
    assert "build bright-parts" not in done.stderr, "what was built and checked is pushed as it is"
    assert_sound(elsewhere)
    assert_finished(elsewhere)


def test_a_registry_that_is_gone_when_the_push_begins(own: OwnRegistry, elsewhere: Catalog) -> None:
    before = catalog_tags(elsewhere)
    change(elsewhere, 1)
    release = start(elsewhere, "release")
    assert release.stdout is not None
    said = ""
    for line in release.stdout:
        said += line
        if "  build bright-parts" in line:
            own.kill()
    code = release.wait(300)
    own.start()

    assert code == 1
    assert "Traceback" not in said
    assert own.address in said
    assert catalog_tags(elsewhere) == before
    done = elsewhere.modelyard("release")
    assert done.returncode == 0, done.stderr
    assert_sound(elsewhere)
    assert_finished(elsewhere)


def test_a_disk_that_is_full_is_one_line_and_nothing_partial_is_kept(tmp_path: Path) -> None:
    catalog = tiny_catalog(tmp_path / "catalog", weights=5_000_000)
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", small], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("no small disk can be mounted here")
    try:
        done = catalog.modelyard("fetch", MODELYARD_CACHE=str(small))
        kept = [path for path in small.rglob("*") if path.is_file()]
    finally:
        subprocess.run(["umount", small], check=True)

    assert done.returncode == 1
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1, done.stderr
    assert "MODELYARD_CACHE" in errors[0]
    assert "Traceback" not in done.stderr
    assert kept == []
