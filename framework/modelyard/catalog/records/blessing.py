"""The verdict on an image, signed: an in-toto statement with a SLSA verification summary.

https://slsa.dev/spec/v1.0/verification_summary: who looked at what, by which policy, on what evidence, and found what.
It stands beside the image, so that whoever deploys it can refuse what nobody they trust has let through.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from modelyard.catalog.records import envelope
from modelyard.catalog.records.artifact_types import SIGNED as ARTIFACT_TYPE
from modelyard.catalog.records.envelope import Signer, TrustedKey
from modelyard.catalog.records.report import ARTIFACT_TYPE as REPORT
from modelyard.catalog.records.report import Checked, Report
from modelyard.catalog.registry import Manifest, Registry
from modelyard.errors import ModelyardError

_STATEMENT = "https://in-toto.io/Statement/v1"
_PREDICATE = "https://slsa.dev/verification_summary/v1"
_POLICY = "urn:modelyard:gates:1"


def make(report: Report, document: bytes, repository: str, signer: Signer) -> bytes:
    """The envelope.

    Args:
        report: What was found out about the image; its digest is that of the registry.
        document: The report, as it stands beside the image.
        repository: The image's full name in the registry.
        signer: Who signs.
    """
    digest = (report.digest or "").removeprefix("sha256:")
    statement = {
        "_type": _STATEMENT,
        "subject": [{"name": repository, "digest": {"sha256": digest}}],
        "predicateType": _PREDICATE,
        "predicate": {
            "verifier": {"id": f"urn:modelyard:builder:{report.modelyard}"},
            "timeVerified": report.made,
            "resourceUri": f"oci://{repository}@{report.digest}",
            "policy": {"uri": _POLICY},
            "inputAttestations": [{"uri": "report", "digest": {"sha256": hashlib.sha256(document).hexdigest()}}],
            "verificationResult": "PASSED" if report.lets_through else "FAILED",
            "verifiedLevels": [],
        },
    }
    return signer.sign(json.dumps(statement).encode())


def check(registry: Registry, name: str, image: Manifest, trusted: Iterable[TrustedKey]) -> Checked:
    """Whether somebody trusted has let an image through, on the evidence that stands beside it.

    Args:
        registry: Where the image is.
        name: Its name.
        image: The image.
        trusted: Whose word counts.
    """
    found = registry.documents(name, image.digest, ARTIFACT_TYPE)
    reports = {hashlib.sha256(one).hexdigest() for one in registry.documents(name, image.digest, REPORT)}
    trusted, whys = list(trusted), []
    for one in reversed(found):
        try:
            statement, signer = envelope.opened(one, trusted)
            why = _wrong(statement, image, reports)
        except ModelyardError as error:
            why = str(error)
        if not why:
            return Checked(name="blessing", passed=True, said=f"signed by {signer.name}")
        whys.append(why)
    return Checked(name="blessing", passed=False, said=whys[0] if whys else "nobody has signed a verdict")


def _wrong(statement: dict[str, Any], image: Manifest, reports: set[str]) -> str:
    """What is wrong with a signed statement; nothing where all is well."""
    try:
        about = [one["digest"]["sha256"] for one in statement["subject"]]
        predicate = statement["predicate"]
        evidence = [one["digest"]["sha256"] for one in predicate["inputAttestations"]]
        kind, result = statement["predicateType"], predicate["verificationResult"]
    except (KeyError, TypeError):
        return "what is signed is no verification summary"
    if kind != _PREDICATE:
        return "what is signed is no verification summary"
    if about != [image.digest.removeprefix("sha256:")]:
        return "what is signed is about another image"
    if result != "PASSED":
        return f"the signed verdict is {result}"
    if not set(evidence) <= reports:
        return "the report that was signed is not the one beside the image"
    return ""
