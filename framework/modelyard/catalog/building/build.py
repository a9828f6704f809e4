"""Building images with the engine: the base containers, and each asset's image upon its base."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import docker
from docker.errors import APIError, ImageNotFound

import modelyard
from modelyard.catalog import ingredients, labels
from modelyard.catalog.building import host, transfer
from modelyard.catalog.containers import python_image
from modelyard.catalog.containers.context import Entry, pack
from modelyard.catalog.planning.plan import Planned
from modelyard.catalog.progress import Progress
from modelyard.catalog.registry import Registry
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError
from modelyard.manifest import profile
from modelyard.manifest.asset import Asset
from modelyard.serving.served import Deployment

_KEPT_LINES = 15


def base(
    workspace: Workspace,
    client: docker.DockerClient,
    registry: Registry,
    lock: str,
    progress: Progress,
    refreshed: str | None = None,
) -> str:
    """The base container with the packages of a lock, built unless this machine or the registry has it.

    Args:
        workspace: The catalog.
        client: The engine.
        registry: Where bases are published.
        lock: Which packages.
        progress: Told what goes on.
        refreshed: The day, YYYYMMDD, of a refresh: of that day there is one base, made anew from a Python image that
            is looked for anew, and nothing of the engine's cache.

    Returns:
        Its tag on this machine.
    """
    found = ingredients.of_base(workspace, lock)
    key = ingredients.key(found)
    tag = f"modelyard/base:{lock}-{key}{f'-r{refreshed}' if refreshed else ''}"
    if _is_here(client, tag) or transfer.pull_base(client, registry, tag, progress):
        return tag
    python = python_image.ensure(client, workspace.catalog.python, progress.note, refresh=refreshed is not None)
    entries: dict[str, Entry] = {
        "Dockerfile": workspace.root / "Dockerfile.base",
        f"framework/requirements/{lock}.txt": workspace.requirements / f"{lock}.txt",
        **host.build_files(),
    }
    for file in workspace.ignore.files(workspace.framework):
        entries[f"framework/modelyard/{file.relative_to(workspace.framework).as_posix()}"] = file
    progress.note(f"building the base container {lock}")
    arguments = {
        "PYTHON_IMAGE": python.reference,
        "PYTHON_ORIGIN": python.origin,
        "RUNTIME": lock,
        "ACCELERATOR": "gpu" if lock.endswith("-gpu") else "cpu",
        **host.build_arguments(),
    }
    own = {
        labels.KEY: key,
        labels.INGREDIENTS: json.dumps(found, sort_keys=True),
        labels.PYTHON_DIGEST: python.digest or "",
        labels.OCI + "version": modelyard.__version__,
    }
    _build(client, entries, tag, arguments, own, progress, f"base {lock}", anew=refreshed is not None)
    return tag


def has_base(workspace: Workspace, client: docker.DockerClient, registry: Registry, lock: str) -> bool:
    """Whether this machine or the registry has a base container already."""
    tag = f"{lock}-{ingredients.key(ingredients.of_base(workspace, lock))}"
    return _is_here(client, f"modelyard/base:{tag}") or registry.digest(transfer.BASE, tag) is not None


def with_packages(
    workspace: Workspace, client: docker.DockerClient, base_tag: str, asset: Asset, lock: str, progress: Progress
) -> str:
    """The base container with an asset's own packages upon it, built unless this machine has it.

    It is not published by itself: the same packages make the same layer on every machine.

    Returns:
        Its tag on this machine; that of the base where the asset has no packages of its own.
    """
    if not ingredients.own_packages(workspace, asset, lock):
        return base_tag
    file = workspace.own_lock(asset.name, lock)
    recipe = workspace.builder / "Dockerfile.packages"
    digest = hashlib.sha256(recipe.read_bytes() + file.read_bytes()).hexdigest()[:16]
    tag = f"modelyard/packages:{base_tag.rpartition(':')[2]}-{digest}"
    if _is_here(client, tag):
        return tag
    python = python_image.ensure(client, workspace.catalog.python, progress.note)
    entries: dict[str, Entry] = {"Dockerfile": recipe, "requirements.txt": file, **host.build_files()}
    arguments = {"BASE": base_tag, "PYTHON_IMAGE": python.reference, **host.build_arguments()}
    _build(client, entries, tag, arguments, {}, progress, f"packages of {asset.name}")
    return tag


def image(
    workspace: Workspace,
    client: docker.DockerClient,
    planned: Planned,
    base_tag: str,
    weights: Mapping[str, Path],
    progress: Progress,
) -> str:
    """The image of a variant of an asset.

    Args:
        workspace: The catalog.
        client: The engine.
        planned: Which image, its key and why it is built.
        base_tag: The base container to build upon.
        weights: The files and folders of the weights, by the path that the pipeline finds them at.
        progress: Told what goes on.

    Returns:
        Its tag on this machine.
    """
    asset = planned.asset
    tag = f"modelyard/{asset.name}:{planned.key_tag}"
    if _is_here(client, tag):
        return tag
    own = {
        labels.NAME: asset.name,
        labels.TASK: asset.task,
        labels.VARIANT: planned.variant,
        labels.RUNTIME: planned.runtime,
        labels.KEY: planned.key,
        labels.REFRESHED: planned.refreshed or "",
        labels.CAUSE: "\n".join(planned.cause),
        labels.INGREDIENTS: json.dumps(dict(planned.ingredients), sort_keys=True),
        labels.BASE: base_tag.rpartition(":")[2],
        labels.FRAMEWORK: modelyard.__version__,
        labels.OCI + "title": asset.title,
        labels.OCI + "description": asset.summary,
        labels.OCI + "version": asset.version,
        labels.OCI + "licenses": asset.license,
        labels.OCI + "source": asset.source,
    }
    lock = ingredients.lock_name(planned.runtime, planned.variant)
    upon = with_packages(workspace, client, base_tag, asset, lock, progress)
    arguments = {"BASE": upon, "KEY": planned.key}
    _build(client, _layered(files(workspace, planned, weights)), tag, arguments, own, progress, planned.name)
    return tag


def files(
    workspace: Workspace, planned: Planned, weights: Mapping[str, Path], *, runtime: str | None = None
) -> dict[str, Entry]:
    """The build context of an asset's image; with another runtime than its own, for a comparison."""
    entries: dict[str, Entry] = {"Dockerfile": workspace.builder / "Dockerfile.asset"}
    for path, place in weights.items():
        entries[f"weights/{path}"] = place
    for name, file in ingredients.own_files(workspace, planned.asset):
        entries[f"asset/{name}"] = Path(file)
    deployment = Deployment(asset=planned.asset.served(), variant=planned.variant, runtime=runtime or planned.runtime)
    entries["asset/asset.json"] = deployment.model_dump_json(indent=1).encode()
    return entries


