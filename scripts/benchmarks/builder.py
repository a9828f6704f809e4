"""The builder: a release of nothing, and a one-line change on its way to the registry, in seconds and in bytes."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from modelyard.catalog.registry import Registry
from modelyard.catalog.workspace import find

_ASSET = "image-segmenter"
_RUNS = 7
_CHANGES = 3


@dataclass(frozen=True)
class _Change:
    """One line changed, and released.

    Attributes:
        seconds: From the command's start to its end.
        image: Compressed bytes of the image's layers and configuration that the registry didn't have before.
        beside: Bytes of the documents beside it.
    """

    seconds: float
    image: int
    beside: int


def measure() -> Iterator[tuple[str, str, str]]:
    """Needs an engine and a registry; what it pushes there, under a folder with a random name, stays."""
    prefix = f"{find(Path()).catalog.registry.partition('/')[0]}/bench-{uuid.uuid4().hex[:8]}"
    with tempfile.TemporaryDirectory(prefix="modelyard-bench-") as name:
        folder = Path(name)
        _copy(Path(), folder, prefix)
        images = len(_release(folder)[1])
        nothing = [_release(folder, "unchanged")[0] for _ in range(_RUNS)]
        changes = [_change(folder, Registry(prefix), number) for number in range(_CHANGES)]
    shown = _seconds(nothing)
    yield f"modelyard release with nothing to do, {images} images, median of {_RUNS}", shown, "≤ 3 s"
    shown = _seconds([change.seconds for change in changes])
    yield f"a one-line change of {_ASSET}'s pipeline to its published image, median of {_CHANGES}", shown, "≤ 20 s"
    most = max(changes, key=lambda change: change.image + change.beside)
    shown = f"{(most.image + most.beside) / 1e3:.0f} kB ({most.image / 1e3:.0f} kB and {most.beside / 1e3:.0f} kB)"
    yield "compressed bytes pushed for it: the image's, and its report, SBOM and provenance", shown, "≤ 1 MB"


def _copy(root: Path, folder: Path, prefix: str) -> None:
    """The catalog as git sees it, which publishes to a folder of its own."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (root / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, folder / name)
    manifest = folder / "catalog.yaml"
    text = manifest.read_text("utf-8")
    manifest.write_text(text.replace(find(root).catalog.registry, prefix), "utf-8")


def _change(folder: Path, registry: Registry, number: int) -> _Change:
    """Adds a line to the pipeline, and releases it."""
    there = _blobs(registry)
    pipeline = folder / "assets" / _ASSET / "pipeline.py"
    with pipeline.open("a", encoding="utf-8") as file:
        file.write(f"# Change {number} of {uuid.uuid4().hex}.\n")
    seconds, digests = _release(folder, "published", _ASSET)
    (digest,) = digests
    image = _blobs_of(registry, digest)
    beside: dict[str, int] = {}
    for one in registry.attached(_ASSET, digest):
        beside |= _blobs_of(registry, one["digest"])
    return _Change(seconds, _new(image, there), _new(beside, there))


def _release(folder: Path, outcome: str = "published", *names: str) -> tuple[float, Sequence[str]]:
    """Releases; gives the seconds that it took, and the digests of the images."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "modelyard.cli", "-C", str(folder), "release", "--variant", "cpu", "--json", *names],
        env=os.environ | {"PYTHONPATH": str(folder / "framework")},
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    took = time.monotonic() - began
    images = json.loads(done.stdout)["images"]
    if wrong := [image["name"] for image in images if image["outcome"] != outcome]:
        raise SystemExit(f"{', '.join(wrong)}: not {outcome}")
    return took, [image["digest"] for image in images]


def _blobs(registry: Registry) -> dict[str, int]:
    """Everything that the registry has of the asset."""
    found: dict[str, int] = {}
    for tag in registry.tags(_ASSET):
        found |= _blobs_of(registry, tag)
    return found


def _blobs_of(registry: Registry, reference: str) -> dict[str, int]:
    """The size of each blob of an image or a document, by digest; its manifest too."""
    manifest = registry.manifest(_ASSET, reference)
    if manifest is None:
        raise SystemExit(f"the registry lost {registry.repository(_ASSET)}, {reference}")
    read = json.loads(manifest.content)
    parts = [read["config"], *read["layers"]] if "config" in read else []
    return {part["digest"]: part["size"] for part in parts} | {manifest.digest: len(manifest.content)}


def _new(blobs: dict[str, int], there: dict[str, int]) -> int:
    return sum(size for digest, size in blobs.items() if digest not in there)


def _seconds(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.2f} s ({min(values):.2f} to {max(values):.2f})"
