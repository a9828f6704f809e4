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
    from modelyard.series import Series
    from modelyard.tasks.classes import Classification
    from modelyard.tasks.human_pose_estimation import BodyPart, Person, Poses
    from modelyard.tasks.image_segmentation import Segmentation
    from modelyard.tasks.image_to_image import Picture
    from modelyard.tasks.music_transcription import Note, Transcription
    from modelyard.tasks.object_detection import Box, Detection, Detections
    from modelyard.tasks.optical_character_recognition import TextLine, TextLines
    from modelyard.tasks.pitch_estimation import PitchTrack
    from modelyard.tasks.quality_assessment import Quality, ScoredWindow
    from modelyard.tasks.text_classification import TextClassification
    from modelyard.tasks.text_embedding import TextEmbedding
    from modelyard.tasks.time_series_forecasting import Forecast, Interval
    from modelyard.tasks.token_segmentation import Token, TokenSegmentation
    from modelyard.tasks.voice_activity_detection import VoiceActivity
    from modelyard.tasks.volume_segmentation import VolumeMask
    from modelyard.tensors import Tensors
    from modelyard.text import Text
    from modelyard.unigram import Unigram
    from modelyard.volume import Volume

_HOMES = {
    "Audio": "audio",
    "BadInput": "errors",
    "BodyPart": "tasks.human_pose_estimation",
    "Box": "tasks.object_detection",
    "Classification": "tasks.classes",
    "Detection": "tasks.object_detection",
    "Detections": "tasks.object_detection",
    "File": "file",
    "Forecast": "tasks.time_series_forecasting",
    "Image": "image",
    "Interval": "tasks.time_series_forecasting",
    "ModelyardError": "errors",
    "Note": "tasks.music_transcription",
    "Parameter": "parameters",
    "Person": "tasks.human_pose_estimation",
    "Picture": "tasks.image_to_image",
    "Pipeline": "pipeline",
    "PitchTrack": "tasks.pitch_estimation",
    "Poses": "tasks.human_pose_estimation",
    "Quality": "tasks.quality_assessment",
    "ScoredWindow": "tasks.quality_assessment",
    "Segmentation": "tasks.image_segmentation",
    "Series": "series",
    "Tensors": "tensors",
    "Text": "text",
    "TextClassification": "tasks.text_classification",
    "TextEmbedding": "tasks.text_embedding",
    "TextLine": "tasks.optical_character_recognition",
    "TextLines": "tasks.optical_character_recognition",
    "Token": "tasks.token_segmentation",
    "TokenSegmentation": "tasks.token_segmentation",
    "Transcription": "tasks.music_transcription",
    "Unigram": "unigram",
    "VoiceActivity": "tasks.voice_activity_detection",
    "Volume": "volume",
    "VolumeMask": "tasks.volume_segmentation",
}

__all__ = [
    "Audio",
    "BadInput",
    "BodyPart",
    "Box",
    "Classification",
    "Detection",
    "Detections",
    "File",
    "Forecast",
    "Image",
    "Interval",
    "ModelyardError",
    "Note",
    "Parameter",
    "Person",
    "Picture",
    "Pipeline",
    "PitchTrack",
    "Poses",
    "Quality",
    "ScoredWindow",
    "Segmentation",
    "Series",
    "Tensors",
    "Text",
    "TextClassification",
    "TextEmbedding",
    "TextLine",
    "TextLines",
    "Token",
    "TokenSegmentation",
    "Transcription",
    "Unigram",
    "VoiceActivity",
    "Volume",
    "VolumeMask",
    "__version__",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'modelyard' has no attribute {name!r}")
    return getattr(import_module(f"modelyard.{_HOMES[name]}"), name)
