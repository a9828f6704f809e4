"""`sample-kinds`: at least one good sample and one bad one."""

from __future__ import annotations

from collections.abc import Callable

Change = Callable[[str, str], str]
Findings = Callable[[str], list[str]]


def test_there_is_no_bad_sample(change: Change, findings: Findings) -> None:
    samples = change("\nsamples:", "\nsamples:")
    change("    error: 400\n", "    expected: samples/empty.expected.png\n")
    assert findings("sample-kinds") == [
        f"{samples}: warning[sample-kinds]: there is no bad sample; "
        "add one that has `error`, such as an empty file with `error: 400`"
    ]


def test_there_is_no_good_sample(change: Change, findings: Findings) -> None:
    samples = change("\nsamples:", "\nsamples:")
    change("    expected: samples/street.expected.png\n", "    error: 415\n")
    assert findings("sample-kinds") == [
        f"{samples}: warning[sample-kinds]: there is no good sample; "
        "add one that has `expected`, an answer to compare with"
    ]
