"""The repository that a catalog is: where its files are and what they declare."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from modelyard.catalog import revision
from modelyard.catalog.ignore import Ignore
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset
from modelyard.manifest.catalog import Catalog, Repository
from modelyard.manifest.load import read
from modelyard.manifest.waivers import Waiver, Waivers

WAIVERS = "waivers.yaml"


@dataclass(frozen=True)
class Workspace:
    """A catalog's folder.

    Attributes:
        root: The folder with catalog.yaml, Dockerfile.base and assets/.
        builder: The folder with the builder's own recipes and its converters, which go into images too.
    """

    root: Path
    builder: Path = Path(__file__).parent

    @cached_property
    def catalog(self) -> Catalog:
        """What catalog.yaml declares; `$MODELYARD_REGISTRY` takes the place of its registry, for a fork's CI."""
        declared = read(self.root / "catalog.yaml", Catalog, shown_as="catalog.yaml")
        registry = os.environ.get("MODELYARD_REGISTRY")
        if not registry:
            return declared
        try:
            return declared.model_copy(update={"registry": TypeAdapter(Repository).validate_python(registry)})
        except ValidationError:
            raise ModelyardError(
                f"MODELYARD_REGISTRY is {registry!r}: write a registry and a folder in small letters, without a "
                "tag, such as ghcr.io/somebody/models"
            ) from None

    @cached_property
    def waivers(self) -> list[Waiver]:
        """What waivers.yaml declares; nothing where there is none."""
        file = self.root / WAIVERS
        return read(file, Waivers, shown_as=WAIVERS).waivers if file.is_file() else []

    def waiver(self, asset: str, key: str, check: str) -> str | None:
        """Why an image is published although it fails a check, and until when; None where it isn't."""
        today = datetime.datetime.now(datetime.UTC).date()
        found = (one for one in self.waivers if one.covers(asset, key, check, today))
        return next((f"{one.reason}, until {one.expires}" for one in found), None)

    @cached_property
    def ignore(self) -> Ignore:
        """Which files count, for Docker and for the keys."""
        return Ignore.read(self.root)

    @cached_property
    def commit(self) -> str | None:
        """The commit that is checked out, where the catalog is in git."""
        return revision.current(self.root)

    @property
    def framework(self) -> Path:
        """The folder of the package `modelyard` that goes into the base container."""
        return self.root / "framework" / "modelyard"

    @property
    def requirements(self) -> Path:
        """The folder with one lock file a runtime."""
        return self.framework.parent / "requirements"

    def asset_names(self) -> list[str]:
        """The folders under assets/ that hold an asset.yaml."""
        return sorted(path.parent.name for path in (self.root / "assets").glob("*/asset.yaml"))

    def folder(self, name: str) -> Path:
        """The folder of an asset."""
        return self.root / "assets" / name

    def own_lock(self, name: str, lock: str) -> Path:
        """The file that locks an asset's own packages, upon those of a lock of the framework."""
        return self.folder(name) / "requirements" / f"{lock}.txt"

    def asset(self, name: str) -> Asset:
        """What an asset declares.

        Raises:
            ModelyardError: There is no such asset, or its manifest has mistakes.
        """
        if "/" in name or not (self.folder(name) / "asset.yaml").is_file():
            known = ", ".join(self.asset_names()) or "none"
            raise ModelyardError(f"there is no asset {name!r} under assets/; there are: {known}")
        asset = read(self.folder(name) / "asset.yaml", Asset, shown_as=f"assets/{name}/asset.yaml")
        if asset.name != name:
            raise ModelyardError(f"assets/{name}/asset.yaml: name: {asset.name!r} must be the folder's, {name!r}")
        return asset

    def assets(self, names: Iterable[str] = ()) -> list[Asset]:
        """The named assets, or all of them."""
        return [self.asset(name) for name in (list(names) or self.asset_names())]


def find(start: Path) -> Workspace:
    """The catalog that a folder is in.

    Raises:
        ModelyardError: None of its parents has a catalog.yaml.
    """
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / "catalog.yaml").is_file():
            return Workspace(folder)
    raise ModelyardError(f"{start.resolve()} is in no catalog: go to the folder with catalog.yaml, or name it with -C")
