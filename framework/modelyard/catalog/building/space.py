"""Whether the disks have room for what is to be built, looked at before anything is begun."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import docker

from modelyard.errors import ModelyardError

if TYPE_CHECKING:
    from modelyard.catalog.planning.plan import Planned
    from modelyard.catalog.weights.cache import Cache

# Measured: what building a base container takes on the engine's disk while the stage of its packages is there too.
_BASES = {"litert": 0.6e9, "onnxruntime": 0.8e9, "tensorflow-cpu": 4e9, "tensorflow-gpu": 20e9}
_BASE = 4e9
"""Of a lock that nobody measured."""
_IMAGE = 0.2e9
"""An image upon its base, apart from its weights."""
_WEIGHTS = 0.2e9
"""Weights that are not on this machine yet; how large they are is known once they are."""
_COPIES = 3
"""Of weights: the package file, what was taken out of it, what was converted; and one each in context and layer."""


def of_base(lock: str) -> float:
    """Bytes that building a base container takes on the engine's disk at most."""
    return _BASES.get(lock, _BASE)


def of_image(planned: Planned, cache: Cache) -> float:
    """Bytes that building an image upon its base takes, on the engine's disk or the cache's."""
    weights = 0.0
    for one in planned.asset.weights:
        there = cache.find_blob(one.sha256)
        weights += _COPIES * (there.stat().st_size if there else _WEIGHTS)
    return _IMAGE + weights


def jobs(wanted: int, bases: Iterable[str], images: Iterable[float], free: float, where: str) -> int:
    """How many steps may run at a time.

    Args:
        wanted: How many should.
        bases: The locks whose base containers must be built.
        images: Bytes that each image takes.
        free: Bytes that are free.
        where: Of which disk.

    Raises:
        ModelyardError: There isn't room for one after the other.
    """
    parts = sorted((*map(of_base, bases), *images), reverse=True)
    if not parts:
        return wanted
    # What is built stays; the largest part is taken twice over while it is being made.
    least = sum(parts) / 2 + parts[0] / 2
    if free < least:
        raise ModelyardError(
            f"{where} has {free / 1e9:.1f} GB free, and building takes some {least / 1e9:.1f} GB: make room with "
            "`docker image prune --all`, or name fewer assets"
        )
    return wanted if free >= sum(parts) else 1


def free(client: docker.DockerClient | None, cache: Cache) -> tuple[float, str]:
    """The bytes that are free on the fuller one of the engine's disk and the cache's, and which that is.

    The disk of an engine on another machine can't be seen from here.
    """
    engines = Path(str(client.info().get("DockerRootDir", ""))) if client else Path()
    places = {engines: "the engine's disk", cache.root: "the cache's disk"}
    found = []
    for place, what in places.items():
        there = next((one for one in (place, *place.parents) if one.is_dir()), None)
        if there is not None and place.is_absolute():
            found.append((float(shutil.disk_usage(there).free), f"{what} ({place})"))
    return min(found) if found else (float("inf"), "the engine's disk")
