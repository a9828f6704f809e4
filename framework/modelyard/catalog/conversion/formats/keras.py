"""Keras models: a .keras archive, a whole model in an .h5 file, or weights there of a network in `keras/`."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from .. import savedmodel
from ..errors import ConversionError, first_line
from ..format import Format
from ..keras import weights_only

HDF5 = b"\x89HDF\r\n\x1a\n"
ARCHIVED = {"config.json", "model.weights.h5"}


def holds(path: Path) -> bool:
    """Whether it is an archive with Keras's parts, or HDF5, which Keras alone uses for weights here."""
    return _suffix(path) is not None


def _suffix(path: Path) -> str | None:
    """The suffix by which Keras tells its two forms apart, told here by content."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        if file.read(len(HDF5)) == HDF5:
            return ".h5"
    if not zipfile.is_zipfile(path):
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            return ".keras" if ARCHIVED.issubset(archive.namelist()) else None
    except zipfile.BadZipFile:
        return None


def to_tensorflow(source: Path, folder: Path) -> None:
    """Freezes the model: its weights become constants, its training parts stay behind."""
    freeze(_load(source), source, folder)


def freeze(model: Any, source: Path, folder: Path) -> None:
    """Writes a Keras model as a SavedModel whose weights are constants; `source` is for the error.

    Raises:
        ConversionError: TensorFlow can't freeze it.
    """
    import tensorflow
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    def answer(*inputs: Any) -> list[Any]:
        outputs = model(inputs[0] if len(inputs) == 1 else list(inputs), training=False)
        return list(tensorflow.nest.flatten(outputs))

    specifications = [tensorflow.TensorSpec(each.shape, each.dtype, each.name) for each in model.inputs]
    try:
        function = tensorflow.function(answer, input_signature=specifications)
        frozen = convert_variables_to_constants_v2(function.get_concrete_function())
    except (ValueError, TypeError, tensorflow.errors.OpError) as problem:
        raise ConversionError(f"{source} can't be frozen: {first_line(problem)}") from problem
    inputs = {each.name: tensor.name for each, tensor in zip(model.inputs, frozen.inputs, strict=True)}
    # A sequential model doesn't name its output; its last layer does.
    named = getattr(model, "output_names", None) or [model.layers[-1].name]
    outputs = {name: tensor.name for name, tensor in zip(named, frozen.outputs, strict=True)}
    savedmodel.write(frozen.graph.as_graph_def(), inputs, outputs, folder)


def _load(source: Path) -> Any:
    import tensorflow

    if _suffix(source) == ".h5" and (weights := weights_only.read(source)) is not None:
        return weights_only.model(weights, source)
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / f"model{_suffix(source)}"
        shutil.copyfile(source, copy)
        try:
            return tensorflow.keras.models.load_model(copy, compile=False, safe_mode=True)
        except Exception as problem:  # Keras raises all kinds, and each is about the file it was given
            raise ConversionError(
                f"{source}: Keras {tensorflow.keras.__version__} can't load it as a whole model:"
                f" {first_line(problem)}; save it with this version of Keras"
            ) from problem


FORMAT = Format(title="a Keras model (.keras or .h5)", holds=holds, to_tensorflow=to_tensorflow)
