"""Writing expected answers: what the model says now, for a person to look at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from modelyard import tasks
from modelyard.catalog.local import Local
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset, Variant


def record(local: Local, asset: Asset, variant: Variant, inputs: Sequence[str] = ()) -> list[Path]:
    """Answers samples here and keeps the answers in the files that `expected` names.

    Args:
        local: What runs the asset.
        asset: The asset.
        variant: Which of its variants answers.
        inputs: The samples, by their `input` in asset.yaml; all good ones if none is named.

    Returns:
        The files that were written.
    """
    task = tasks.load(asset.task)
    good = {sample.input: sample for sample in asset.samples if sample.expected is not None}
    written = []
    for name in inputs or good:
        if name not in good:
            raise ModelyardError(f"{name!r} is no good sample of {asset.name}; there are: {', '.join(good)}")
        sample, folder = good[name], local.workspace.folder(asset.name)
        given = [f"--param={key}={value}" for key, value in sample.parameters.items()]
        done = local.command(asset, variant, ["predict", *given], data=(folder / sample.input).read_bytes())
        if done.returncode != 0:
            raise ModelyardError(f"{asset.name} gives no answer to {name}; its log is above")
        assert sample.expected is not None
        task.write(task.parse(done.stdout), folder / sample.expected)
        written.append(folder / sample.expected)
    return written
