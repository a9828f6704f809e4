"""Converts weights as they were published to what a runtime loads.

    python -m modelyard.catalog.conversion INPUT OUTPUT --to litert

INPUT is a file or folder whose format is recognised by its content: each file of `formats/` is one
format. OUTPUT becomes a folder: `saved_model.pb` (`--to tensorflow`) or `model.tflite` (`--to litert`),
and `conversion.json`, which says what was made from what.

The package stands alone: it needs Python, numpy and TensorFlow, and TensorFlow only once there is
something to convert. The builder copies this folder into the runtime's container and runs it there as
`python -m conversion`.
"""

from .convert import convert
from .errors import ConversionError

__all__ = ["ConversionError", "convert"]
