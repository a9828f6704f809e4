"""Writing into an asset's folder what a training made: the weights, the report, and where asset.yaml names them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from modelyard.catalog.training.ingredients import trained
from modelyard.catalog.training.report import TrainingReport
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset
from modelyard.manifest.load import parse

FOLDER = "trained"
"""The folder of an asset for what its training made; it goes into no image."""
REPORT = "report.json"
CURVES = "curves.png"
_LARGEST = 5_000_000
"""Bytes of a file of weights that git may keep."""


def write(
    workspace: Workspace, asset: Asset, report: TrainingReport, files: Mapping[str, bytes], *, labels: bool
) -> list[str]:
    """Writes it all.

    Args:
        workspace: The catalog.
        asset: Whose training it is.
        report: Its report.
        files: What is to be in the folder, the report among it, by name.
        labels: Whether the file of labels follows the report's.

    Returns:
        What was done, and what is left to do, a line each.
    """
    folder = workspace.folder(asset.name)
    place = folder / FOLDER
    place.mkdir(exist_ok=True)
    said = []
    for name, content in files.items():
        if len(content) > _LARGEST:
            (place / name).unlink(missing_ok=True)
            said.append(
                f"{FOLDER}/{name} is too large for git, so it is in the registry alone: take the mirror of it away"
            )
        elif _replace(place / name, content):
            said.append(f"wrote {FOLDER}/{name}")
    if (
        labels
        and asset.labels
        and _replace(folder / asset.labels, "".join(f"{one}\n" for one in report.labels).encode())
    ):
        said.append(f"wrote {asset.labels}: samples, card and README.md speak of the labels before, so look at them")
    return said + declare(folder / "asset.yaml", asset, report)


def declare(manifest: Path, asset: Asset, report: TrainingReport) -> list[str]:
    """Writes source and sha256 of trained weights into an asset.yaml, and leaves all else as it stands.

    Returns:
        What was done, a line each; what is to be written by hand, where they stand in another form than a line each.

    Raises:
        ModelyardError: The weights that it names are no files of the training's.
    """
    source = f"train:{report.name}@{report.key}"
    shown = f"assets/{asset.name}/asset.yaml"
    lines = manifest.read_text("utf-8").splitlines(keepends=True)
    _, numbers = parse(manifest, shown_as=shown)
    left = []
    paths = [one.path for one in trained(asset)]
    for index, weights in enumerate(asset.weights):
        if weights.path not in paths:
            continue
        for field, value in (("source", source), ("sha256", report.files[weights.path])):
            number = numbers["weights", index, field] - 1
            lines[number], changed = re.subn(rf"^(\s*(?:-\s+)?{field}:\s+)\S+", rf"\g<1>{value}", lines[number])
            if not changed:
                left.append(f"{shown}: write {field}: {value} for {weights.path}")
    text = "".join(lines)
    if text == manifest.read_text("utf-8"):
        return left
    manifest.write_text(text, "utf-8")
    return [f"wrote asset.yaml: {', '.join(paths)} from {source}", *left]


def check_names(asset: Asset, names: Sequence[str]) -> None:
    """Makes sure that the files of a training are the trained weights of its asset.

    Raises:
        ModelyardError: They are not.
    """
    wanted = [one.path for one in trained(asset)]
    if not wanted:
        raise ModelyardError(
            f"assets/{asset.name}/asset.yaml: no weights come from its training: give one of them the source "
            f"train:{asset.name}@untrained, 64 times f as sha256, and the mirror file:{FOLDER}/PATH"
        )
    if sorted(wanted) != sorted(names):
        raise ModelyardError(
            f"{asset.name}: the training wrote {', '.join(sorted(names)) or 'nothing'} to its output, and the trained "
            f"weights in asset.yaml are {', '.join(sorted(wanted))}: a file has the name that is its `path`"
        )


def earlier(workspace: Workspace, asset: Asset) -> TrainingReport | None:
    """The report in an asset's folder."""
    file = workspace.folder(asset.name) / FOLDER / REPORT
    try:
        return TrainingReport.model_validate_json(file.read_bytes())
    except (OSError, ValueError):
        return None


def _replace(file: Path, content: bytes) -> bool:
    """Whether the file had another content before."""
    if file.is_file() and file.read_bytes() == content:
        return False
    file.write_bytes(content)
    return True
