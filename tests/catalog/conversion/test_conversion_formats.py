"""A format is recognised by content; the name of the file says nothing."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from modelyard.catalog.conversion import ConversionError, formats
from modelyard.catalog.conversion.format import all_formats, recognise

TFLITE = b"\x1c\0\0\0TFL3" + bytes(20)
HDF5 = b"\x89HDF\r\n\x1a\n" + bytes(20)


def saved_model(folder: Path) -> Path:
    folder.mkdir()
    (folder / "saved_model.pb").write_bytes(b"\x08\x01\x12\x00")
    return folder


def refusal(path: Path) -> str:
    with pytest.raises(ConversionError) as caught:
        recognise(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_every_file_of_formats_is_a_format_by_its_name() -> None:
    files = {path.stem for path in Path(formats.__path__[0]).glob("*.py")} - {"__init__"}
    assert set(all_formats()) == files
    assert all(found.to_tensorflow or found.to_litert for found in all_formats().values())


def test_each_is_told_by_what_is_in_it(tmp_path: Path, doubling: Path) -> None:
    (tmp_path / "weights.bin").write_bytes(TFLITE)
    (tmp_path / "model.tflite").write_bytes(HDF5)
    with zipfile.ZipFile(tmp_path / "archive", "w") as archive:
        archive.writestr("config.json", "{}")
        archive.writestr("model.weights.h5", b"")
    found = {path: recognise(path).format_name for path in tmp_path.iterdir()}
    (tmp_path / "layers.json").write_text('{"modelTopology": {"class_name": "Sequential"}}')
    found[tmp_path / "layers.json"] = recognise(tmp_path / "layers.json").format_name
    found[tmp_path / "exported"] = recognise(saved_model(tmp_path / "exported")).format_name
    assert found == {
        tmp_path / "weights.bin": "tflite",
        tmp_path / "model.tflite": "keras",
        tmp_path / "archive": "keras",
        tmp_path / "exported": "saved_model",
        doubling: "tfjs_graph",
        tmp_path / "layers.json": "tfjs_layers",
    }


def test_the_one_model_in_a_folder_is_found(tmp_path: Path) -> None:
    (tmp_path / "labels.txt").write_text("cat")
    saved_model(tmp_path / "model")
    assert recognise(tmp_path).path == tmp_path / "model"


def test_of_two_models_none_is_chosen(tmp_path: Path) -> None:
    (tmp_path / "small").write_bytes(TFLITE)
    saved_model(tmp_path / "large")
    message = refusal(tmp_path)
    assert "more than one model: large (a SavedModel folder), small (a .tflite file)" in message


def test_what_nobody_knows_is_refused_with_what_is_known(tmp_path: Path) -> None:
    (tmp_path / "model.tflite").write_bytes(b"not what it says")
    (tmp_path / "saved_model.pb").write_text("nor this")
    (tmp_path / "plain.zip").write_bytes(b"PK\x05\x06" + bytes(18))
    message = refusal(tmp_path)
    assert "it holds model.tflite, plain.zip, saved_model.pb" in message
    assert "a Keras model (.keras or .h5), a SavedModel folder, a TF.js graph model" in message
    assert "model.tflite is in no format known here" in refusal(tmp_path / "model.tflite")


def test_nothing_is_no_model(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "gone")
    assert "it holds nothing" in refusal(tmp_path)
    (tmp_path / "empty").write_bytes(b"")
    assert "no format known here" in refusal(tmp_path / "empty")
