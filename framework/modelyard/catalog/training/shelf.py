"""Trained weights in the registry, under their key, so that nobody trains the same thing twice."""

from __future__ import annotations

from collections.abc import Mapping

from modelyard.catalog.registry import Registry
from modelyard.catalog.training.declaring import REPORT
from modelyard.catalog.training.report import TrainingReport
from modelyard.catalog.weights.sources.train import repository
from modelyard.errors import ModelyardError

KIND = "application/vnd.modelyard.trained.v1"


def find(registry: Registry, name: str, key: str) -> dict[str, bytes] | None:
    """The files of a training, its report among them, by name; None where nobody did it.

    Raises:
        ModelyardError: The registry lost some of them.
    """
    kept = registry.kept_files(repository(name), key)
    if kept is None:
        return None
    return {title: b"".join(registry.blob(repository(name), digest)) for title, digest in kept.items()}


def keep(registry: Registry, name: str, key: str, files: Mapping[str, bytes]) -> None:
    """Keeps the files of a training."""
    registry.keep_files(repository(name), key, KIND, files)


def report_in(files: Mapping[str, bytes]) -> TrainingReport:
    """The report among the files of a training."""
    try:
        return TrainingReport.model_validate_json(files[REPORT])
    except (KeyError, ValueError):
        raise ModelyardError(
            "the registry has these weights without a report that can be read: train --again"
        ) from None
