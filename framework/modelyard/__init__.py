"""What the author of an asset imports.

    from modelyard import Image, Pipeline, Segmentation, Tensors

Names are loaded when they are first used, so that a command which needs none of them
(completion, `--help`) doesn't wait for numpy and Pillow.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from modelyard.version import VERSION as __version__  # noqa: N811

if TYPE_CHECKING:
    from modelyard.audio import Audio
    from modelyard.errors import BadInput, ModelyardError
    from modelyard.file import File
    from modelyard.image import Image
    from modelyard.parameters import Parameter
    from modelyard.pipeline import Pipeline
    from modelyard.tasks.image_classification import Classification
    from modelyard.tasks.image_segmentation import Segmentation
    from modelyard.tasks.text_classification import TextClassification
    from modelyard.tasks.text_embedding import TextEmbedding
    from modelyard.tasks.volume_segmentation import VolumeMask
    from modelyard.tensors import Tensors
    from modelyard.text import Text
    from modelyard.unigram import Unigram
    from modelyard.volume import Volume

_HOMES = {
    "Audio": "audio",
    "BadInput": "errors",
    "Classification": "tasks.image_classification",
    "File": "file",
    "Image": "image",
    "ModelyardError": "errors",
    "Parameter": "parameters",
    "Pipeline": "pipeline",
    "Segmentation": "tasks.image_segmentation",
    "Tensors": "tensors",
    "Text": "text",
    "TextClassification": "tasks.text_classification",
    "TextEmbedding": "tasks.text_embedding",
    "Unigram": "unigram",
    "Volume": "volume",
    "VolumeMask": "tasks.volume_segmentation",
}

__all__ = [
    "Audio",
    "BadInput",
    "Classification",
    "File",
    "Image",
    "ModelyardError",
    "Parameter",
    "Pipeline",
    "Segmentation",
    "Tensors",
    "Text",
    "TextClassification",
    "TextEmbedding",
    "Unigram",
    "Volume",
    "VolumeMask",
    "__version__",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'modelyard' has no attribute {name!r}")
    return getattr(import_module(f"modelyard.{_HOMES[name]}"), name)
