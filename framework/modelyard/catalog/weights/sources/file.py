"""`file:PATH`, a file in the asset's own folder, such as `file:weights/model.onnx`.

For weights that are small enough to live in git. A symbolic link may stand for the file, if it leads to
one inside the folder.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from modelyard.catalog.weights import digest
from modelyard.catalog.weights.sources import Probe, SourceContext
from modelyard.errors import ModelyardError


def download(reference: str, sha256: str, folder: Path, context: SourceContext) -> Path:
    """Copy the file: the cache's copy must not change with the contributor's."""
    file = _inside(reference, context)
    copy = folder / file.name
    shutil.copyfile(file, copy)
    size = copy.stat().st_size
    context.advance(size, size)
    return copy


def probe(reference: str, sha256: str, folder: Path, context: SourceContext) -> Probe:
    """Look at the file itself."""
    try:
        file = _inside(reference, context)
    except ModelyardError as error:
        return Probe("gone", str(error))
    found = digest.of_file(file)
    return Probe("ok", "as declared") if found == sha256 else Probe("changed", f"its sha256 is {found}")


def _inside(reference: str, context: SourceContext) -> Path:
    asset = context.asset.resolve()
    try:
        file = (asset / reference).resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        raise ModelyardError(f"{reference!r} isn't there: write a path below {asset}") from error
    if not file.is_relative_to(asset):
        raise ModelyardError(f"{reference!r} leads out of the asset's folder: put the file below {asset}")
    if not file.is_file():
        raise ModelyardError(f"{reference!r} is no file: name the file itself, or an archive of the folder")
    return file
