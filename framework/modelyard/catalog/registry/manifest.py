"""An image's manifest, and the words that the specifications have around it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
EMPTY = "application/vnd.oci.empty.v1+json"
CREATED = "org.opencontainers.image.created"
TITLE = "org.opencontainers.image.title"
NOTHING = b"{}"
"""The configuration of an artifact."""
ACCEPT = ", ".join(
    (
        OCI_MANIFEST,
        OCI_INDEX,
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    )
)


@dataclass(frozen=True)
class Manifest:
    """An image's manifest as the registry holds it.

    Attributes:
        digest: `sha256:…` of the bytes.
        media_type: What form it has.
        content: The bytes.
    """

    digest: str
    media_type: str
    content: bytes

    @property
    def config(self) -> str:
        """The digest of the image's configuration."""
        return str(json.loads(self.content)["config"]["digest"])

    @property
    def compressed_size(self) -> int:
        """Bytes of all layers as they travel."""
        return sum(layer["size"] for layer in json.loads(self.content)["layers"])


def digest_of(content: bytes) -> str:
    """The digest of bytes, `sha256:…`."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def artifact(
    kind: str, contents: Sequence[bytes], *, titles: Sequence[str] = (), annotations: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The manifest of an artifact.

    Args:
        kind: What kind of documents it holds; their media type too.
        contents: The documents.
        titles: The name of each, where they are files.
        annotations: Short facts of the whole.
    """
    layers: list[dict[str, Any]] = [
        {"mediaType": kind, "digest": digest_of(content), "size": len(content)} for content in contents
    ]
    for layer, title in zip(layers, titles, strict=False):
        layer["annotations"] = {TITLE: title}
    return {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "artifactType": kind,
        "config": {"mediaType": EMPTY, "digest": digest_of(NOTHING), "size": len(NOTHING)},
        "layers": layers,
        **({"annotations": dict(annotations)} if annotations else {}),
    }
