"""A registry of a test's own: it may be stopped, killed, and told to delete."""

from __future__ import annotations

import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import requests


@dataclass
class OwnRegistry:
    """A registry that the test may stop and kill."""

    folder: Path
    address: str
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it on the data that it had."""
        settings = self.folder / "registry.yml"
        settings.write_text(
            f"version: 0.1\nlog: {{level: warn}}\nstorage:\n  delete: {{enabled: true}}\n"
            f"  filesystem: {{rootdirectory: {self.folder}/data}}\n"
            f"http: {{addr: '{self.address}', secret: a-secret-of-this-test}}\n"
        )
        self.process = subprocess.Popen(
            ["docker-registry", "serve", settings], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(200):
            with suppress(requests.RequestException):
                if requests.get(f"http://{self.address}/v2/", timeout=2).ok:
                    return
            time.sleep(0.05)
        raise AssertionError("the registry doesn't answer")

    def kill(self) -> None:
        """As a power cut would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(30)

    @property
    def uploads(self) -> bool:
        """Whether an upload is going on."""
        return any(self.folder.glob("data/docker/registry/v2/repositories/*/*/_uploads/*/data"))
