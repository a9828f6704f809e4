"""Where an image comes from: an in-toto statement with a SLSA provenance predicate.

https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md and https://slsa.dev/spec/v1.0/provenance. It says
what was asked for and what went in, by digest; nothing of the machine that did it.
"""

from __future__ import annotations

import json
from typing import Any

from modelyard.catalog.records.report import Report
from modelyard.manifest.asset import Asset

ARTIFACT_TYPE = "application/vnd.in-toto+json"

_STATEMENT = "https://in-toto.io/Statement/v1"
_PREDICATE = "https://slsa.dev/provenance/v1"
_BUILD_TYPE = "urn:modelyard:release:1"


def make(report: Report, asset: Asset, repository: str, commit: str | None) -> bytes:
    """The statement, as JSON.

    Args:
        report: What is known of the image; its digest is that of the registry.
        asset: What went into it.
        repository: Its full name in the registry.
        commit: The commit of the catalog that it was built from, where it is in git.
    """
    digest = (report.digest or "").removeprefix("sha256:")
    statement = {
        "_type": _STATEMENT,
        "subject": [{"name": repository, "digest": {"sha256": digest}}],
        "predicateType": _PREDICATE,
        "predicate": {
            "buildDefinition": {
                "buildType": _BUILD_TYPE,
                "externalParameters": {
                    "asset": report.name,
                    "version": report.version,
                    "variant": report.variant,
                    "runtime": report.runtime,
                    "key": report.key,
                },
                "internalParameters": {"cause": report.cause},
                "resolvedDependencies": [*_of_commit(commit), *_of_weights(asset), *_of_ingredients(report)],
            },
            "runDetails": {
                "builder": {"id": f"urn:modelyard:builder:{report.modelyard}"},
                "metadata": {"invocationId": f"{report.key}/{report.made}", "finishedOn": report.made},
            },
        },
    }
    return json.dumps(statement, indent=1).encode()


def _of_commit(commit: str | None) -> list[dict[str, Any]]:
    return [{"name": "catalog", "digest": {"gitCommit": commit}}] if commit else []


def _of_weights(asset: Asset) -> list[dict[str, Any]]:
    return [
        {"name": f"weights:{one.path}", "uri": one.source, "digest": {"sha256": one.sha256}} for one in asset.weights
    ]


def _of_ingredients(report: Report) -> list[dict[str, Any]]:
    """Everything that the key is made of; versions and shortened digests, as the key has them."""
    return [
        {"name": name, "annotations": {"value": value}}
        for name, value in sorted(report.ingredients.items())
        if not name.startswith("weights:")
    ]
