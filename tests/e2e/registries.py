"""A registry of a test's own: it may be stopped, killed, and told to delete."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping, Sequence
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


_MANIFESTS = (
    "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, "
    "application/vnd.docker.distribution.manifest.v2+json"
)


def copy_published(source: str, target: str, names: Sequence[str]) -> None:
    """Copies what stands under some names from one folder of a registry to another; nothing is uploaded again.

    Args:
        source: Registry and folder.
        target: The same registry, and another folder.
        names: What stands in the one folder.
    """
    host, _, folder = source.partition("/")
    with requests.Session() as session:
        for name in names:
            there, here = (f"{one}/{name}" for one in (folder, target.partition("/")[2]))
            copy = _Copy(session, f"http://{host}/v2", there, here)
            for tag in copy.tags():
                copy.manifest(tag)


@dataclass
class _Copy:
    session: requests.Session
    address: str
    source: str
    target: str

    def tags(self) -> list[str]:
        return list(self._ask("GET", f"{self.source}/tags/list").json()["tags"])

    def manifest(self, reference: str) -> None:
        """Copies a manifest, after all that it names."""
        found = self._ask("GET", f"{self.source}/manifests/{reference}", headers={"Accept": _MANIFESTS})
        told = found.json()
        for one in told.get("manifests", []):
            self.manifest(one["digest"])
        blobs = [told["config"], *told["layers"]] if "config" in told else []
        for digest in dict.fromkeys(blob["digest"] for blob in blobs):
            mounted = self._ask("POST", f"{self.target}/blobs/uploads/?mount={digest}&from={self.source}")
            assert mounted.status_code == 201, digest
        headers = {"Content-Type": found.headers["Content-Type"]}
        self._ask("PUT", f"{self.target}/manifests/{reference}", headers=headers, data=found.content)

    def _ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, data: bytes = b""
    ) -> requests.Response:
        answer = self.session.request(method, f"{self.address}/{path}", headers=headers, data=data, timeout=30)
        assert answer.ok, (method, path, answer.text[:200])
        return answer
