"""The software bill of materials of an image: CycloneDX 1.6, https://cyclonedx.org/docs/1.6/json/.

It names what the image has installed, the network's weights as machine-learning models, and the samples as data; each
with its version or digest, its licence, and where it comes from. The same image gives the same document.
"""

from __future__ import annotations

import datetime
import uuid

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, Property, XsUri
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.tool import ToolRepository
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from modelyard.catalog.containers.inventory import Inventory, Package
from modelyard.catalog.records.artifact_types import SBOM as ARTIFACT_TYPE
from modelyard.catalog.records.report import Report
from modelyard.manifest.asset import Asset, Weights

__all__ = ["ARTIFACT_TYPE", "make"]

_LICENCES = LicenseFactory()


def make(report: Report, asset: Asset, inventory: Inventory, repository: str) -> bytes:
    """The document, as JSON.

    Args:
        report: What is known of the image; its digest is that of the registry.
        asset: What went into it.
        inventory: What it has installed.
        repository: Its full name in the registry.
    """
    image = _image(report, asset, repository)
    parts = [
        _framework(report),
        Component(name="python", version=inventory.interpreter, type=ComponentType.PLATFORM, bom_ref="python",
                  licenses=[_LICENCES.make_from_string("PSF-2.0")]),
        *(_package("pypi", None, one) for one in inventory.python),
        *(_package("deb", "debian", one) for one in inventory.debian),
        *(_weights(one) for one in asset.weights),
        *(_sample(report, one) for one in _sample_licences(asset)),
    ]  # fmt: skip
    made = datetime.datetime.fromisoformat(report.made)
    metadata = BomMetaData(component=image, timestamp=made, tools=ToolRepository(components=[_framework(report)]))
    bom = Bom(
        components=parts, metadata=metadata, serial_number=uuid.uuid5(uuid.NAMESPACE_URL, f"{report.digest}"), version=1
    )
    bom.register_dependency(image, parts)
    return JsonV1Dot6(bom).output_as_string(indent=1).encode()


def _image(report: Report, asset: Asset, repository: str) -> Component:
    digest = (report.digest or "").removeprefix("sha256:")
    return Component(
        name=asset.name,
        version=asset.version,
        type=ComponentType.CONTAINER,
        bom_ref="image",
        description=asset.summary,
        licenses=[_LICENCES.make_from_string(asset.license)],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)] if digest else [],
        purl=PackageURL(
            "oci", None, asset.name, report.digest, {"repository_url": repository, "tag": f"key-{report.key}"}
        ),
        properties=[
            Property(name="modelyard:key", value=report.key),
            Property(name="modelyard:runtime", value=report.runtime),
            Property(name="modelyard:task", value=asset.task),
            Property(name="modelyard:variant", value=report.variant),
        ],
    )


def _framework(report: Report) -> Component:
    return Component(
        name="modelyard",
        version=report.modelyard,
        type=ComponentType.FRAMEWORK,
        bom_ref="modelyard",
        licenses=[_LICENCES.make_from_string("Apache-2.0")],
    )


def _package(kind: str, namespace: str | None, package: Package) -> Component:
    return Component(
        name=package.name,
        version=package.version,
        type=ComponentType.LIBRARY,
        bom_ref=f"{kind}:{package.name}@{package.version}",
        licenses=[_LICENCES.make_from_string(package.licence)] if package.licence else [],
        purl=PackageURL(kind, namespace, package.name, package.version),
    )


def _weights(weights: Weights) -> Component:
    """A network's weights: the file that the source gives, by its digest."""
    sources = [weights.source, *weights.mirrors]
    return Component(
        name=weights.path,
        type=ComponentType.MACHINE_LEARNING_MODEL,
        bom_ref=f"weights:{weights.path}",
        licenses=[_LICENCES.make_from_string(weights.license)],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=weights.sha256)],
        external_references=[
            ExternalReference(type=ExternalReferenceType.DISTRIBUTION, url=XsUri(source)) for source in sources
        ],
    )


def _sample_licences(asset: Asset) -> list[tuple[str, str, str]]:
    return sorted({(sample.input, sample.license, sample.origin) for sample in asset.samples})


def _sample(report: Report, sample: tuple[str, str, str]) -> Component:
    name, licence, origin = sample
    return Component(
        name=name,
        type=ComponentType.DATA,
        bom_ref=f"sample:{name}",
        description=origin,
        licenses=[_LICENCES.make_from_string(licence)],
        properties=[Property(name="modelyard:digest", value=report.ingredients.get(f"data:{name}", ""))],
    )
