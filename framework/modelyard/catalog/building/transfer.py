"""Bringing images to the registry and from it: layers first, the tag of the key last."""

from __future__ import annotations

import docker
from docker.errors import APIError

from modelyard.catalog.planning.plan import Planned
from modelyard.catalog.progress import Progress
from modelyard.catalog.registry import Manifest, Registry
from modelyard.errors import ModelyardError

BASE = "base"
"""The name that base containers are published under."""


def push(client: docker.DockerClient, registry: Registry, planned: Planned, image: str, progress: Progress) -> Manifest:
    """Pushes an image under the tag of its key, which says that this key needs no further build.

    Only an image that passed its checks may be given here: from then on the registry vouches for it. Where another
    builder published the key meanwhile, its image stands.

    Returns:
        The manifest that the registry has.
    """
    there = registry.manifest(planned.asset.name, planned.key_tag)
    return there or _push(client, registry, image, planned.asset.name, planned.key_tag, progress)


def push_base(client: docker.DockerClient, registry: Registry, base: str, progress: Progress) -> None:
    """Pushes the base container of a published image, so that no other machine builds it again.

    Its layers are there already, with the image's.

    Args:
        client: The engine.
        registry: Where to.
        base: The base's tag on this machine, `modelyard/base:TAG`.
        progress: Told what goes on.
    """
    tag = base.rpartition(":")[2]
    if registry.manifest(BASE, tag) is None:
        _push(client, registry, base, BASE, tag, progress)


def pull_base(client: docker.DockerClient, registry: Registry, base: str, progress: Progress) -> bool:
    """Brings a base container to this machine, where the registry has it.

    Returns:
        Whether it did.
    """
    tag = base.rpartition(":")[2]
    manifest = registry.manifest(BASE, tag)
    if manifest is None:
        return False
    image = _pull(client, registry, BASE, manifest, progress)
    client.images.get(image).tag(*base.split(":"))
    return True


def _push(
    client: docker.DockerClient, registry: Registry, image: str, name: str, tag: str, progress: Progress
) -> Manifest:
    repository = registry.repository(name)
    try:
        client.images.get(image).tag(repository, tag)
        with progress.step(f"push {name}") as step:
            layers: dict[str, tuple[int, int]] = {}
            for line in client.api.push(repository, tag, stream=True, decode=True):
                if "error" in line:
                    raise ModelyardError(f"{repository}: the push failed: {line['error']}; run the release again")
                detail = line.get("progressDetail") or {}
                if "total" in detail:
                    layers[line["id"]] = (detail.get("current", 0), detail["total"])
                    step.advance(sum(n for n, _ in layers.values()), sum(total for _, total in layers.values()))
    except APIError as error:
        raise ModelyardError(f"{repository}: the engine can't push: {error.explanation or error}") from None
    manifest = registry.manifest(name, tag)
    if manifest is None:
        raise ModelyardError(f"{repository}:{tag}: it was pushed, but the registry doesn't have it")
    return manifest


def pull(
    client: docker.DockerClient, registry: Registry, planned: Planned, manifest: Manifest, progress: Progress
) -> str:
    """Brings a published image to this machine, by digest.

    Returns:
        Its name on this machine.
    """
    return _pull(client, registry, planned.asset.name, manifest, progress)


def _pull(client: docker.DockerClient, registry: Registry, name: str, manifest: Manifest, progress: Progress) -> str:
    image = f"{registry.repository(name)}@{manifest.digest}"
    try:
        with progress.step(f"pull {name}"):
            client.images.pull(image)
    except APIError as error:
        raise ModelyardError(f"{image}: the engine can't pull it: {error.explanation or error}") from None
    return image
