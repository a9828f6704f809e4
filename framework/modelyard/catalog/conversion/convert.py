"""Converts weights into a folder that is there whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import litert, savedmodel
from .errors import ConversionError
from .format import Weights, recognise
from .record import Record, digests

TARGETS = ("tensorflow", "litert")
RECORD = "conversion.json"


def convert(source: Path, output: Path, target: str) -> Record:
    """Converts the weights at `source` for the runtime `target` and writes them to `output`.

    Args:
        source: A file or folder in a format of `formats/`.
        output: A folder that does not exist yet, or is empty; it may not be a mount point, for it is
            put in its place by renaming.
        target: One of TARGETS.

    Raises:
        ConversionError: The weights can't be converted, or `output` is taken.
    """
    if target not in TARGETS:
        raise ConversionError(f"There is no runtime {target!r} to convert to: choose {' or '.join(TARGETS)}")
    weights = recognise(source)
    with _whole(output) as folder:
        if target == "tensorflow":
            _write_tensorflow(weights, folder)
            signature = savedmodel.read_signature(folder)
        else:
            _write_litert(weights, folder)
            signature = litert.read_signature(folder / litert.FILE)
        record = Record(weights.format_name, target, _tensorflow_version(), signature, digests(folder))
        (folder / RECORD).write_text(record.to_json(), encoding="utf-8")
    return record


def _write_tensorflow(weights: Weights, folder: Path) -> None:
    if weights.format.to_tensorflow is None:
        raise ConversionError(
            f"{weights.path} is {weights.format.title}, which can't be made a SavedModel: use it --to litert"
        )
    weights.format.to_tensorflow(weights.path, folder)


def _write_litert(weights: Weights, folder: Path) -> None:
    if weights.format.to_litert is not None:
        weights.format.to_litert(weights.path, folder)
        return
    with tempfile.TemporaryDirectory() as scratch:
        _write_tensorflow(weights, Path(scratch))
        litert.write(Path(scratch), folder)


def _tensorflow_version() -> str:
    import tensorflow

    return str(tensorflow.__version__)


@contextmanager
def _whole(output: Path) -> Iterator[Path]:
    """A folder to write into, which becomes `output` once everything in it is written."""
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise ConversionError(f"{output} exists: remove it, or name a folder that is new or empty")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{output.name}.", suffix=".partial", dir=output.parent))
    except OSError as problem:
        raise ConversionError(
            f"{output.parent} can't be written ({problem.strerror}): name another OUTPUT"
        ) from problem
    try:
        folder.chmod(0o755)  # mkdtemp makes it private, but whoever builds the image is another user
        yield folder
        try:
            folder.rename(output)
        except OSError as problem:
            raise ConversionError(
                f"{output} can't be put in place ({problem.strerror}): is it a mount point, or in use?"
            ) from problem
    finally:
        shutil.rmtree(folder, ignore_errors=True)
