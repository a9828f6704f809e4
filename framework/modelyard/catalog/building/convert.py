"""Weights in the form that a runtime loads: as fetched, or converted inside TensorFlow's container."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path

import docker
from docker.models.containers import Container

from modelyard.catalog import conversion, ingredients
from modelyard.catalog.containers import sandbox
from modelyard.catalog.progress import Progress
from modelyard.catalog.weights.archive import unpack
from modelyard.catalog.weights.cache import Cache
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset

LOCK = "tensorflow-cpu"
"""The lock whose container converts."""

_OUTPUT = "/tmp/converted"  # noqa: S108  # in the container
_LARGEST = 20 * 10**9

Converter = Callable[[Path, Path, str], None]
"""Turns weights (a file or folder) into a new folder in the form of a runtime."""


def for_runtime(
    workspace: Workspace, cache: Cache, asset: Asset, fetched: dict[str, Path], runtime: str, converter: Converter
) -> dict[str, Path]:
    """Each of an asset's weights in the form that the runtime loads, by the path that the pipeline finds it at.

    What is converted is kept in the cache under everything that it depends on.
    """
    found = {}
    for weights in asset.weights:
        source = fetched[weights.path]
        if weights.format is None:
            found[weights.path] = source
            continue
        key = ingredients.key(ingredients.of_conversion(workspace, weights, runtime))
        tree = cache.keep_tree(
            hashlib.sha256(f"converted {key}".encode()).hexdigest(), _filler(converter, source, runtime)
        )
        found[weights.path] = tree / runtime
    return found


def is_converted(asset: Asset) -> bool:
    """Whether any of an asset's weights must be converted for a runtime."""
    return any(weights.format for weights in asset.weights)


def in_container(client: docker.DockerClient, image: str, progress: Progress) -> Converter:
    """Converts in a container of TensorFlow's base image, without a network."""

    def convert(source: Path, output: Path, runtime: str) -> None:
        files = {"convert/conversion": Path(conversion.__file__).parent, "input": source}
        entrypoint = ["python3", "-m", "conversion", "/input", _OUTPUT, "--to", runtime]
        environment = {"PYTHONPATH": "/convert"}
        with (
            progress.step(f"convert {source.name} for {runtime}"),
            sandbox.run(client, image, files=files, environment=environment, entrypoint=entrypoint) as container,
        ):
            code = container.wait()["StatusCode"]
            if code != 0:
                said = sandbox.log_tail(container)
                raise ModelyardError(f"{source.name} can't be converted for {runtime}: {said}")
            take_out(container, _OUTPUT, output)

    return convert


def _filler(converter: Converter, source: Path, runtime: str) -> Callable[[Path], None]:
    return lambda folder: converter(source, folder / runtime, runtime)


def take_out(container: Container, folder: str, output: Path) -> None:
    """Copies a folder of plain files out of a container, which may have ended.

    Args:
        container: The container.
        folder: The folder in it.
        output: The folder to make.

    Raises:
        ModelyardError: It is too large, or holds a link or a device.
    """
    with tempfile.TemporaryDirectory(dir=output.parent) as scratch:
        archive = Path(scratch, "taken.tar")
        size = 0
        with archive.open("wb") as file:
            for part in container.get_archive(folder)[0]:
                size += len(part)
                if size > _LARGEST:
                    raise ModelyardError(f"what the container wrote is larger than {_LARGEST:,} bytes")
                file.write(part)
        unpack(archive, Path(folder).name, output)
