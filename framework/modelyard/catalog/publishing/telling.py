"""Telling what was changed: the assets' chronicles, and the site where catalog.yaml names its folder.

Neither undoes a release, nor makes it fail: both are made from what the registry holds, and the next release, or
`modelyard site`, makes what is missing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from modelyard.catalog.progress import Progress
from modelyard.catalog.records import chronicle, chronicling
from modelyard.catalog.registry import Registry
from modelyard.catalog.weights.cache import Cache, open_cache
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset

if TYPE_CHECKING:
    from modelyard.catalog.publishing.builder import Builder


def tell(builder: Builder, assets: Mapping[str, Asset], changed: Collection[str]) -> None:
    """Writes the chronicles of the assets that changed, or have none of what the registry says, and renders the site.

    Args:
        builder: What released them.
        assets: Those that the release was about, by their names.
        changed: The names of those that something was published or stopped of.
    """
    try:
        index = chronicling.index(builder.registry)
        for name, asset in assets.items():
            stamp = chronicling.stamp(builder.registry, name)
            if name in changed or chronicling.find(index, name, stamp) is None:
                _write(builder, asset)
    except ModelyardError as error:
        builder.progress.note(f"the chronicles are as they were, and the next release writes them: {error}")
    _render(builder.workspace, builder.registry, builder.cache, builder.progress)


def retell(workspace: Workspace, registry: Registry, names: Iterable[str], progress: Progress) -> None:
    """Writes the chronicles of assets that changed without a release, and renders the site.

    Args:
        workspace: The catalog.
        registry: Where it is published.
        names: Those that changed.
        progress: Who is told.
    """
    for name in names:
        try:
            chronicling.renew(registry, name)
        except ModelyardError as error:
            progress.note(f"{name}: its chronicle is as it was, and the next release writes it: {error}")
    _render(workspace, registry, open_cache(), progress)


def _write(builder: Builder, asset: Asset) -> None:
    chronicling.renew(builder.registry, asset.name, chronicle.read(builder.workspace.folder(asset.name), asset))


def _render(workspace: Workspace, registry: Registry, cache: Cache, progress: Progress) -> None:
    if workspace.catalog.site is None:
        return
    # Its libraries are only wanted where there is a site.
    from modelyard.catalog.site.render import render

    output = workspace.root / workspace.catalog.site
    try:
        render(workspace, registry, cache.root / "site", output, progress)
    except ModelyardError as error:
        progress.note(f"the site stays as it was; modelyard site renders it: {error}")
