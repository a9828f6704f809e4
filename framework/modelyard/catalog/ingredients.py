"""Everything that goes into an image, each by name and digest; the hash of it all is the image's key.

The name of an ingredient begins with the kind of change that it is when it changes: `code`, `data`
and `weights` are the asset's, `framework` and `dependency` are shared. So what changed between two
images, and why the newer one was built, is the difference between two such lists.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

from modelyard.catalog.lock import pins
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError
from modelyard.manifest import profile
from modelyard.manifest.asset import Asset, Variant, Weights

Ingredients = Mapping[str, str]

EVALUATION = "evaluation.py"
"""What makes labelled items of an asset's data; it goes into no image."""

COUNTERFACTUALS = "counterfactuals.py"
"""What makes groups of inputs that differ in one word; it goes into no image."""

_KEY_LENGTH = 32
_SHOWN = 5
_SMALL = 64 * 1024
_CONVERTER = "tensorflow-cpu"


def key(ingredients: Ingredients) -> str:
    """The hash of the ingredients: 32 hexadecimal digits, 128 bits of SHA-256."""
    text = json.dumps(dict(ingredients), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_KEY_LENGTH]


def lock_name(runtime: str, variant: Variant) -> str:
    """The lock, and the base container, that a variant with this runtime needs."""
    return f"{runtime}-{variant}" if runtime == "tensorflow" else runtime


class Shared:
    """What the images of a catalog have in common, read once however many there are.

    It is as the files were when it was first asked; make a new one to look again. Not for several threads.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._bases: dict[str, dict[str, str]] = {}

    def base(self, lock: str) -> dict[str, str]:
        """What goes into the base container with the packages of a lock."""
        if lock not in self._bases:
            found = {
                **self._framework,
                **{f"dependency:{name}": one for name, one in packages(self.workspace, lock).items()},
            }
            self._bases[lock] = found
        return self._bases[lock]

    @cached_property
    def recipe(self) -> str:
        """The digest of Dockerfile.asset."""
        return _digest(self.workspace.builder / "Dockerfile.asset")

    @cached_property
    def conversion(self) -> dict[str, str]:
        """What converts weights."""
        folder = self.workspace.builder / "conversion"
        found = {f"dependency:{_CONVERTER} (converts)": packages(self.workspace, _CONVERTER)[_CONVERTER]}
        for file in sorted(folder.rglob("*.py")):
            found[f"framework:conversion/{file.relative_to(folder).as_posix()}"] = _digest(file)
        return found

    @cached_property
    def _framework(self) -> dict[str, str]:
        workspace = self.workspace
        found = {
            "dependency:python": workspace.catalog.python,
            "framework:Dockerfile.base": _digest(workspace.root / "Dockerfile.base"),
        }
        for file in workspace.ignore.files(workspace.framework):
            found[f"framework:{file.relative_to(workspace.framework).as_posix()}"] = _digest(file)
        return found


def of_base(workspace: Workspace, lock: str) -> dict[str, str]:
    """What goes into the base container with the packages of a lock."""
    return dict(Shared(workspace).base(lock))


def of_image(workspace: Workspace, asset: Asset, variant: Variant, shared: Shared | None = None) -> dict[str, str]:
    """What goes into the image of a variant of an asset, its base's ingredients among it.

    Args:
        workspace: The catalog.
        asset: One of its assets.
        variant: Which of its images.
        shared: What its images have in common; read again if left out.
    """
    shared = shared or Shared(workspace)
    runtime = asset.variants[variant]
    lock = lock_name(runtime, variant)
    found = dict(shared.base(lock))
    if own := own_packages(workspace, asset, lock):
        found.update({f"dependency:{name}": version for name, version in own.items()})
        found["framework:Dockerfile.packages"] = _digest(workspace.builder / "Dockerfile.packages")
    found["framework:Dockerfile.asset"] = shared.recipe
    found["code:variant"] = f"{variant} {runtime}"
    for field, value in asset.served().model_dump(mode="json").items():
        if field != "weights":
            found[f"{'data' if field == 'samples' else 'code'}:asset.yaml {field}"] = _digest_of(value)
    found.update(of_evaluation(workspace, asset))
    for name, file in own_files(workspace, asset):
        found[f"{'data' if name == profile.FILE or name.startswith('samples/') else 'code'}:{name}"] = _digest(file)
    for weights in asset.weights:
        found[f"weights:{weights.path}"] = f"{weights.sha256} {weights.member or ''}".strip()
        if weights.format:
            found.update(of_conversion(workspace, weights, runtime, shared))
    return found


def own_files(workspace: Workspace, asset: Asset) -> Iterator[tuple[str, str]]:
    """The files of an asset's folder that go into its image as they are, each with its path in the folder.

    Weights among them do not: they have a layer of their own.
    """
    weights = asset.weights_in_folder
    return (one for one in workspace.ignore.named(workspace.folder(asset.name)) if one[0] not in weights)


def of_evaluation(workspace: Workspace, asset: Asset) -> dict[str, str]:
    """What the quality of an image is judged by: its labelled data, and the figures that it must reach.

    It is no part of the image, but of its key: with another judgement, an image must pass again.
    """
    if asset.evaluation is None:
        return {}
    found = {"data:asset.yaml evaluation": _digest_of(asset.evaluation.model_dump(mode="json"))}
    for name in (EVALUATION, COUNTERFACTUALS):
        file = workspace.folder(asset.name) / name
        if file.is_file():
            found[f"data:{name}"] = _digest(file)
    return found


def of_conversion(workspace: Workspace, weights: Weights, runtime: str, shared: Shared | None = None) -> dict[str, str]:
    """What the converted form of weights depends on."""
    return {
        f"weights:{weights.path}": f"{weights.sha256} {weights.member or ''}".strip(),
        f"code:format of {weights.path}": f"{weights.format} to {runtime}",
        **(shared or Shared(workspace)).conversion,
    }


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
    """The locks of the framework that an asset's own packages are locked upon: its variants', and TensorFlow's."""
    if not asset.requirements:
        return []
    found = {lock_name(runtime, variant) for variant, runtime in asset.variants.items()}
    if asset.training or any(weights.format for weights in asset.weights):
        found.add(_CONVERTER)  # where it is trained, and where the pipeline runs with the network as it was before
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


def _digest(file: str | Path) -> str:
    try:
        with open(file, "rb", buffering=0) as opened:
            start = opened.read(_SMALL)
            if len(start) < _SMALL:
                return hashlib.sha256(start).hexdigest()[:_KEY_LENGTH]
            opened.seek(0)
            return hashlib.file_digest(opened, "sha256").hexdigest()[:_KEY_LENGTH]
    except OSError as error:
        raise ModelyardError(f"{file}: it can't be read: {error.strerror}; it goes into the images") from None


def _digest_of(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:_KEY_LENGTH]
