"""LiteRT models: written from a SavedModel, and read for their signature."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from . import savedmodel
from .errors import ConversionError, first_line
from .record import Signature, Tensor

FILE = "model.tflite"
IDENTIFIER = b"TFL3"
"""What stands at byte 4 of every LiteRT file, whatever its name."""


def is_litert(path: Path) -> bool:
    """Whether a path is a LiteRT file."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(8)[4:] == IDENTIFIER


def write(saved_model: Path, folder: Path) -> None:
    """Writes `model.tflite` from a SavedModel, unquantised, with sizes that are unknown left open.

    Raises:
        ConversionError: The model needs an operation that LiteRT does not have.
    """
    import tensorflow

    key = savedmodel.read_signature(saved_model).key
    try:
        converter = tensorflow.lite.TFLiteConverter.from_saved_model(str(saved_model), signature_keys=[key])
        content = converter.convert()
    except Exception as problem:  # the converter raises all kinds, and each is about the model it was given
        raise ConversionError(_explanation(problem)) from problem
    (folder / FILE).write_bytes(content)


def _explanation(problem: Exception) -> str:
    missing = re.findall(r"^\s*(?:TF Select|Custom) ops: (.+)$", str(problem), re.MULTILINE)
    if missing:
        return f"LiteRT can't run {', '.join(missing)} as the model uses it: run it on tensorflow"
    return f"LiteRT's converter refuses the model: {first_line(problem)}; run it on tensorflow"


def read_signature(path: Path) -> Signature:
    """How a LiteRT model is called.

    Raises:
        ConversionError: The file is damaged.
    """
    import tensorflow

    try:
        interpreter = tensorflow.lite.Interpreter(model_path=str(path))
        keys = sorted(interpreter.get_signature_list())
        if not keys:
            inputs = {detail["name"]: detail for detail in interpreter.get_input_details()}
            outputs = {detail["name"]: detail for detail in interpreter.get_output_details()}
            return Signature(None, _tensors(inputs), _tensors(outputs))
        key = savedmodel.SIGNATURE if savedmodel.SIGNATURE in keys else keys[0]
        runner = interpreter.get_signature_runner(key)
        return Signature(key, _tensors(runner.get_input_details()), _tensors(runner.get_output_details()))
    except (ValueError, RuntimeError) as problem:
        raise ConversionError(f"{path.name} is damaged ({first_line(problem)}): fetch the model again") from problem


def _tensors(details: dict[str, dict[str, Any]]) -> tuple[Tensor, ...]:
    import tensorflow

    described = []
    for name, detail in details.items():
        sizes = tuple(None if size < 0 else int(size) for size in detail["shape_signature"])
        described.append(Tensor(name, sizes, tensorflow.dtypes.as_dtype(detail["dtype"]).name))
    return tuple(described)
