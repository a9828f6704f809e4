"""What a commit, or everything since one, changes: for each image its key before and after, and why it differs.

Two trees of files are compared, the commit's and the work tree; no registry is asked.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from modelyard.catalog import ingredients
from modelyard.catalog.planning import commit
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Variant

_Image = tuple[str, Variant]


@dataclass(frozen=True)
class Affected:
    """One image, as the commit has it and as the work tree has it.

    Attributes:
        name: The asset's.
        variant: Which of its images.
        before: Its key there; None where it has no such image, or none that can be read.
        after: Its key here; None where it has no such image.
        state: What became of it.
        cause: What differs, a line each.
    """

    name: str
    variant: Variant
    before: str | None
    after: str | None
    state: Literal["unchanged", "changed", "new", "gone"]
    cause: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {**self.__dict__, "cause": list(self.cause)}


@dataclass(frozen=True)
class Since:
    """What changed since a commit.

    Attributes:
        commit: Its hash.
        images: Every image of either side, by name.
    """

    commit: str
    images: tuple[Affected, ...]

    @property
    def affected(self) -> tuple[Affected, ...]:
        """The images that are not the same."""
        return tuple(image for image in self.images if image.state != "unchanged")

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"since": self.commit, "images": [image.to_dict() for image in self.images]}


def since(workspace: Workspace, ref: str, names: Iterable[str] = (), variants: Sequence[Variant] = ()) -> Since:
    """Compares the work tree with a commit.

    Args:
        workspace: The catalog.
        ref: A branch, a tag or a hash.
        names: The assets to look at; all of either side if none is named.
        variants: The variants to look at; those of each side's catalog.yaml if none is named.

    Raises:
        ModelyardError: Git knows no such commit, or a manifest of the work tree has mistakes.
    """
    names = list(names)
    found = commit.resolve(workspace.root, ref)
    with tempfile.TemporaryDirectory(prefix="modelyard-since-") as name:
        folder = Path(name)
        commit.lay_out(workspace.root, found, folder)
        before = _before(folder, _builder(workspace, folder), names, variants, found)
    assets = [one for one in names if one in workspace.asset_names()] if names else workspace.asset_names()
    for unknown in set(names) - set(assets) - {one for one, _ in before}:
        workspace.asset(unknown)  # says that there is none
    after = _after(workspace, assets, variants)
    # Which variants a manifest that can't be read had is not known; those of today are what matters.
    here = {name for name, _ in after}
    guessed = {one for one, made_of in before.items() if isinstance(made_of, ModelyardError) and one[0] in here}
    images = sorted((before.keys() - guessed) | after.keys())
    return Since(found, tuple(_affected(image, before.get(image), after.get(image)) for image in images))


def _builder(workspace: Workspace, folder: Path) -> Path:
    """The commit's own recipes; where the builder that runs is not the catalog's, it is the same on both sides."""
    if workspace.builder.is_relative_to(workspace.framework):
        return folder / workspace.builder.relative_to(workspace.root)
    return workspace.builder


def _after(workspace: Workspace, names: Iterable[str], variants: Sequence[Variant]) -> dict[_Image, dict[str, str]]:
    shared = ingredients.Shared(workspace)
    return {
        (name, variant): ingredients.of_image(workspace, asset, variant, shared)
        for name in names
        for asset in [workspace.asset(name)]
        for variant in (variants or workspace.catalog.variants)
        if variant in asset.variants
    }


def _before(
    folder: Path, builder: Path, names: Sequence[str], variants: Sequence[Variant], commit: str
) -> dict[_Image, dict[str, str] | ModelyardError]:
    """The ingredients of each image of the commit, or why they can't be read."""
    workspace = Workspace(folder, builder)
    if not (folder / "catalog.yaml").is_file():
        return {}
    shared = ingredients.Shared(workspace)
    try:
        known: Sequence[Variant] = variants or workspace.catalog.variants
    except ModelyardError as error:
        raise ModelyardError(f"at {commit[:12]} {str(error).splitlines()[0]}") from None
    found: dict[_Image, dict[str, str] | ModelyardError] = {}
    for name in workspace.asset_names():
        if names and name not in names:
            continue
        wanted = list(known)
        try:
            asset = workspace.asset(name)
            wanted = [one for one in known if one in asset.variants]
            for variant in wanted:
                found[name, variant] = ingredients.of_image(workspace, asset, variant, shared)
        except ModelyardError as error:
            said = ModelyardError(str(error).splitlines()[0].replace(f"{folder}/", f"{commit[:12]}:"))
            found |= {(name, variant): said for variant in wanted if (name, variant) not in found}
    return found


def _affected(image: _Image, before: dict[str, str] | ModelyardError | None, after: dict[str, str] | None) -> Affected:
    name, variant = image
    new = None if after is None else ingredients.key(after)
    if isinstance(before, ModelyardError):
        cause = (f"code: what it was made of can't be read: {before}",)
        return Affected(name, variant, None, new, "gone" if after is None else "changed", cause)
    old = None if before is None else ingredients.key(before)
    if before is None:
        return Affected(name, variant, None, new, "new", ("code: the image is new",))
    if after is None:
        return Affected(name, variant, old, None, "gone", ("code: the image is gone",))
    if old == new:
        return Affected(name, variant, old, new, "unchanged", ())
    return Affected(name, variant, old, new, "changed", tuple(ingredients.changes(before, after)))
