"""Looking at a published image again: its bytes, what stands beside it, its key, and its own self-test."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import docker

from modelyard.catalog import ingredients, labels
from modelyard.catalog.checking.running import bring
from modelyard.catalog.containers import sandbox
from modelyard.catalog.records import blessing, evidence, provenance, sbom
from modelyard.catalog.records.envelope import TrustedKey
from modelyard.catalog.records.report import Checked
from modelyard.catalog.registry import Manifest, Registry
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError

_SELFTEST_SECONDS = 600


def image_of(registry: Registry, reference: str) -> tuple[str, str]:
    """Name and tag or digest of an image that a person wrote.

    Args:
        registry: Where it is looked for.
        reference: `NAME`, `NAME:TAG`, `NAME@DIGEST`, each with or without the registry in front.

    Raises:
        ModelyardError: It is of another registry.
    """
    rest = reference.removeprefix(f"{registry.prefix}/")
    name, _, digest = rest.partition("@")
    name, _, tag = name.partition(":") if not digest else (name, "", "")
    if "/" in name or not name:
        raise ModelyardError(
            f"{reference[:200]!r} is no image of {registry.prefix}: write NAME, NAME:TAG or NAME@DIGEST"
        )
    return name, digest or tag or "latest"


def trusted(workspace: Workspace, more: Iterable[Path] = ()) -> list[TrustedKey]:
    """The public keys that catalog.yaml trusts, and more that are named by hand.

    Raises:
        ModelyardError: A file holds none.
    """
    declared = [TrustedKey.read(workspace.root / path, path) for path in workspace.catalog.trust]
    return declared + [TrustedKey.read(path, str(path)) for path in more]


def verify(
    registry: Registry,
    name: str,
    reference: str,
    client: Callable[[], docker.DockerClient] | None,
    keys: Sequence[TrustedKey] = (),
) -> list[Checked]:
    """Everything that can be looked at again.

    Args:
        registry: Where the image is.
        name: Its name.
        reference: Its tag or digest.
        client: Finds the engine that the self-test runs on; no self-test if left out.
        keys: Whose signature the verdict must bear; nobody's if there are none.

    Raises:
        ModelyardError: There is no such image.
    """
    image = registry.manifest(name, reference)
    if image is None:
        raise ModelyardError(f"{registry.repository(name)}: there is no image {reference[:100]!r}")
    found = [_bytes(registry, name, image), *_documents(registry, name, image), _key(registry, name, image, reference)]
    if keys:
        found.append(blessing.check(registry, name, image, keys))
    if client is not None:
        found.append(_selftest(client(), f"{registry.repository(name)}@{image.digest}"))
    return found


def _bytes(registry: Registry, name: str, image: Manifest) -> Checked:
    """Whether the registry still gives the bytes that the digests are of."""
    content = json.loads(image.content)
    parts = [content["config"], *content["layers"]]
    wrong = []
    for part in parts:
        try:
            size, digest = _measured(registry.blob(name, part["digest"]), int(part["size"]))
        except ModelyardError as error:
            wrong.append(str(error))
            continue
        if (size, digest) != (part["size"], part["digest"]):
            wrong.append(f"{part['digest'][:19]} holds other bytes")
    total = sum(part["size"] for part in parts) / 1e6
    said = "; ".join(wrong) or f"{image.digest[:19]}, its configuration and {len(parts) - 1} layers, {total:.1f} MB"
    return Checked(name="bytes", passed=not wrong, said=said)


def _measured(parts: Iterator[bytes], most: int) -> tuple[int, str]:
    """Size and digest of what comes, of which no more is read than there should be."""
    size, digest = 0, hashlib.sha256()
    for part in parts:
        size += len(part)
        if size > most:
            break
        digest.update(part)
    return size, f"sha256:{digest.hexdigest()}"


def _documents(registry: Registry, name: str, image: Manifest) -> Iterator[Checked]:
    report = evidence.read(registry, name, image)
    if report is None:
        yield Checked(name="report", passed=False, said="none stands beside the image")
    else:
        right = report.digest == image.digest and report.lets_through
        said = f"{report.verdict} on {report.made}, {len(report.checks)} checks"
        yield Checked(name="report", passed=right, said=said if right else f"{said}; it is about {report.digest}")
    bom = _json(registry, name, image, sbom.ARTIFACT_TYPE)
    about = [one.get("content") for one in bom.get("metadata", {}).get("component", {}).get("hashes", [])]
    yield _about("SBOM", image, about, f"{len(bom.get('components', []))} components")
    statement = _json(registry, name, image, provenance.ARTIFACT_TYPE)
    about = [one.get("digest", {}).get("sha256") for one in statement.get("subject", [])]
    commits = [
        one["digest"]["gitCommit"]
        for one in statement.get("predicate", {}).get("buildDefinition", {}).get("resolvedDependencies", [])
        if "gitCommit" in one.get("digest", {})
    ]
    yield _about("provenance", image, about, f"commit {commits[0][:12]}" if commits else "not from a git repository")


def _about(what: str, image: Manifest, digests: list[Any], said: str) -> Checked:
    if not digests:
        return Checked(name=what, passed=False, said="none stands beside the image")
    right = digests == [image.digest.removeprefix("sha256:")]
    return Checked(name=what, passed=right, said=said if right else "it is about another image")


def _json(registry: Registry, name: str, image: Manifest, kind: str) -> dict[str, Any]:
    content = registry.document(name, image.digest, kind)
    try:
        found = json.loads(content or b"{}")
    except ValueError:
        raise ModelyardError(f"{name}: what stands beside the image as {kind} is no JSON") from None
    return found if isinstance(found, dict) else {}


def _key(registry: Registry, name: str, image: Manifest, reference: str) -> Checked:
    """Whether the key is the hash of what the image says that it was made of."""
    own = registry.labels(name, image)
    key = own.get(labels.KEY, "")
    made_of = json.loads(own.get(labels.INGREDIENTS, "{}"))
    right = key == ingredients.key(made_of) and (not reference.startswith("key-") or reference.startswith(f"key-{key}"))
    return Checked(
        name="key", passed=right, said=f"{key[:12]}, of {len(made_of)} ingredients" if right else "another one"
    )


def _selftest(client: docker.DockerClient, image: str) -> Checked:
    with sandbox.run(client, bring(client, image), ["selftest", "--json"]) as container:
        code = container.wait(timeout=_SELFTEST_SECONDS)["StatusCode"]
        out = container.logs(stdout=True, stderr=False, tail=10_000)
    try:
        results = json.loads(out)["samples"]
    except (ValueError, KeyError, TypeError):
        return Checked(name="self-test", passed=False, said=f"it ended with {code} and no result")
    failed = [str(one.get("name")) for one in results if not one.get("passed")]
    said = f"failed: {', '.join(failed)}" if failed else f"{len(results)} samples as expected"
    return Checked(name="self-test", passed=code == 0 and not failed, said=said)
