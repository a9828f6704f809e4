"""Telling what was released: the assets' chronicles, and the site where catalog.yaml names its folder.

Neither undoes a release, nor makes it fail: both are made from what the registry holds, and the next release, or
`modelyard site`, makes what is missing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from modelyard.catalog.publishing.builder import Builder
from modelyard.catalog.records import chronicle, chronicling
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset


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
    folder = builder.workspace.catalog.site
    if folder is not None:
        _render(builder, folder)


def _write(builder: Builder, asset: Asset) -> None:
    chronicling.renew(builder.registry, asset.name, chronicle.read(builder.workspace.folder(asset.name), asset))


def _render(builder: Builder, folder: str) -> None:
    # Its libraries are only wanted where there is a site.
    from modelyard.catalog.site.render import render

    output = builder.workspace.root / folder
    try:
        render(builder.workspace, builder.registry, builder.cache.root / "site", output, builder.progress)
    except ModelyardError as error:
        builder.progress.note(f"the site stays as it was; modelyard site renders it: {error}")
