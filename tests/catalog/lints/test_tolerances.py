"""`tolerances`: each names a measure of the task."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Change = Callable[[str, str], str]
Findings = Callable[[str], list[str]]


def test_a_sample_s_tolerance_is_no_measure(change: Change, findings: Findings) -> None:
    line = change("{ differing: 0.01 }", "\n      iou_loss: 0.1\n      difering: 0.01")
    assert findings("tolerances") == [
        f"{line}: error[tolerances]: image-segmentation has no measure 'difering'; "
        "did you mean 'differing'? use one of differing, iou_loss"
    ]


def test_parity_is_no_measure(change: Change, findings: Findings) -> None:
    line = change("parity: { iou_loss: 0 }", "parity: { wer: 0 }")
    assert findings("tolerances") == [
        f"{line}: error[tolerances]: image-segmentation has no measure 'wer'; use one of differing, iou_loss"
    ]


@pytest.mark.parametrize(("value", "shown"), [("-0.1", "-0.1"), (".nan", "nan"), (".inf", "inf")])
def test_no_answer_can_keep_to_it(value: str, shown: str, change: Change, findings: Findings) -> None:
    line = change("differing: 0.01", f"differing: {value}")
    assert findings("tolerances") == [
        f"{line}: error[tolerances]: differing: no difference is at most {shown}; write 0 or a larger number"
    ]
