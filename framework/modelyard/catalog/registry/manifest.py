"""An image's manifest, and the words that the specifications have around it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
EMPTY = "application/vnd.oci.empty.v1+json"
CREATED = "org.opencontainers.image.created"
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
