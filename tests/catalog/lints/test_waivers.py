"""`waivers`: what has expired is told."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from modelyard.catalog.workspace import Workspace

Findings = Callable[[str], list[str]]


def waive(workspace: Workspace, asset: str, expires: datetime.date) -> None:
    (workspace.root / "waivers.yaml").write_text(
        "waivers:\n"
        f"  - {{asset: {asset}, key: {'a' * 32}, check: quality accuracy, reason: known and small,\n"
        f"     expires: {expires}}}\n"
    )


def test_one_that_has_expired_is_to_be_removed(workspace: Workspace, findings: Findings) -> None:
    waive(workspace, "good", datetime.date(2020, 1, 31))
    (said,) = findings("waivers")
    assert "entry 1 waived 'quality accuracy' of aaaaaaaaaaaa until 2020-01-31; remove it" in said


def test_one_that_counts_and_one_of_another_asset_are_left_alone(workspace: Workspace, findings: Findings) -> None:
    waive(workspace, "good", datetime.date(2999, 1, 1))
    assert findings("waivers") == []
    waive(Workspace(workspace.root), "better", datetime.date(2020, 1, 31))
    assert findings("waivers") == []
