"""What the builder does with a registry."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from requests.utils import parse_header_links

from modelyard.catalog.registry import certificates
from modelyard.catalog.registry.address import fallback_tag, target
from modelyard.catalog.registry.connection import Answer, Connection, Refused
from modelyard.catalog.registry.manifest import (
    ACCEPT,
    CREATED,
    NOTHING,
    OCI_INDEX,
    OCI_MANIFEST,
    TITLE,
    Manifest,
    artifact,
    digest_of,
)
from modelyard.errors import ModelyardError

_TRIES = 8
_UPLOADS = 3
_BLOB_UNKNOWN = "MANIFEST_BLOB_UNKNOWN"
_PAGES = 1000
_LARGEST_DOCUMENT = 64_000_000


@dataclass(frozen=True)
class Registry:
    """A registry and the folder of it that a catalog publishes to. May be used by many threads.

    Logins are Docker's own, from `docker login`; see `Connection` for what is tried again.

    Attributes:
        prefix: Such as `127.0.0.1:5000/modelyard`.
        certificates: Where Docker's folders of certificates are, one for each registry.
    """

    prefix: str
    certificates: Path = certificates.FOLDER

    @property
    def host(self) -> str:
        """Name and port."""
        return self.prefix.partition("/")[0]

    def repository(self, name: str) -> str:
        """The full name of an image, without a tag."""
        return f"{self.prefix}/{name}"

    def check(self) -> None:
        """Makes sure that the registry answers, and takes the login if it wants one.

        Raises:
            RegistryDown: It doesn't answer.
            ModelyardError: It wants another login.
        """
        if self._connection.request("GET", "/v2/").status == 404:
            raise ModelyardError(f"{self.host} is no registry: mend `registry` in catalog.yaml")

    def clock(self) -> float | None:
        """The registry's time, in seconds since 1970; None where it doesn't tell."""
        said = self._connection.request("GET", "/v2/").headers.get("Date", "")
        try:
            return parsedate_to_datetime(said).timestamp()
        except (TypeError, ValueError, OverflowError):
            return None

    def try_upload(self) -> None:
        """Begins an upload and gives it up, so that nothing is left.

        Raises:
            ModelyardError: The registry takes none, from nobody or from us.
        """
        name = "doctor"
        started = self._ask("POST", name, "blobs/uploads/", rights="pull,push")
        if started is None or not started.headers.get("Location"):
            raise ModelyardError(f"{self.repository(name)}: the registry takes no uploads")
        place = target(self._path(name, "blobs/uploads/"), started.headers["Location"])
        with suppress(Refused):  # some registries let nobody give up, and clear away by themselves
            self._connection.request("DELETE", place, scope=self._scope(name, "pull,push"))

    def manifest(self, name: str, reference: str) -> Manifest | None:
        """The manifest of an image, by tag or digest; None where there is none."""
        answer = self._ask("GET", name, f"manifests/{reference}", headers={"Accept": ACCEPT})
        if answer is None:
            return None
        said = reference if ":" in reference else answer.headers.get("Docker-Content-Digest")
        self._compare(name, said, answer.content)
        return Manifest(digest_of(answer.content), answer.headers.get("Content-Type", ""), answer.content)

    def digest(self, name: str, reference: str) -> str | None:
        """The digest that a tag points to; None where there is no such tag."""
        answer = self._ask("HEAD", name, f"manifests/{reference}", headers={"Accept": ACCEPT})
        if answer is None:
            return None
        said = answer.headers.get("Docker-Content-Digest")
        if said is None:
            manifest = self.manifest(name, reference)
            return None if manifest is None else manifest.digest
        return str(said)

    def configuration(self, name: str, manifest: Manifest) -> Mapping[str, Any]:
        """The configuration of an image, as the OCI image specification has it."""
        content = self._document(name, manifest.config)
        if content is None:
            raise ModelyardError(f"{self.repository(name)}@{manifest.digest}: the registry lost its configuration")
        return self._parsed(name, content)

    def labels(self, name: str, manifest: Manifest) -> Mapping[str, str]:
        """The labels of an image."""
        labels: Mapping[str, str] = self.configuration(name, manifest).get("config", {}).get("Labels") or {}
        return labels

    def tag(self, name: str, tag: str, manifest: Manifest) -> None:
        """Points a tag to a manifest that the registry has."""
        self._put_manifest(name, tag, manifest.content, manifest.media_type)

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
        refers = {"mediaType": subject.media_type, "digest": subject.digest, "size": len(subject.content)}
        manifest = {**artifact(artifact_type, [content], annotations={CREATED: created}), "subject": refers}
        body = json.dumps(manifest).encode()
        digest = digest_of(body)
        answer = self._put_artifact(name, digest, [content], body)
        if "OCI-Subject" not in answer.headers:
            entry = {
                "mediaType": OCI_MANIFEST,
                "artifactType": artifact_type,
                "digest": digest,
                "size": len(body),
                "annotations": {CREATED: created},
            }
            self._refer(name, subject.digest, entry)
        return digest

    def _refer(self, name: str, subject: str, entry: dict[str, Any]) -> None:
        """Adds an artifact to the index of all that refers to an image.

        Another builder may write the index between our reading and our writing it, so it is read again a moment after
        it was written. One that takes longer than that moment between the two can still undo what we wrote.
        """
        for attempt in range(_TRIES):
            known = self.attached(name, subject)
            if any(one["digest"] == entry["digest"] for one in known):
                return
            index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [*known, entry]}
            self._put_manifest(name, fallback_tag(subject), json.dumps(index).encode(), OCI_INDEX)
            time.sleep(random.uniform(0.05, 0.1) * (attempt + 1))  # noqa: S311 (so that two don't keep step)
        if not any(one["digest"] == entry["digest"] for one in self.attached(name, subject)):
            raise ModelyardError(
                f"{self.repository(name)}@{subject}: others write beside it all the time; run it again"
            )

    def keep(
        self, name: str, tag: str, artifact_type: str, content: bytes, annotations: Mapping[str, str] | None = None
    ) -> None:
        """Puts a document under a tag, as an OCI artifact of its own.

        Args:
            name: The name to keep it under.
            tag: Its tag.
            artifact_type: What kind of document it is; its media type too.
            content: The document.
            annotations: Short facts that `annotations` gives without reading the document.
        """
        body = json.dumps(artifact(artifact_type, [content], annotations=annotations or {})).encode()
        self._put_artifact(name, tag, [content], body)

    def keep_files(self, name: str, tag: str, artifact_type: str, files: Mapping[str, bytes]) -> None:
        """Puts files under a tag, as one OCI artifact that names them as other clients do, so that these can pull it.

        Args:
            name: The name to keep them under.
            tag: Their tag.
            artifact_type: What kind of files they are; their media type too.
            files: Their contents, by name.
        """
        contents = list(files.values())
        body = json.dumps(artifact(artifact_type, contents, titles=list(files))).encode()
        self._put_artifact(name, tag, contents, body)

    def kept_files(self, name: str, reference: str) -> dict[str, str] | None:
        """The digests of the files under a tag or digest, by name; None where there is nothing."""
        manifest = self.manifest(name, reference)
        if manifest is None:
            return None
        layers = self._parsed(name, manifest.content).get("layers") or []
        try:
            return {str(one["annotations"][TITLE]): str(one["digest"]) for one in layers}
        except (KeyError, TypeError):
            raise ModelyardError(f"{self.repository(name)}@{manifest.digest}: it holds no files") from None

    def kept(self, name: str, reference: str) -> bytes | None:
        """The document under a tag or digest; None where there is none."""
        manifest = self.manifest(name, reference)
        if manifest is None:
            return None
        try:
            layer = str(self._parsed(name, manifest.content)["layers"][0]["digest"])
        except (KeyError, IndexError, TypeError):
            raise ModelyardError(f"{self.repository(name)}@{manifest.digest}: it holds no document") from None
        return self._document(name, layer)

    def annotations(self, name: str, reference: str) -> dict[str, str] | None:
        """The annotations of what is under a tag or digest; None where there is nothing."""
        manifest = self.manifest(name, reference)
        if manifest is None:
            return None
        found = self._parsed(name, manifest.content).get("annotations")
        return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}

    def attached(self, name: str, digest: str) -> list[dict[str, Any]]:
        """Descriptors of all artifacts that refer to an image."""
        found = self._list(name, f"referrers/{digest}", "manifests")
        if found is None:
            found = self._list(name, f"manifests/{fallback_tag(digest)}", "manifests")
        return [one for one in found or [] if isinstance(one, dict) and isinstance(one.get("digest"), str)]

    def document(self, name: str, digest: str, artifact_type: str) -> bytes | None:
        """The newest document of a kind beside an image; None where there is none."""
        found = (self.kept(name, one["digest"]) for one in reversed(self._matching(name, digest, artifact_type)))
        return next((content for content in found if content is not None), None)

    def documents(self, name: str, digest: str, artifact_type: str) -> list[bytes]:
        """All documents of a kind beside an image, the newest last."""
        found = [self.kept(name, one["digest"]) for one in self._matching(name, digest, artifact_type)]
        return [content for content in found if content is not None]

    def _matching(self, name: str, digest: str, artifact_type: str) -> list[dict[str, Any]]:
        """Descriptors of a kind, the newest last; where none says when it was made, the last is the newest."""
        matching = [one for one in self.attached(name, digest) if one.get("artifactType") == artifact_type]
        return sorted(matching, key=lambda one: str((one.get("annotations") or {}).get(CREATED, "")))

    def delete(self, name: str, digest: str) -> None:
        """Takes a manifest, and all tags that point to it, away.

        Raises:
            ModelyardError: The registry doesn't let anybody delete.
        """
        self._ask("DELETE", name, f"manifests/{digest}", rights="delete")

    def blob(self, name: str, digest: str) -> Iterator[bytes]:
        """The bytes of a layer or a configuration, in parts, as the registry has them: the reader checks their digest.

        Raises:
            ModelyardError: The registry doesn't have it.
        """
        with self._connection.stream(self._path(name, f"blobs/{digest}"), self._scope(name, "pull")) as parts:
            if parts is None:
                raise ModelyardError(f"{self.repository(name)}: the registry lost {digest}")
            yield from parts

    def tags(self, name: str) -> list[str]:
        """All tags of an image's name."""
        return sorted(str(tag) for tag in self._list(name, "tags/list", "tags") or [])

    def _list(self, name: str, rest: str, field: str) -> list[Any] | None:
        return self.pages(self._path(name, rest), self._scope(name, "pull"), field)

    def pages(self, path: str, scope: str, field: str) -> list[Any] | None:
        """A list that the registry may give in parts, with a Link header to the next; None where there is none."""
        found: list[Any] = []
        seen: set[str] = set()
        while path not in seen and len(seen) < _PAGES:
            answer = self._connection.request(
                "GET",
                path,
                scope=scope,
                headers={"Accept": f"{OCI_INDEX}, application/json"},
                limit=_LARGEST_DOCUMENT,
            )
            if answer.status == 404:
                return found if seen else None
            seen.add(path)
            part = self._parsed(path, answer.content).get(field) or []
            found += part if isinstance(part, list) else []
            links = parse_header_links(answer.headers.get("Link", ""))
            following = next((str(link["url"]) for link in links if link.get("rel") == "next" and link["url"]), None)
            if following is None:
                return found
            path = target(path, following)
        raise ModelyardError(f"{self.host}{path}: the registry's pages of {field} have no end")

    def _put_artifact(self, name: str, reference: str, contents: Sequence[bytes], body: bytes) -> Answer:
        """Uploads documents, and the manifest over them.

        While another builder uploads the same bytes, a registry may for a moment not know them.
        """
        for _ in range(_UPLOADS):
            for blob in {NOTHING, *contents}:
                self._put_blob(name, blob)
            try:
                return self._put_manifest(name, reference, body, OCI_MANIFEST)
            except Refused as refused:
                if _BLOB_UNKNOWN not in refused.codes:
                    raise
            time.sleep(random.uniform(0.1, 0.3))  # noqa: S311
        return self._put_manifest(name, reference, body, OCI_MANIFEST)

    def _put_manifest(self, name: str, reference: str, content: bytes, media_type: str) -> Answer:
        headers = {"Content-Type": media_type}
        answer = self._ask("PUT", name, f"manifests/{reference}", rights="pull,push", data=content, headers=headers)
        if answer is None:
            raise ModelyardError(f"{self.repository(name)}: the registry takes no manifests under this name")
        return answer

    def _put_blob(self, name: str, content: bytes) -> None:
        """Uploads bytes, unless the registry has them.

        Where an upload's answer was lost, the upload is unknown when it is tried again, and the bytes are there.
        """
        digest = digest_of(content)
        scope = self._scope(name, "pull,push")
        headers = {"Content-Type": "application/octet-stream"}
        for _ in range(_UPLOADS):
            if self._ask("HEAD", name, f"blobs/{digest}", rights="pull,push") is not None:
                return
            started = self._ask("POST", name, "blobs/uploads/", rights="pull,push")
            if started is None or not started.headers.get("Location"):
                break
            place = target(self._path(name, "blobs/uploads/"), started.headers["Location"])
            place = f"{place}{'&' if '?' in place else '?'}digest={quote(digest)}"
            if self._connection.request("PUT", place, scope=scope, data=content, headers=headers).status != 404:
                return
        raise ModelyardError(f"{self.repository(name)}: the registry takes no uploads")

    def _document(self, name: str, digest: str) -> bytes | None:
        """A small blob, whole and as its digest says; None where there is none."""
        answer = self._ask("GET", name, f"blobs/{digest}", limit=_LARGEST_DOCUMENT)
        if answer is None:
            return None
        self._compare(name, digest, answer.content)
        return answer.content

    def _compare(self, name: str, said: str | None, content: bytes) -> None:
        if said is not None and said != digest_of(content):
            raise ModelyardError(
                f"{self.repository(name)}@{said[:100]}: the registry gives other bytes than these: "
                "see whether its storage is damaged, or who changed it"
            )

    def _parsed(self, name: str, content: bytes) -> dict[str, Any]:
        try:
            found = json.loads(content)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise ModelyardError(f"{name}: the registry {self.host} answers what is not JSON")
        return found

    def _ask(self, method: str, name: str, rest: str, *, rights: str = "pull", **options: Any) -> Answer | None:
        """The answer; None for 404."""
        scope = self._scope(name, rights)
        answer = self._connection.request(method, self._path(name, rest), scope=scope, **options)
        return None if answer.status == 404 else answer

    def _scope(self, name: str, rights: str) -> str:
        return f"repository:{'/'.join(filter(None, (self.prefix.partition('/')[2], name)))}:{rights}"

    def _path(self, name: str, rest: str) -> str:
        folder = self.prefix.partition("/")[2]
        return "/v2/" + "/".join(filter(None, (folder, name, rest)))

    @cached_property
    def _connection(self) -> Connection:
        return Connection(self.host, self.certificates)
