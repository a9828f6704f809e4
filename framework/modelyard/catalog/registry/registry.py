"""What the builder does with a registry."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

import requests

from modelyard.catalog.registry.manifest import Manifest
from modelyard.errors import ModelyardError

_SECONDS = 20
_PART = 1_000_000
_TRIES = 5
_CREATED = "org.opencontainers.image.created"
_LARGEST_MANIFEST = 4_000_000
_OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_OCI_INDEX = "application/vnd.oci.image.index.v1+json"
_ACCEPT = ", ".join(
    (
        _OCI_MANIFEST,
        _OCI_INDEX,
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    )
)


class RegistryDown(ModelyardError):
    """The registry can't be reached."""


@dataclass(frozen=True)
class Registry:
    """A registry and the folder of it that a catalog publishes to.

    Attributes:
        prefix: Such as `127.0.0.1:5000/modelyard`.
    """

    prefix: str

    @property
    def host(self) -> str:
        """Name and port."""
        return self.prefix.partition("/")[0]

    def repository(self, name: str) -> str:
        """The full name of an image, without a tag."""
        return f"{self.prefix}/{name}"

    def check(self) -> None:
        """Makes sure that the registry answers.

        Raises:
            RegistryDown: It doesn't.
        """
        self._request("GET", "/v2/")

    def manifest(self, name: str, reference: str) -> Manifest | None:
        """The manifest of an image, by tag or digest; None where there is none."""
        answer = self._request("GET", self._path(name, f"manifests/{reference}"), headers={"Accept": _ACCEPT})
        if answer is None:
            return None
        content = answer.content
        if len(content) > _LARGEST_MANIFEST:
            raise ModelyardError(f"{self.repository(name)}:{reference}: the manifest is larger than any should be")
        return Manifest(_digest(content), answer.headers.get("Content-Type", ""), content)

    def digest(self, name: str, reference: str) -> str | None:
        """The digest that a tag points to; None where there is no such tag."""
        answer = self._request("HEAD", self._path(name, f"manifests/{reference}"), headers={"Accept": _ACCEPT})
        if answer is None:
            return None
        said = answer.headers.get("Docker-Content-Digest")
        if said is None:
            manifest = self.manifest(name, reference)
            return None if manifest is None else manifest.digest
        return str(said)

    def configuration(self, name: str, manifest: Manifest) -> Mapping[str, Any]:
        """The configuration of an image, as the OCI image specification has it."""
        config = self._request("GET", self._path(name, f"blobs/{manifest.config}"))
        if config is None:
            raise ModelyardError(f"{self.repository(name)}@{manifest.digest}: the registry lost its configuration")
        found: Mapping[str, Any] = config.json()
        return found

    def labels(self, name: str, manifest: Manifest) -> Mapping[str, str]:
        """The labels of an image."""
        labels: Mapping[str, str] = self.configuration(name, manifest).get("config", {}).get("Labels") or {}
        return labels

    def tag(self, name: str, tag: str, manifest: Manifest) -> None:
        """Points a tag to a manifest that the registry has."""
        self._request(
            "PUT",
            self._path(name, f"manifests/{tag}"),
            data=manifest.content,
            headers={"Content-Type": manifest.media_type},
        )

    def attach(self, name: str, subject: Manifest, artifact_type: str, content: bytes, *, created: str) -> str:
        """Puts a document beside an image, as an OCI artifact that refers to it.

        Registries without the referrers API get what the specification has for them: a tag named after the image's
        digest, on an index of all that refers to it.

        Args:
            name: The image's name.
            subject: The image.
            artifact_type: What kind of document it is; its media type too.
            content: The document.
            created: When it was made, as RFC 3339 has it; the newest of a kind is the one that counts.

        Returns:
            The digest of the artifact.
        """
        manifest = self._artifact(name, artifact_type, content)
        manifest["annotations"] = {_CREATED: created}
        manifest["subject"] = {
            "mediaType": subject.media_type,
            "digest": subject.digest,
            "size": len(subject.content),
        }
        body = json.dumps(manifest).encode()
        digest = _digest(body)
        headers = {"Content-Type": _OCI_MANIFEST}
        answer = self._request("PUT", self._path(name, f"manifests/{digest}"), data=body, headers=headers)
        if answer is not None and "OCI-Subject" not in answer.headers:
            entry = {
                "mediaType": _OCI_MANIFEST,
                "artifactType": artifact_type,
                "digest": digest,
                "size": len(body),
                "annotations": {_CREATED: created},
            }
            self._refer(name, subject.digest, entry)
        return digest

    def _refer(self, name: str, subject: str, entry: dict[str, Any]) -> None:
        """Adds an artifact to the index of all that refers to an image.

        Another builder may write the index between our reading and our writing it, so it is read again.
        """
        for _ in range(_TRIES):
            known = self.attached(name, subject)
            if any(one["digest"] == entry["digest"] for one in known):
                return
            index = {"schemaVersion": 2, "mediaType": _OCI_INDEX, "manifests": [*known, entry]}
            self._request(
                "PUT",
                self._path(name, f"manifests/{_fallback_tag(subject)}"),
                data=json.dumps(index).encode(),
                headers={"Content-Type": _OCI_INDEX},
            )
        raise ModelyardError(f"{self.repository(name)}@{subject}: others write beside it all the time; run it again")

    def keep(self, name: str, tag: str, artifact_type: str, content: bytes) -> None:
        """Puts a document under a tag, as an OCI artifact of its own."""
        body = json.dumps(self._artifact(name, artifact_type, content)).encode()
        self._request("PUT", self._path(name, f"manifests/{tag}"), data=body, headers={"Content-Type": _OCI_MANIFEST})

    def kept(self, name: str, reference: str) -> bytes | None:
        """The document under a tag or digest; None where there is none."""
        manifest = self.manifest(name, reference)
        if manifest is None:
            return None
        layer = json.loads(manifest.content)["layers"][0]["digest"]
        answer = self._request("GET", self._path(name, f"blobs/{layer}"))
        return None if answer is None else answer.content

    def attached(self, name: str, digest: str) -> list[dict[str, Any]]:
        """Descriptors of all artifacts that refer to an image."""
        answer = self._request("GET", self._path(name, f"referrers/{digest}"), headers={"Accept": _OCI_INDEX})
        if answer is None:
            tag = self._path(name, f"manifests/{_fallback_tag(digest)}")
            answer = self._request("GET", tag, headers={"Accept": _OCI_INDEX})
        found: list[dict[str, Any]] = [] if answer is None else answer.json().get("manifests") or []
        return found

    def document(self, name: str, digest: str, artifact_type: str) -> bytes | None:
        """The newest document of a kind beside an image; None where there is none."""
        found = self.documents(name, digest, artifact_type)
        return found[-1] if found else None

    def documents(self, name: str, digest: str, artifact_type: str) -> list[bytes]:
        """All documents of a kind beside an image, the newest last."""
        matching = [one for one in self.attached(name, digest) if one.get("artifactType") == artifact_type]
        matching.sort(key=lambda one: str((one.get("annotations") or {}).get(_CREATED, "")))
        found = [self.kept(name, one["digest"]) for one in matching]
        return [content for content in found if content is not None]

    def delete(self, name: str, digest: str) -> None:
        """Takes a manifest, and all tags that point to it, away.

        Raises:
            ModelyardError: The registry doesn't let anybody delete.
        """
        self._request("DELETE", self._path(name, f"manifests/{digest}"))

    def blob(self, name: str, digest: str) -> Iterator[bytes]:
        """The bytes of a layer or a configuration, in parts.

        Raises:
            ModelyardError: The registry doesn't have it.
        """
        answer = self._request("GET", self._path(name, f"blobs/{digest}"), stream=True)
        if answer is None:
            raise ModelyardError(f"{self.repository(name)}: the registry lost {digest}")
        with answer:
            yield from answer.iter_content(_PART)

    def tags(self, name: str) -> list[str]:
        """All tags of an image's name."""
        answer = self._request("GET", self._path(name, "tags/list"))
        return [] if answer is None else sorted(answer.json().get("tags") or [])

    def _artifact(self, name: str, artifact_type: str, content: bytes) -> dict[str, Any]:
        """The manifest of an artifact that holds one document, whose parts are uploaded."""
        return {
            "schemaVersion": 2,
            "mediaType": _OCI_MANIFEST,
            "artifactType": artifact_type,
            "config": {"mediaType": "application/vnd.oci.empty.v1+json", **self._put_blob(name, b"{}")},
            "layers": [{"mediaType": artifact_type, **self._put_blob(name, content)}],
        }

    def _put_blob(self, name: str, content: bytes) -> dict[str, Any]:
        """Uploads bytes, unless the registry has them; gives their digest and size for a descriptor."""
        digest = _digest(content)
        if self._request("HEAD", self._path(name, f"blobs/{digest}")) is None:
            started = self._request("POST", self._path(name, "blobs/uploads/"))
            if started is None:
                raise ModelyardError(f"{self.repository(name)}: the registry takes no uploads")
            place = started.headers["Location"]
            place = place if place.startswith("/") else "/" + place.split("/", 3)[3]
            joined = "&" if "?" in place else "?"
            headers = {"Content-Type": "application/octet-stream"}
            self._request("PUT", f"{place}{joined}digest={quote(digest)}", data=content, headers=headers)
        return {"digest": digest, "size": len(content)}

    def _path(self, name: str, rest: str) -> str:
        folder = self.prefix.partition("/")[2]
        return "/v2/" + "/".join(filter(None, (folder, name, rest)))

    def _request(self, method: str, path: str, **options: Any) -> requests.Response | None:
        """The answer; None for 404."""
        try:
            answer = self._session.request(method, self._base + path, timeout=_SECONDS, **options)
        except requests.RequestException as error:
            raise RegistryDown(
                f"the registry {self.host} can't be reached ({type(error).__name__}): "
                "start one with scripts/registry, or name another under `registry` in catalog.yaml"
            ) from None
        if answer.status_code == 404 and path != "/v2/":
            return None
        asked = f"the registry {self.host} answers {answer.status_code} to {method} {path}"
        if answer.status_code in (401, 403):
            raise ModelyardError(f"{asked}: log in with docker login {self.host}")
        if not answer.ok:
            raise ModelyardError(f"{asked}: {_said(answer)}")
        return answer

    @property
    def _base(self) -> str:
        # Docker's own rule: a registry on this machine needs no TLS.
        local = self.host.partition(":")[0] in ("localhost", "127.0.0.1")
        return f"{'http' if local else 'https'}://{self.host}"

    @cached_property
    def _session(self) -> requests.Session:
        return requests.Session()


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _fallback_tag(digest: str) -> str:
    return digest.replace(":", "-")


def _said(answer: requests.Response) -> str:
    try:
        return "; ".join(str(error["message"]) for error in answer.json()["errors"])
    except (ValueError, KeyError, TypeError):
        return answer.text[:200]
