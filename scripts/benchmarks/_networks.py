"""The networks that peers are given, as the SavedModel that they load and the LiteRT file that we make of it."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from modelyard.catalog.local import Local
from scripts.benchmarks import _classifier, _server

_KEPT = Path(__file__).parents[2] / ".bench" / "networks"
_CONVERTER = "tensorflow-cpu"

_EXPORT = """
import sys, keras
keras.utils.set_random_seed(7)
keras.applications.MobileNetV2(weights=None, classifier_activation=None).export(sys.argv[1])
"""


@dataclass(frozen=True)
class Network:
    """One network in two forms.

    Attributes:
        title: Its name, and how its SavedModel came about.
        saved: The SavedModel's folder.
        litert: The folder with model.tflite.
    """

    title: str
    saved: Path
    litert: Path


def efficientnet(local: Local) -> Network:
    """The image classifier's own; its SavedModel is this project's, whose weights are constants, folded."""
    asset = local.workspace.asset(_classifier.NAME)
    found = []
    for runtime in ("tensorflow", "litert"):
        # As if the `cpu` variant ran on it: the `gpu` variant's packages are large, and not needed here.
        variant = asset.model_copy(update={"variants": {"cpu": runtime}})
        with local.prepared(variant, "cpu") as (_python, environment):
            found.append((Path(environment["MODELYARD_WEIGHTS"]) / asset.weights[0].path).resolve())
    return Network("EfficientNet-Lite0, frozen", *found)


def mobilenet(local: Local) -> Network:
    """MobileNetV2 of that size as Keras exports it, its weights random, which costs no less time."""
    python = local.python(_CONVERTER)
    saved, litert = _KEPT / "mobilenet-v2" / "saved", _KEPT / "mobilenet-v2" / "litert"
    framework = str(local.workspace.framework.parent)
    if not litert.is_dir():
        print(f"exporting MobileNetV2 to {saved.parent}", file=sys.stderr)
        saved.parent.mkdir(parents=True, exist_ok=True)
        _server.output(python, "-c", _EXPORT, saved)
        _server.output(
            "env",
            f"PYTHONPATH={framework}",
            python,
            "-m",
            "modelyard.catalog.conversion",
            saved,
            litert,
            "--to",
            "litert",
        )
    return Network("MobileNetV2, Keras' export", saved, litert)


def place(network: Path, folder: Path, name: str) -> Path:
    """A new folder that holds the network under a name, as pipelines look for it."""
    folder.mkdir(parents=True)
    os.symlink(network, folder / name)
    return folder
