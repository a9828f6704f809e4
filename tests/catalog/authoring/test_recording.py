"""`modelyard samples record`: what the model answers now is written, drawn, and told against what was there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import PIL.Image
import pytest

from modelyard import ModelyardError
from modelyard.catalog.authoring import scaffold
from modelyard.catalog.authoring.recording import Recorded, record
from modelyard.catalog.inputs import image
from modelyard.catalog.lint import lint
from modelyard.catalog.workspace import Workspace
from modelyard.manifest.asset import Asset
from modelyard.serving.samples import Send

Record = Callable[..., dict[str, Recorded]]


@pytest.fixture
def folder(workspace: Workspace) -> Path:
    """A new asset."""
    scaffold.begin(workspace, "fresh", "image-classification", {"cpu": "litert"}, lambda goal: "")
    return workspace.folder("fresh")


@pytest.fixture
def recorded(workspace: Workspace, folder: Path, served: Callable[[Asset], Send]) -> Record:
    """Records, and gives what became of each."""

    @contextmanager
    def answering(asset: Asset, _variant: str) -> Iterator[Send]:
        yield served(asset)

    local: Any = SimpleNamespace(workspace=workspace, answering=answering)

    def run(*files: Path | str, pictures: Path | None = None) -> dict[str, Recorded]:
        found = record(local, workspace.asset("fresh"), "cpu", [str(file) for file in files], pictures)
        return {one.input: one for one in found}

    return run


def change(folder: Path, before: str, after: str) -> None:
    file = folder / "pipeline.py"
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after), "utf-8")


def test_what_is_as_it_was_is_told_and_stays(folder: Path, recorded: Record) -> None:
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}

    found = recorded()

    assert set(found) == {"samples/strong.png", "samples/weak.png"}
    assert found["samples/strong.png"].said == "as before: beagle 82.0%, basset 9.0%"
    assert found["samples/strong.png"].changes == ()
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.suffix != ".pyc" and file.is_file()} == before


def test_what_moved_is_told_in_the_measures_of_the_task_and_line_by_line(folder: Path, recorded: Record) -> None:
    change(folder, "(0.82, 0.09)", "(0.72, 0.09)")

    one = recorded("strong.png")["samples/strong.png"]

    assert one.said == (
        "moved beyond its tolerance (probability 0.1; top1 0): "
        "was beagle 82.0%, basset 9.0%; is beagle 72.0%, basset 9.0%"
    )
    assert '-      "probability": 0.82' in one.changes
    assert '+      "probability": 0.72' in one.changes
    kept = json.loads((folder / "samples/strong.expected.json").read_text())
    assert kept["predictions"][0]["probability"] == 0.72


def test_a_picture_of_each_answer_is_drawn_where_git_does_not_look(
    workspace: Workspace, recorded: Record, tmp_path: Path
) -> None:
    usual = recorded("strong.png")["samples/strong.png"].picture
    named = recorded("strong.png", pictures=tmp_path / "look")["samples/strong.png"].picture

    assert usual == workspace.root / "build/pictures/fresh/strong-png.png"
    assert (workspace.root / "build/.gitignore").read_text() == "*\n"
    assert named == tmp_path / "look/strong-png.png"
    for file in (usual, named):
        with PIL.Image.open(file) as drawn:
            assert drawn.width > 96


def test_a_file_that_asset_yaml_does_not_name_is_taken_in(
    workspace: Workspace, folder: Path, recorded: Record, tmp_path: Path
) -> None:
    (tmp_path / "my photo.png").write_bytes(image.strong())
    before = (folder / "asset.yaml").read_text("utf-8")

    one = recorded(tmp_path / "my photo.png")["samples/my photo.png"]

    assert one.added
    assert one.expected == "samples/my photo.expected.json"
    assert (folder / "samples/my photo.png").read_bytes() == image.strong()
    after = (folder / "asset.yaml").read_text("utf-8")
    assert [line for line in after.splitlines() if line not in before.splitlines()] == [
        '  - input: samples/my photo.png',
        '    expected: samples/my photo.expected.json',
        '    license: TODO',
        '    origin: TODO where it comes from, and by whom',
    ]  # fmt: skip
    assert workspace.asset("fresh").samples[-1].input == "samples/my photo.png"
    # The linter asks for what only a person knows.
    todos = [one.message for one in lint(Workspace(workspace.root), ["fresh"], ["todo"])]
    assert "a TODO is left: where it comes from, and by whom" in todos
    assert lint(Workspace(workspace.root), ["fresh"], ["spdx"])
    # From now on it is a sample like any other.
    again = recorded("samples/my photo.png")["samples/my photo.png"]
    assert not again.added
    assert again.said.startswith("as before")


def test_a_file_that_is_there_already_is_named_where_it_is(
    workspace: Workspace, folder: Path, recorded: Record
) -> None:
    (folder / "samples/second.png").write_bytes(image.strong())

    found = recorded(folder / "samples/second.png", folder / "samples/strong.png")

    assert {name: one.added for name, one in found.items()} == {"samples/second.png": True, "samples/strong.png": False}
    assert len(workspace.asset("fresh").samples) == 6


def test_what_the_model_refuses_becomes_a_bad_sample(
    workspace: Workspace, folder: Path, recorded: Record, tmp_path: Path
) -> None:
    (tmp_path / "letter.png").write_bytes(b"Dear all,\n")

    one = recorded(tmp_path / "letter.png")["samples/letter.png"]

    assert one.said.startswith("refused with 400 (this is no picture that can be read")
    assert one.said.endswith(": a bad sample")
    assert (one.expected, one.picture) == (None, None)
    sample = workspace.asset("fresh").samples[-1]
    assert (sample.input, sample.error, sample.expected) == ("samples/letter.png", 400, None)


def test_two_files_of_one_stem_have_answers_of_their_own(folder: Path, recorded: Record, tmp_path: Path) -> None:
    with PIL.Image.open(folder / "samples/strong.png") as picture:
        picture.save(tmp_path / "strong.webp")

    assert recorded(tmp_path / "strong.webp")["samples/strong.webp"].expected == "samples/strong.webp.expected.json"


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("samples/nothing.png", "is no file, and no sample of fresh; it has: samples/strong.png, samples/weak.png"),
        ("samples/notes.txt", "is a bad sample of fresh: it has no answer to record"),
        ("other/weak.png", "samples/weak.png is there already, with something else in it"),
    ],
)
def test_what_cannot_be_recorded_changes_nothing(
    workspace: Workspace, folder: Path, recorded: Record, file: str, said: str
) -> None:
    (workspace.root / "other").mkdir()
    (workspace.root / "other/weak.png").write_bytes(image.strong())
    before = (folder / "asset.yaml").read_bytes(), (folder / "samples/weak.png").read_bytes()

    with pytest.raises(ModelyardError, match=said):
        recorded(workspace.root / file if file.startswith("other") else file)

    assert ((folder / "asset.yaml").read_bytes(), (folder / "samples/weak.png").read_bytes()) == before


def test_where_the_manifest_cannot_be_added_to_nothing_is_copied(
    folder: Path, recorded: Record, tmp_path: Path
) -> None:
    manifest = folder / "asset.yaml"
    head, _, tail = manifest.read_text("utf-8").partition("samples:\n")
    rest = tail.partition("# TODO: measure")[2]
    manifest.write_text(
        head
        + "samples: [{ input: samples/notes.txt, error: 400, license: CC0-1.0, origin: here }]\n# TODO: measure"
        + rest
    )
    (tmp_path / "photo.png").write_bytes(image.strong())

    with pytest.raises(ModelyardError, match="lines of their own"):
        recorded(tmp_path / "photo.png")

    assert not (folder / "samples/photo.png").exists()
