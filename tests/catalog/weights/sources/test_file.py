"""`file:` gives a file of the asset's own folder, and of no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelyard.catalog.weights.sources import SourceContext
from modelyard.catalog.weights.sources.file import download
from modelyard.errors import ModelyardError


def test_a_file_below_the_asset_is_copied(asset: Path, folder: Path, context: SourceContext) -> None:
    (asset / "weights").mkdir()
    (asset / "weights/model.onnx").write_bytes(b"onnx")
    copy = download("weights/model.onnx", "", folder, context)
    assert copy == folder / "model.onnx"
    (asset / "weights/model.onnx").write_bytes(b"changed later")
    assert copy.read_bytes() == b"onnx"


def test_a_link_to_a_file_below_the_asset_is_followed(asset: Path, folder: Path, context: SourceContext) -> None:
    (asset / "v2.onnx").write_bytes(b"onnx")
    (asset / "model.onnx").symlink_to("v2.onnx")
    assert download("model.onnx", "", folder, context).read_bytes() == b"onnx"


@pytest.mark.parametrize("reference", ["../secret", "link", "folder/../../secret", "linked/secret"])
def test_a_way_out_of_the_asset_is_refused(reference: str, asset: Path, folder: Path, context: SourceContext) -> None:
    (asset.parent / "secret").write_bytes(b"secret")
    (asset / "folder").mkdir()
    (asset / "link").symlink_to("../secret")
    (asset / "linked").symlink_to("..")
    with pytest.raises(ModelyardError, match="leads out of the asset's folder"):
        download(reference, "", folder, context)
    assert list(folder.iterdir()) == []


def test_an_absolute_path_is_refused(folder: Path, context: SourceContext) -> None:
    with pytest.raises(ModelyardError, match="leads out"):
        download("/etc/passwd", "", folder, context)


@pytest.mark.parametrize("reference", ["gone", "loop", "nul\0byte", "x" * 300])
def test_a_missing_file_is_told(reference: str, asset: Path, folder: Path, context: SourceContext) -> None:
    (asset / "loop").symlink_to("loop")
    with pytest.raises(ModelyardError, match="isn't there: write a path below"):
        download(reference, "", folder, context)


@pytest.mark.parametrize("reference", ["", ".", "nets"])
def test_a_folder_is_refused(reference: str, asset: Path, folder: Path, context: SourceContext) -> None:
    (asset / "nets").mkdir()
    with pytest.raises(ModelyardError, match="is no file: name the file itself"):
        download(reference, "", folder, context)
