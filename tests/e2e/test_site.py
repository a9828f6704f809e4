"""The site, from a real registry: it says what is published, makes what changed, and knows what is no more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from scripts.benchmarks import _generated

from modelyard.catalog import labels
from modelyard.catalog.records import attacked, chronicling
from modelyard.catalog.records.quality import Quality
from modelyard.catalog.records.report import ARTIFACT_TYPE
from modelyard.catalog.registry import Registry
from tests.catalog.records.memory import report
from tests.catalog.site.records import attack, quality
from tests.e2e.conftest import NAME, Catalog

pytestmark = pytest.mark.engine

OTHER = "an-older-model"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "public"


def publish(catalog: Catalog, name: str, version: str, day: int, figures: Quality | None = None) -> str:
    """What a release leaves, but for the layers."""
    registry, made = Registry(catalog.prefix), f"2026-01-0{day}T00:00:00+00:00"
    key = f"{day}" * 32
    written = {labels.KEY: key, labels.VARIANT: "cpu", labels.OCI + "version": version, labels.OCI + "title": name}
    tags = [f"key-{key}", f"{version}-cpu", version, "latest"]
    digest = _generated.image(catalog.prefix, name, tags, written, made)
    image = registry.manifest(name, digest)
    assert image is not None
    content = report(name, version, made, digest, figures).model_dump_json().encode()
    registry.attach(name, image, ARTIFACT_TYPE, content, created=made)
    return digest


def render(catalog: Catalog, site: Path, *options: str, **variables: str) -> dict[str, Any]:
    done = catalog.modelyard(
        "site", "--output", str(site), "--json", *options, MODELYARD_CACHE=f"{site}-cache", **variables
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_site_is_what_the_registry_says(catalog: Catalog, site: Path) -> None:
    first = publish(catalog, NAME, "1.0.0", 1)
    publish(catalog, OTHER, "1.0.0", 2)
    withdrawn = f"withdrawn: {{{OTHER}: {{why: its weights were lost, instead: {NAME}}}}}\n"
    manifest = catalog.root / "catalog.yaml"
    manifest.write_text(manifest.read_text("utf-8") + withdrawn, "utf-8")
    assert render(catalog, site)["assets"] == 2

    page = (site / "models" / f"{NAME}.html").read_text("utf-8")
    assert first in page
    assert f"docker run --rm -p 127.0.0.1:5001:5000 {catalog.image}" in page
    gone = (site / "models" / f"{OTHER}.html").read_text("utf-8")
    assert "Withdrawn: its weights were lost" in gone
    assert "docker run" not in gone

    # Once chronicles say how things are, what didn't change is taken over.
    publish(catalog, NAME, "1.1.0", 3)
    manifest.write_text(manifest.read_text("utf-8") + "site: shown\n", "utf-8")
    back = catalog.modelyard("rollback", NAME, "--reason", "it <was> worse")
    assert back.returncode == 0, back.stderr
    assert "it &lt;was&gt; worse" in (catalog.root / "shown" / "models" / f"{NAME}.html").read_text("utf-8")
    manifest.write_text(manifest.read_text("utf-8").replace("site: shown\n", ""), "utf-8")
    assert NAME in render(catalog, site)["made"]
    assert "it &lt;was&gt; worse" in (site / "models" / f"{NAME}.html").read_text("utf-8")
    assert NAME not in render(catalog, site)["made"]

    # Who asks afresh sees also what somebody changed without writing a chronicle.
    publish(catalog, NAME, "1.2.0", 4)
    assert NAME not in render(catalog, site)["made"]
    assert NAME in render(catalog, site, "--afresh")["made"]

    # And somebody's own hand on a page is no longer there after the next render.
    page_file = site / "models" / f"{NAME}.html"
    page_file.write_text("nonsense", "utf-8")
    assert NAME in render(catalog, site)["made"]
    assert "nonsense" not in page_file.read_text("utf-8")


def test_what_an_attack_left_beside_an_image_is_in_its_report_and_on_its_page(catalog: Catalog, site: Path) -> None:
    registry, name = Registry(catalog.prefix), "some-model"
    image = registry.manifest(name, publish(catalog, name, "1.0.0", 5, quality(name)))
    assert image is not None
    render(catalog, site)
    before = catalog.modelyard("report", name)
    registry.attach(name, image, attacked.ARTIFACT_TYPE, attack(name), created="2026-01-06T00:00:00+00:00")
    chronicling.renew(registry, name)

    after = catalog.modelyard("report", name)

    assert "attack" not in before.stdout
    assert "right after the attack: 0.6200 (0.4700 to 0.7500)" in after.stdout, after.stderr
    assert name in render(catalog, site)["made"]
    page = (site / "models" / f"{name}.html").read_text("utf-8")
    assert "Under attack: 62 of 100 stay right" in page
    assert (site / "models" / name / "attack-cpu.json").read_bytes() == attack(name)


def test_a_folder_must_be_named(catalog: Catalog) -> None:
    done = catalog.modelyard("site")
    assert done.returncode == 1
    assert "--output" in done.stderr
