"""`spdx`: every licence is an SPDX expression."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from packaging.licenses import _spdx

from modelyard.catalog.spdx import EXCEPTIONS, IDS, trouble_with

Change = Callable[[str, str], str]
Findings = Callable[[str], list[str]]

FIND_IT = "take it from spdx.org/licenses, or write `LicenseRef-NAME` for one that is not there"


@pytest.mark.parametrize(
    "old", ["license: Apache-2.0", "license: MIT OR Apache-2.0", "license: CC0-1.0"], ids=["code", "weights", "sample"]
)
def test_an_unknown_licence_is_found_wherever_it_stands(old: str, change: Change, findings: Findings) -> None:
    line = change(f"{old}\n", "license: Apache 2\n").rpartition(":")
    (found,) = findings("spdx")
    where = f"{line[0]}:{int(line[2]) - 1}"
    assert found.startswith(f"{where}: error[spdx]: 'Apache' is no SPDX licence id; did you mean `Apache-")


@pytest.mark.parametrize(
    "expression",
    [
        "MIT",
        "Apache-2.0+",
        "MIT OR Apache-2.0",
        "(MIT AND BSD-3-Clause) OR CC0-1.0",
        "GPL-2.0-or-later WITH Classpath-exception-2.0",
        "LicenseRef-Public-Domain",
        "((MIT))",
    ],
)
def test_these_are_expressions(expression: str) -> None:
    assert trouble_with(expression) is None


@pytest.mark.parametrize(
    ("expression", "message", "remedy"),
    [
        ("mit", "'mit' is no SPDX licence id", f"did you mean `MIT`? {FIND_IT}"),
        ("GPL-3.0", "'GPL-3.0' is no SPDX licence id", f"did you mean `GPL-3.0-only`? {FIND_IT}"),
        ("Secret-Sauce-9", "'Secret-Sauce-9' is no SPDX licence id", FIND_IT),
        ("MIT WITH Nothing", "'Nothing' is no SPDX exception id", FIND_IT),
        ("MIT Apache-2.0", "'MIT Apache-2.0' is no SPDX expression", "write AND, OR or WITH before 'Apache-2.0'"),
        ("MIT OR", "'MIT OR' is no SPDX expression", "complete it, such as `MIT OR Apache-2.0`"),
        ("(MIT", "'(MIT' is no SPDX expression", "complete it, such as `MIT OR Apache-2.0`"),
        ("MIT)", "'MIT)' is no SPDX expression", "write AND, OR or WITH before ')'"),
        ("", "'' is no SPDX expression", "complete it, such as `MIT OR Apache-2.0`"),
    ],
)
def test_these_are_none(expression: str, message: str, remedy: str) -> None:
    assert trouble_with(expression) == (message, remedy)


def test_the_ids_are_those_of_the_spdx_list() -> None:
    assert not IDS - {one["id"] for one in _spdx.LICENSES.values()}
    assert not EXCEPTIONS - {one["id"] for one in _spdx.EXCEPTIONS.values()}
    assert len(IDS) > 600
    assert len(EXCEPTIONS) > 70
