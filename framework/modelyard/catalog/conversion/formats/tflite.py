"""LiteRT's own files (.tflite): as they are."""

from __future__ import annotations

import shutil
from pathlib import Path

from .. import litert
from ..format import Format


def to_litert(source: Path, folder: Path) -> None:
    """Copies the file under the name that the runtime looks for."""
    shutil.copyfile(source, folder / litert.FILE)


FORMAT = Format(title="a .tflite file", holds=litert.is_litert, to_litert=to_litert)
