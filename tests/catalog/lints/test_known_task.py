"""`known-task`: the task is one that there is."""

from __future__ import annotations

from collections.abc import Callable


def test_an_unknown_task_is_told_with_those_there_are(
    change: Callable[[str, str], str], findings: Callable[[str], list[str]]
) -> None:
    task = change("task: image-segmentation", "task: image-segmentatoin")
    (found,) = findings("known-task")
    assert found.startswith(
        f"{task}: error[known-task]: there is no task 'image-segmentatoin'; "
        "did you mean 'image-segmentation'? use one of "
    )
