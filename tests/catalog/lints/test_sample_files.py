"""`sample-files`: what the samples name is there, in the folder, in the task's form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

Change = Callable[[str, str], str]
Findings = Callable[[str], list[str]]


def test_an_input_is_missing(change: Change, findings: Findings) -> None:
    line = change("samples/empty.jpg", "samples/none.jpg")
    assert findings("sample-files") == [
        f"{line}: error[sample-files]: samples/none.jpg is not there; put a copy of it there"
    ]


def test_an_expected_answer_is_missing(change: Change, folder: Path, findings: Findings) -> None:
    line = change("street.expected.png", "street.expected.png")
    (folder / "samples/street.expected.png").unlink()
    assert findings("sample-files") == [
        f"{line}: error[sample-files]: samples/street.expected.png is not there; "
        "write it with `modelyard samples record good samples/street.jpg`"
    ]


def test_an_expected_answer_has_another_form_than_the_task_s(change: Change, folder: Path, findings: Findings) -> None:
    line = change("street.expected.png", "street.expected.json")
    (folder / "samples/street.expected.json").touch()
    assert findings("sample-files") == [
        f"{line}: error[sample-files]: samples/street.expected.json is no form that answers of image-segmentation "
        "are kept in; call it samples/street.expected.png"
    ]


def test_a_link_leads_out_of_the_folder(folder: Path, tmp_path: Path, findings: Findings) -> None:
    (tmp_path / "elsewhere.jpg").touch()
    (folder / "samples/empty.jpg").unlink()
    (folder / "samples/empty.jpg").symlink_to(tmp_path / "elsewhere.jpg")
    (found,) = findings("sample-files")
    assert "samples/empty.jpg is a link that leads out of the asset's folder" in found


def test_a_folder_is_no_sample(folder: Path, findings: Findings) -> None:
    (folder / "samples/empty.jpg").unlink()
    (folder / "samples/empty.jpg").mkdir()
    (found,) = findings("sample-files")
    assert "samples/empty.jpg is no regular file" in found


def test_a_link_inside_the_folder_will_do(folder: Path, findings: Findings) -> None:
    (folder / "samples/empty.jpg").unlink()
    (folder / "samples/empty.jpg").symlink_to("street.jpg")
    assert findings("sample-files") == []
