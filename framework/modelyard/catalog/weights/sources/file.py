"""`file:PATH`, a file in the asset's own folder, such as `file:weights/model.onnx`.

For weights that are small enough to live in git. A symbolic link may stand for the file, if it leads to
one inside the folder.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from modelyard.catalog.weights.sources import SourceContext
from modelyard.errors import ModelyardError


def download(reference: str, sha256: str, folder: Path, context: SourceContext) -> Path:
    """Copy the file: the cache's copy must not change with the contributor's."""
    asset = context.asset.resolve()
    try:
        file = (asset / reference).resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        raise ModelyardError(f"{reference!r} isn't there: write a path below {asset}") from error
    if not file.is_relative_to(asset):
        raise ModelyardError(f"{reference!r} leads out of the asset's folder: put the file below {asset}")
    if not file.is_file():
        raise ModelyardError(f"{reference!r} is no file: name the file itself, or an archive of the folder")
    copy = folder / file.name
    shutil.copyfile(file, copy)
    size = copy.stat().st_size
    context.advance(size, size)
    return copy
