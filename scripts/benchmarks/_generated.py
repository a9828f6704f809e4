"""Catalogs of any number of made-up assets, and the images that such a catalog would have published."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import requests

from modelyard.catalog import labels, tags
from modelyard.catalog.planning.plan import Planned

_ROOT = Path(__file__).parents[2]
_TEMPLATE = _ROOT / "assets" / "image-classifier"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_SAMPLE_BYTES = 4_000


def write(folder: Path, number: int, registry: str) -> None:
    """Writes a catalog with the framework as it is, and as many assets, each with the shape of a shipped one.

    Args:
        folder: Where to.
        number: How many assets.
        registry: What catalog.yaml says of where they are published.
    """
    unwanted = shutil.ignore_patterns("__pycache__", "*.egg-info", "build")
    shutil.copytree(_ROOT / "framework", folder / "framework", ignore=unwanted)
    for name in ("Dockerfile.base", ".dockerignore"):
        shutil.copy(_ROOT / name, folder)
    (folder / "catalog.yaml").write_text(
        f"title: Generated\nregistry: {registry}\npython: python:3.13-slim-trixie\nvariants: [cpu]\n", "utf-8"
    )
    manifest = (_TEMPLATE / "asset.yaml").read_text("utf-8")
    for index in range(number):
        name = f"model-{index:05}"
        asset = folder / "assets" / name
        (asset / "samples").mkdir(parents=True)
        (asset / "asset.yaml").write_text(manifest.replace("name: image-classifier", f"name: {name}"), "utf-8")
        for file in ("pipeline.py", "labels.txt", "README.md"):
            shutil.copyfile(_TEMPLATE / file, asset / file)
        for sample in (_TEMPLATE / "samples").iterdir():
            (asset / "samples" / sample.name).write_bytes(f"{name} {sample.name} ".encode() * (_SAMPLE_BYTES // 40))


def publish(planned: Iterable[Planned], registry: str) -> None:
    """Pushes, for each image of a plan, one of no layers with its labels, under all of its tags."""
    with ThreadPoolExecutor(8) as pool, requests.Session() as session:
        list(pool.map(lambda one: _publish_one(session, registry, one), planned))


def _publish_one(session: requests.Session, registry: str, planned: Planned) -> None:
    made_of = {labels.KEY: planned.key, labels.INGREDIENTS: json.dumps(dict(planned.ingredients))}
    image(registry, planned.asset.name, [planned.key_tag, *all_tags(planned)], made_of, session=session)


def all_tags(planned: Planned) -> list[str]:
    """The tags that a release gives an image beside that of its key, in their order."""
    return [tags.of_version(planned.asset, planned.variant), *tags.moving(planned.asset, planned.variant)]


def image(
    registry: str,
    name: str,
    under: Iterable[str],
    own_labels: Mapping[str, str],
    created: str = "2026-01-01T00:00:00Z",
    *,
    session: requests.Session | None = None,
) -> str:
    """Pushes an image of no layers.

    Args:
        registry: Such as `127.0.0.1:5000/some-folder`.
        name: The image's name.
        under: The tags to give it.
        own_labels: Its labels.
        created: When it says that it was made.
        session: What asks the registry.

    Returns:
        Its digest.
    """
    host, _, folder = registry.partition("/")
    base = f"http://{host}/v2/{folder}/{name}"
    asking = session or requests.Session()
    configuration: dict[str, Any] = {
        "architecture": "amd64",
        "os": "linux",
        "created": created,
        "config": {"Labels": dict(own_labels)},
        "rootfs": {"type": "layers", "diff_ids": []},
    }
    content = json.dumps(configuration).encode()
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    started = asking.post(f"{base}/blobs/uploads/", timeout=60)
    asking.put(started.headers["Location"], params={"digest": digest}, data=content, timeout=60).raise_for_status()
    manifest = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": {"mediaType": _CONFIG, "digest": digest, "size": len(content)},
            "layers": [],
        }
    ).encode()
    for tag in under:
        put = asking.put(f"{base}/manifests/{tag}", data=manifest, headers={"Content-Type": _MANIFEST}, timeout=60)
        put.raise_for_status()
    return f"sha256:{hashlib.sha256(manifest).hexdigest()}"
