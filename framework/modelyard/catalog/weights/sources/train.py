"""`train:NAME@KEY`, a file that `modelyard train NAME` made, such as `train:clothing-classifier@0f3c…`.

It is in the catalog's registry, under `trained/NAME`, with the key of its code, data, packages and seed as its tag.
A registry that is new doesn't have it; a `file:` mirror, of a small file in the asset's folder, does without.
"""

from __future__ import annotations

import re
from pathlib import Path

from modelyard.catalog import workspace
from modelyard.catalog.registry import Registry, RegistryDown
from modelyard.catalog.weights.sources import Probe, SourceContext
from modelyard.errors import ModelyardError

_REFERENCE = re.compile(r"([a-z][a-z0-9]*(?:-[a-z0-9]+)*)@([0-9a-f]{32})")


def repository(name: str) -> str:
    """The name under which an asset's trained weights stand in the registry."""
    return f"trained/{name}"


def download(reference: str, sha256: str, folder: Path, context: SourceContext) -> Path:
    """Take the file with that digest from what stands under the key."""
    registry, name, key = _place(reference, context)
    kept = registry.kept_files(repository(name), key)
    if kept is None:
        raise ModelyardError(f"{registry.repository(repository(name))} has no {key}: modelyard train {name}")
    titles = {digest: title for title, digest in kept.items()}
    digest = f"sha256:{sha256}"
    if digest not in titles:
        raise ModelyardError(f"it was trained again and has other files now: declare them with modelyard train {name}")
    file = folder / Path(titles[digest]).name
    done = 0
    with file.open("wb") as opened:
        for part in registry.blob(repository(name), digest):
            opened.write(part)
            done += len(part)
            context.advance(done, None)
    return file


def probe(reference: str, sha256: str, folder: Path, context: SourceContext) -> Probe:
    """Ask the registry what stands under the key."""
    try:
        registry, name, key = _place(reference, context)
        kept = registry.kept_files(repository(name), key)
    except RegistryDown as error:
        return Probe("unreachable", str(error))
    if kept is None:
        return Probe("gone", "the registry doesn't have it")
    return (
        Probe("ok", "the registry has it") if f"sha256:{sha256}" in kept.values() else Probe("changed", "trained again")
    )


def _place(reference: str, context: SourceContext) -> tuple[Registry, str, str]:
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise ModelyardError(f"`train:{reference}` names no training yet: modelyard train NAME writes its key there")
    return Registry(workspace.find(context.asset).catalog.registry), match[1], match[2]
