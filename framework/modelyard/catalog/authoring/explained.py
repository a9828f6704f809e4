"""Explaining what an asset answers, on this machine: through a real server, without a container."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from modelyard import explanations, tasks
from modelyard.catalog.local import Local
from modelyard.errors import BadInput, ModelyardError
from modelyard.manifest.asset import Asset, Sample, Variant
from modelyard.serving.samples import EXPLAIN, fields, message


def explain(
    local: Local, asset: Asset, variant: Variant, path: Path, parameters: Mapping[str, str]
) -> Mapping[str, Any]:
    """What `/model/explain` answers to a file.

    Args:
        local: What runs the asset.
        asset: The asset.
        variant: Which of its variants.
        path: The input.
        parameters: Of the route and of the pipeline.

    Raises:
        ModelyardError: Answers of its task can't be explained, the file can't be read, or it is refused.
    """
    if explanations.of(tasks.load(asset.task)) is None:
        known = ", ".join(name for name in tasks.names() if explanations.of(tasks.load(name)))
        raise ModelyardError(f"{asset.name}: answers of {asset.task} can't be explained; those of {known} can")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelyardError(f"{path}: it can't be read ({error.strerror}): name a file") from None
    with local.answering(asset, variant, EXPLAIN) as send:
        code, body = send(data, parameters)
    if code != 200:
        raise BadInput(f"{path}: refused with {code} {message(body)}")
    found: dict[str, Any] = json.loads(body)
    return found


def sample_of(asset: Asset, name: str | None) -> Sample:
    """A good sample, by its name; the first one where none is named.

    Raises:
        ModelyardError: There is no such sample.
    """
    good = [one for one in asset.samples if one.error is None]
    for one in good:
        if name in (None, one.name, one.input):
            return one
    raise ModelyardError(f"{asset.name} has no good sample {name!r}: it has {', '.join(one.name for one in good)}")


def given(sample: Sample | None, parameters: tuple[str, ...]) -> dict[str, str]:
    """A sample's parameters, and those written as NAME=VALUE, which win.

    Raises:
        ModelyardError: One is not written so.
    """
    for one in parameters:
        if "=" not in one:
            raise ModelyardError(f"parameter {one!r}: write NAME=VALUE")
    return {**(fields(sample) if sample else {}), **dict(one.split("=", 1) for one in parameters)}
