"""An image's manifest."""

from __future__ import annotations

import json
from dataclasses import dataclass


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
