"""Everything that goes into an image, each by name and digest; the hash of it all is the image's key.

The name of an ingredient begins with the kind of change that it is when it changes: `code`, `data`
and `weights` are the asset's, `framework` and `dependency` are shared. So what changed between two
images, and why the newer one was built, is the difference between two such lists.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from modelyard.catalog.lock import pins
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset, Variant, Weights

Ingredients = Mapping[str, str]

_KEY_LENGTH = 32
_SHOWN = 5
_CONVERTER = "tensorflow-cpu"


def key(ingredients: Ingredients) -> str:
    """The hash of the ingredients: 32 hexadecimal digits, 128 bits of SHA-256."""
    text = json.dumps(dict(ingredients), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_KEY_LENGTH]


def lock_name(runtime: str, variant: Variant) -> str:
    """The lock, and the base container, that a variant with this runtime needs."""
    return f"{runtime}-{variant}" if runtime == "tensorflow" else runtime


def of_base(workspace: Workspace, lock: str) -> dict[str, str]:
    """What goes into the base container with the packages of a lock."""
    found = {
        "dependency:python": workspace.catalog.python,
        "framework:Dockerfile.base": _digest(workspace.root / "Dockerfile.base"),
    }
    for file in workspace.ignore.files(workspace.framework):
        found[f"framework:{file.relative_to(workspace.framework).as_posix()}"] = _digest(file)
    found.update({f"dependency:{name}": version for name, version in packages(workspace, lock).items()})
    return found


def of_image(workspace: Workspace, asset: Asset, variant: Variant) -> dict[str, str]:
    """What goes into the image of a variant of an asset, its base's ingredients among it."""
    runtime = asset.variants[variant]
    lock = lock_name(runtime, variant)
    found = of_base(workspace, lock)
    if own := own_packages(workspace, asset, lock):
        found.update({f"dependency:{name}": version for name, version in own.items()})
        found["framework:Dockerfile.packages"] = _digest(Path(__file__).parent / "Dockerfile.packages")
    found["framework:Dockerfile.asset"] = _digest(Path(__file__).parent / "Dockerfile.asset")
    found["code:variant"] = f"{variant} {runtime}"
    for field, value in asset.served().model_dump(mode="json").items():
        kind = {"samples": "data", "weights": "weights"}.get(field, "code")
        if field == "weights":
            continue
        found[f"{kind}:asset.yaml {field}"] = _digest_of(value)
    folder = workspace.folder(asset.name)
    for file in workspace.ignore.files(folder):
        name = file.relative_to(folder).as_posix()
        found[f"{'data' if name.startswith('samples/') else 'code'}:{name}"] = _digest(file)
    for weights in asset.weights:
        found[f"weights:{weights.path}"] = f"{weights.sha256} {weights.member or ''}".strip()
        if weights.format:
            found.update(of_conversion(workspace, weights, runtime))
    return found


def of_conversion(workspace: Workspace, weights: Weights, runtime: str) -> dict[str, str]:
    """What the converted form of weights depends on."""
    folder = Path(__file__).parent / "conversion"
    found = {
        f"weights:{weights.path}": f"{weights.sha256} {weights.member or ''}".strip(),
        f"code:format of {weights.path}": f"{weights.format} to {runtime}",
        f"dependency:{_CONVERTER} (converts)": packages(workspace, _CONVERTER)[_CONVERTER],
    }
    for file in sorted(folder.rglob("*.py")):
        found[f"framework:conversion/{file.relative_to(folder).as_posix()}"] = _digest(file)
    return found


def packages(workspace: Workspace, lock: str) -> dict[str, str]:
    """The packages of a lock: name to version, with the hashes of its files digested.

    A package that stands there twice, for different Pythons, counts with both.
    """
    file = workspace.requirements / f"{lock}.txt"
    if not file.is_file():
        known = ", ".join(sorted(path.stem for path in workspace.requirements.glob("*.txt")))
        raise ModelyardError(f"there is no lock framework/requirements/{lock}.txt; there are: {known}")
    return _packages_in(file)


def own_locks(asset: Asset) -> list[str]:
    """The locks of the framework that an asset's own packages are locked upon: its variants', and the converter's."""
    if not asset.requirements:
        return []
    found = {lock_name(runtime, variant) for variant, runtime in asset.variants.items()}
    if any(weights.format for weights in asset.weights):
        found.add(_CONVERTER)  # where the pipeline runs with the network as it was before
    return sorted(found)


def own_packages(workspace: Workspace, asset: Asset, lock: str) -> dict[str, str]:
    """An asset's own packages, as `packages` has them."""
    if not asset.requirements:
        return {}
    file = workspace.own_lock(asset.name, lock)
    if not file.is_file():
        shown = file.relative_to(workspace.root).as_posix()
        raise ModelyardError(f"{shown} is missing: write it with modelyard update {asset.name}")
    return _packages_in(file)


def _packages_in(file: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for pin in pins(file.read_text("utf-8", errors="replace")):
        entry = f"{pin.version} {pin.digest}"
        found[pin.name] = f"{found[pin.name]}, {entry}" if pin.name in found else entry
    return found


def changes(before: Ingredients, after: Ingredients) -> list[str]:
    """What changed from one image to the next, a line each, the most particular first."""
    lines = []
    for name in sorted(before.keys() | after.keys(), key=_rank):
        if before.get(name) != after.get(name):
            kind, _, thing = name.partition(":")
            lines.append(f"{kind}: {thing}{_how(kind, before.get(name), after.get(name))}")
    return lines


def summary(causes: Sequence[str]) -> list[str]:
    """The lines of `changes` for people: where one kind has many, the first few and their number."""
    lines: list[str] = []
    for kind, group in groupby(causes, key=lambda line: line.partition(":")[0]):
        found = list(group)
        if len(found) <= _SHOWN + 1:
            lines += found
        else:
            lines += [*found[:_SHOWN], f"{kind}: and {len(found) - _SHOWN} more"]
    return lines


def _rank(name: str) -> tuple[int, str]:
    order = ("code", "weights", "data", "dependency", "framework")
    kind = name.partition(":")[0]
    return (order.index(kind) if kind in order else len(order), name)


def _how(kind: str, before: str | None, after: str | None) -> str:
    if before is None:
        return " is new"
    if after is None:
        return " is gone"
    if kind == "dependency" and before.split()[0] != after.split()[0]:
        return f" {before.split()[0]} → {after.split()[0]}"
    return " changed"


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()[:_KEY_LENGTH]


def _digest_of(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:_KEY_LENGTH]
