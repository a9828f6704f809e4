"""What stands beside an image is what the tools of others read: CycloneDX, in-toto, SLSA."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from tests.catalog.lints.conftest import MANIFEST

from modelyard.catalog.containers.inventory import Inventory, Package
from modelyard.catalog.records import provenance, sbom
from modelyard.catalog.records.report import Machine, Report
from modelyard.manifest.asset import Asset
from modelyard.manifest.load import read

DIGEST = "sha256:" + "ab" * 32
COMMIT = "c0" * 20
REPOSITORY = "127.0.0.1:5000/catalog/NAME"


@pytest.fixture
def asset(tmp_path: Path) -> Asset:
    file = tmp_path / "asset.yaml"
    file.write_text(MANIFEST, "utf-8")
    return read(file, Asset)


@pytest.fixture
def report(asset: Asset) -> Report:
    return Report(
        name=asset.name,
        version=asset.version,
        variant="cpu",
        runtime="litert",
        key="1" * 32,
        cause=["code: new"],
        ingredients={"code:pipeline.py": "aa", "dependency:numpy": "2.4.0 bb"},
        digest=DIGEST,
        verdict="passed",
        checks=[],
        made="2026-01-02T03:04:05+00:00",
        machine=Machine(processor="x86_64", cores=2, system="Linux"),
        modelyard="1.2.3",
    )


def inventory(**licences: str | None) -> Inventory:
    packages = [Package(name=name, version="1.0", licence=licence) for name, licence in licences.items()]
    debian = [Package(name="libc6", version="2.41-12", licence="LGPL-2.1+, GPL-2")]
    return Inventory(interpreter="3.13.5", python=packages, debian=debian)


def test_the_sbom_is_valid_cyclonedx(report: Report, asset: Asset) -> None:
    found = sbom.make(report, asset, inventory(numpy="BSD-3-Clause", odd="a licence of its own", none=None), REPOSITORY)

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(found.decode()) is None
    # The validator takes any text for a URL, and for a time.
    assert datetime.fromisoformat(json.loads(found)["metadata"]["timestamp"]).tzinfo
    urls = re.findall(r'"url": ?"([^"]*)"', found.decode())
    assert urls
    assert not [url for url in urls if not urlsplit(url).scheme or re.search(r"[\s<>{}|\\^`]", url)]


def test_it_names_the_image_its_packages_its_weights_and_its_samples(report: Report, asset: Asset) -> None:
    found = json.loads(sbom.make(report, asset, inventory(numpy="BSD-3-Clause"), REPOSITORY))

    image = found["metadata"]["component"]
    assert image["hashes"] == [{"alg": "SHA-256", "content": "ab" * 32}]
    parts: dict[str, Any] = {part["bom-ref"]: part for part in found["components"]}
    assert parts["pypi:numpy@1.0"]["purl"] == "pkg:pypi/numpy@1.0"
    assert parts["pypi:numpy@1.0"]["licenses"] == [{"license": {"id": "BSD-3-Clause"}}]
    assert parts["deb:libc6@2.41-12"]["purl"] == "pkg:deb/debian/libc6@2.41-12"
    for weights in asset.weights:
        part = parts[f"weights:{weights.path}"]
        assert part["type"] == "machine-learning-model"
        assert part["hashes"] == [{"alg": "SHA-256", "content": weights.sha256}]
        assert {one["url"] for one in part["externalReferences"]} == {weights.source, *weights.mirrors}
    assert {f"sample:{sample.input}" for sample in asset.samples} <= parts.keys()


def test_the_same_image_gives_the_same_document(report: Report, asset: Asset) -> None:
    first, second = (sbom.make(report, asset, inventory(numpy="MIT", zlib=None), REPOSITORY) for _ in range(2))

    assert first == second


def test_the_provenance_is_a_slsa_statement_about_the_image(report: Report, asset: Asset) -> None:
    found = json.loads(provenance.make(report, asset, REPOSITORY, COMMIT))

    assert found["_type"] == "https://in-toto.io/Statement/v1"
    assert found["predicateType"] == "https://slsa.dev/provenance/v1"
    assert found["subject"] == [{"name": REPOSITORY, "digest": {"sha256": "ab" * 32}}]
    definition = found["predicate"]["buildDefinition"]
    assert definition["externalParameters"]["key"] == "1" * 32
    assert {"name": "catalog", "digest": {"gitCommit": COMMIT}} in definition["resolvedDependencies"]
    assert {"sha256": asset.weights[0].sha256} in [one.get("digest") for one in definition["resolvedDependencies"]]
    assert {"code:pipeline.py", "dependency:numpy"} < {one["name"] for one in definition["resolvedDependencies"]}


def test_outside_git_the_provenance_names_no_commit(report: Report, asset: Asset) -> None:
    found = provenance.make(report, asset, REPOSITORY, None)

    assert b"gitCommit" not in found
