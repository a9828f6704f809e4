"""SavedModel folders: as they are for TensorFlow, converted for LiteRT."""

from __future__ import annotations

import shutil
from pathlib import Path

from .. import savedmodel
from ..errors import ConversionError
from ..format import Format

FIRST_BYTES = (b"\x08\x01\x12", b"\x12")
"""A SavedModel starts with its schema version (field 1, always 1) and then its graphs (field 2)."""

PARTS = (savedmodel.FILE, "fingerprint.pb", "variables", "assets", "assets.extra")
"""All that a SavedModel consists of; what else is in the folder stays behind."""


def holds(path: Path) -> bool:
    """Whether it is a folder with a `saved_model.pb` that starts as one does."""
    file = path / savedmodel.FILE
    if not file.is_file():
        return False
    with file.open("rb") as stream:
        return stream.read(3).startswith(FIRST_BYTES)


def to_tensorflow(source: Path, folder: Path) -> None:
    """Copies the parts of a SavedModel as they are.

    Beside its graphs, which are what is served, a SavedModel describes the Python objects that it was made of. Where
    TensorFlow can't make them again (an optimizer of an older Keras, for one), it refuses the whole: there the
    description is left out, as TensorFlow 1 wrote none.
    """
    for part in PARTS:
        for path in sorted([source / part, *(source / part).rglob("*")]):
            if path.is_symlink():
                raise ConversionError(f"{path} is a link: put the file itself into the SavedModel")
            if path.is_file():
                copy = folder / path.relative_to(source)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copy)
    if _holds_strange_objects(folder):
        _forget_objects(folder / savedmodel.FILE)


def _holds_strange_objects(folder: Path) -> bool:
    import tensorflow

    try:
        tensorflow.saved_model.load(str(folder))
    except (tensorflow.errors.OpError, OSError):  # a file is missing or damaged: who reads on says which
        return False
    except Exception:  # what an object without its class raises is of any kind
        return True
    return False


def _forget_objects(file: Path) -> None:
    from google.protobuf.message import DecodeError
    from tensorflow.core.protobuf import saved_model_pb2

    try:
        model = saved_model_pb2.SavedModel.FromString(file.read_bytes())
    except DecodeError:
        return
    for graph in model.meta_graphs:
        graph.ClearField("object_graph_def")
    file.write_bytes(model.SerializeToString(deterministic=True))


FORMAT = Format(title="a SavedModel folder", holds=holds, to_tensorflow=to_tensorflow)