def _layered(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """The files of an asset's image in one folder for each layer of Dockerfile.asset.

    Each is copied to the root, so that the times of its own folders count too, which are the same on every machine.
    """
    return {name if name == "Dockerfile" else f"{_layer(name)}/{name}": entry for name, entry in entries.items()}


def _layer(name: str) -> str:
    if name.startswith("weights/"):
        return "weights"
    data = ("asset/samples/", "asset/asset.json", f"asset/{profile.FILE}")
    return "data" if name.startswith(data) else "code"


def _is_here(client: docker.DockerClient, tag: str) -> bool:
    try:
        client.images.get(tag)
    except ImageNotFound:
        return False
    return True


def _build(
    client: docker.DockerClient,
    entries: Mapping[str, Entry],
    tag: str,
    arguments: Mapping[str, str],
    own_labels: Mapping[str, str],
    progress: Progress,
    name: str,
    *,
    anew: bool = False,
) -> None:
    """Builds, and tags last: an interrupted build leaves no tag."""
    said: list[str] = []
    with pack(entries) as context, progress.step(f"build {name}") as step:
        try:
            for line in client.api.build(
                fileobj=context,
                custom_context=True,
                tag=tag,
                buildargs=dict(arguments),
                labels=dict(own_labels),
                nocache=anew,
                rm=True,
                forcerm=True,
                decode=True,
            ):
                if "error" in line:
                    tail = " | ".join(said[-3:])
                    raise ModelyardError(f"{name}: the build failed: {str(line['error']).strip()} ({tail})")
                if text := str(line.get("stream", "")).strip():
                    said = [*said[-_KEPT_LINES:], text.splitlines()[-1]]
                    step.say(text.splitlines()[0])
        except APIError as error:
            raise ModelyardError(f"{name}: the engine refused the build: {error.explanation or error}") from None
