"""A registry in memory: what the records ask of one, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from modelyard.catalog import labels
from modelyard.catalog.records import evidence, moves
from modelyard.catalog.records.behaviour import Behaviour
from modelyard.catalog.records.moves import Move
from modelyard.catalog.records.quality import Changed, Quality
from modelyard.catalog.records.report import ARTIFACT_TYPE, Checked, Machine, Report
from modelyard.catalog.registry import Manifest
from modelyard.catalog.registry.manifest import digest_of


class MemoryRegistry:
    """Names, each with tags, and documents beside images."""

    prefix = "registry.test/folder"

    def __init__(self) -> None:
        self.tagged: dict[str, dict[str, str]] = {}
        self.manifests: dict[str, Manifest] = {}
        self.written: dict[str, Mapping[str, str]] = {}
        self.beside: dict[str, list[tuple[str, bytes, str]]] = {}
        self.documents_kept: dict[tuple[str, str], bytes] = {}

    def repository(self, name: str) -> str:
        return f"{self.prefix}/{name}"

    def tags(self, name: str) -> list[str]:
        kept = [tag for under, tag in self.documents_kept if under == name]
        return sorted([*self.tagged.get(name, {}), *kept])

    def digest(self, name: str, tag: str) -> str | None:
        return self.tagged.get(name, {}).get(tag)

    def manifest(self, name: str, reference: str) -> Manifest | None:
        return self.manifests.get(self.tagged.get(name, {}).get(reference, reference))

    def labels(self, _name: str, image: Manifest) -> Mapping[str, str]:
        return self.written[image.digest]

    def configuration(self, _name: str, _image: Manifest) -> Mapping[str, Any]:
        return {"history": [{"created_by": "RUN nothing", "empty_layer": True}, {"created_by": "COPY all of it"}]}

    def attached(self, _name: str, digest: str) -> list[dict[str, Any]]:
        return [{"artifactType": kind, "digest": digest_of(body)} for kind, body, _ in self.beside.get(digest, [])]

    def attach(self, _name: str, subject: Manifest, artifact_type: str, content: bytes, *, created: str) -> str:
        self.beside.setdefault(subject.digest, []).append((artifact_type, content, created))
        return digest_of(content)

    def documents(self, _name: str, digest: str, artifact_type: str) -> list[bytes]:
        found = [one for one in self.beside.get(digest, []) if one[0] == artifact_type]
        return [content for _, content, _ in sorted(found, key=lambda one: one[2])]

    def document(self, name: str, digest: str, artifact_type: str) -> bytes | None:
        return next(iter(reversed(self.documents(name, digest, artifact_type))), None)

    def keep(self, name: str, tag: str, _artifact_type: str, content: bytes) -> None:
        self.documents_kept[name, tag] = content

    def kept(self, name: str, tag: str) -> bytes | None:
        return self.documents_kept.get((name, tag))

    # What the specifications do to it.

    def publish(
        self, name: str, version: str, made: str, quality: Quality | None = None, moved: float | None = None
    ) -> str:
        """Pushes an image that passed, and points the tags to it.

        Args:
            name: The asset.
            version: Its version.
            made: When it was checked.
            quality: Its figures.
            moved: How far its accuracy moved against the image that was the latest, where they were compared.
        """
        before = self.tagged.get(name, {}).get("latest")
        layers = [{"size": 1_000, "digest": "sha256:0"}]
        content = json.dumps({"config": {"digest": f"{name} {version}"}, "layers": layers}).encode()
        image = Manifest(digest_of(content), "application/vnd.oci.image.manifest.v1+json", content)
        key = image.digest[7:39]
        self.manifests[image.digest] = image
        self.written[image.digest] = {
            labels.KEY: key,
            labels.VARIANT: "cpu",
            labels.TASK: "image-classification",
            labels.CAUSE: "code: pipeline.py changed",
            labels.OCI + "version": version,
            labels.OCI + "title": "A Model",
        }
        found = report(name, version, made, image.digest, quality)
        if before is not None and moved is not None:
            against = Behaviour(against=f"{self.repository(name)}@{before}", version="", said="", answers=[])
            change = Changed(value=moved, low=moved - 0.02, high=moved + 0.01, n=50)
            found = found.model_copy(update={"behaviour": against, "changes": {"accuracy": change}})
        self.attach(name, image, ARTIFACT_TYPE, found.model_dump_json().encode(), created=made)
        self.tagged.setdefault(name, {}).update({f"key-{key}": image.digest, f"{version}-cpu": image.digest})
        self.move(name, image.digest, version, made, "release")
        return image.digest

    def move(self, name: str, digest: str, version: str, made: str, kind: str) -> None:
        """Points the moving tags to an image, and writes it down."""
        move = Move(kind=kind, to=digest, instead_of=None, version=version, variant="cpu", key="0", commit=None,
                    reason="it was <wanted>", made=made)  # type: ignore[arg-type]  # fmt: skip
        moves.record(self, name, self.manifests[digest], move)  # type: ignore[arg-type]
        self.tagged[name]["latest"] = digest

    def stop(self, name: str, version: str, made: str) -> None:
        """Puts the report of an image that failed in quarantine."""
        failed = report(name, version, made, None, None)
        evidence.block(self, failed, f"key-{version.replace('.', '')}")  # type: ignore[arg-type]


def report(name: str, version: str, made: str, digest: str | None, quality: Quality | None) -> Report:
    """That of an image; one without a digest was blocked."""
    return Report(
        name=name, version=version, variant="cpu", runtime="litert", key="0", cause=["code: pipeline.py changed"],
        ingredients={}, digest=digest, verdict="passed" if digest else "blocked", quality=quality, made=made,
        checks=[
            Checked(name="image size", passed=True, said="257 MB", measures={"image size": 257.0}),
            Checked(name="quality accuracy", passed=digest is not None, said="0.9", measures={"value": 0.9, "n": 50.0}),
        ],
        machine=Machine(processor="x86_64", cores=2, system="Linux"), modelyard="0.1.0",
    )  # fmt: skip
