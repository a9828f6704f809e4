"""A loaded asset: what answers requests, whoever asks."""

from __future__ import annotations

import importlib
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from modelyard import runtimes, tasks
from modelyard.caller import NOBODY, Caller, working_for
from modelyard.errors import ModelyardError
from modelyard.manifest import profile as profiles
from modelyard.manifest.asset import ServedAsset
from modelyard.manifest.model import Model
from modelyard.manifest.profile import Profile
from modelyard.parameters import BoundParameter, parameters_of
from modelyard.pipeline import Pipeline
from modelyard.serving import processor
from modelyard.serving.settings import Settings
from modelyard.tasks.task import Task


class Deployment(Model):
    """asset.json: what the builder tells the container."""

    asset: ServedAsset
    """The asset, as its author declared it."""
    variant: str
    """Which of its images this is."""
    runtime: str
    """What executes the network."""


@dataclass(frozen=True)
class Place:
    """Where the files of an asset are."""

    asset: Path
    weights: Path
    deployment: Path
    key: str
    """The hash of everything that went into the image; `local` where there is no image."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Place:
        """As the image, or `modelyard run`, set it."""
        asset = Path(environment.get("MODELYARD_ASSET", "/asset"))
        return cls(
            asset,
            Path(environment.get("MODELYARD_WEIGHTS", "/weights")),
            Path(environment.get("MODELYARD_DEPLOYMENT", asset / "asset.json")),
            environment.get("MODELYARD_KEY", "local"),
        )

    def read(self) -> Deployment:
        """What the builder said of the asset."""
        try:
            return Deployment.model_validate_json(self.deployment.read_bytes())
        except OSError as error:
            raise ModelyardError(f"{self.deployment}: it can't be read ({error.strerror}): no asset is here") from None
        except ValidationError as error:
            raise ModelyardError(f"{self.deployment}: another version of Modelyard wrote it ({error})") from None


def _uncounted(sent: Any, pairs: Sequence[tuple[int | str, float | None]]) -> None:
    pass


@dataclass(frozen=True)
class Served:
    """An asset with its network loaded.

    Attributes:
        parameters: The request parameters that its steps take.
        labels: The names of its classes, by id.
        profile: What it is usually sent and answers; None where it has none.
        counted: Takes every input that was answered, and the labels of the answer, each with its probability where it
            has one.
    """

    place: Place
    deployment: Deployment
    task: Task[Any, Any]
    pipeline: Pipeline[Any, Any]
    parameters: tuple[BoundParameter, ...]
    labels: tuple[str, ...]
    profile: Profile | None = None
    counted: Callable[[Any, Sequence[tuple[int | str, float | None]]], None] = _uncounted

    @property
    def asset(self) -> ServedAsset:
        """What its author declared."""
        return self.deployment.asset

    def answer(
        self, data: bytes, parameters: Mapping[str, Any], settings: Settings, caller: Caller = NOBODY
    ) -> dict[str, Any]:
        """From the bytes that a client sent to the body of the answer, arrays still numpy's.

        Raises:
            BadInput: The client can mend it.
        """
        with working_for(caller):
            began = time.monotonic()
            sent = self.task.input.parse(data, settings.bounds)
            caller.observe("decode", time.monotonic() - began)
            answer = self.pipeline.predict(sent, **parameters)
            began = time.monotonic()
            self.counted(sent, tuple(self.task.observe(answer)))
            caller.observe("profile", time.monotonic() - began)
            return self.task.encode(answer)


def load(place: Place, settings: Settings) -> Served:
    """Loads an asset and its network, and answers its first good sample, so that it is warm.

    Raises:
        ModelyardError: A file is missing or the pipeline is not what the manifest says.
    """
    deployment = place.read()
    asset = deployment.asset
    processor.check((deployment.runtime,))
    task = tasks.load(asset.task)
    labels = read_labels(place.asset, asset)
    runtime = runtimes.load(deployment.runtime, threads=settings.cores, queue=settings.queue)
    pipeline = pipeline_class(place.asset, asset)(runtime, labels)
    pipeline.load(place.weights)
    parameters = (*parameters_of(pipeline.preprocess), *parameters_of(pipeline.postprocess))
    served = Served(place, deployment, task, pipeline, parameters, labels, profiles.read(place.asset))
    _warm_up(served, settings)
    return served


def pipeline_class(folder: Path, asset: ServedAsset) -> type[Pipeline[Any, Any]]:
    """The class that `pipeline` in the manifest names.

    Raises:
        ModelyardError: The module or the class is not there.
    """
    module_name, class_name = asset.pipeline.split(":")
    if not (folder / f"{module_name}.py").is_file():
        raise ModelyardError(f"asset.yaml: pipeline: {asset.name} has no file {module_name}.py")
    sys.path.insert(0, str(folder))
    try:
        found = getattr(importlib.import_module(module_name), class_name, None)
    finally:
        sys.path.remove(str(folder))
    if not (isinstance(found, type) and issubclass(found, Pipeline)):
        raise ModelyardError(f"asset.yaml: pipeline: {module_name}.py has no Pipeline called {class_name!r}")
    return found


def read_labels(folder: Path, asset: ServedAsset) -> tuple[str, ...]:
    """The names of the asset's classes, one a line of its label file."""
    if asset.labels is None:
        return ()
    try:
        return tuple((folder / asset.labels).read_text("utf-8").splitlines())
    except (OSError, UnicodeDecodeError) as error:
        raise ModelyardError(f"asset.yaml: labels: {asset.labels} can't be read ({error})") from None


def _warm_up(served: Served, settings: Settings) -> None:
    """The first call of a network is slow; it must not be a user's."""
    good = next((sample for sample in served.asset.samples if sample.error is None), None)
    if good is not None:
        served.answer((served.place.asset / good.input).read_bytes(), {}, settings)
