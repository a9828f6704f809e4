"""`known-runtime`: every variant's runtime is one that there is, with a lock."""

from __future__ import annotations

from collections.abc import Callable

Change = Callable[[str, str], str]
Findings = Callable[[str], list[str]]


def test_an_unknown_runtime_is_told_with_those_there_are(change: Change, findings: Findings) -> None:
    gpu = change("  cpu: litert", "  cpu: litert\n  gpu: tensorfow")
    (found,) = findings("known-runtime")
    assert found.startswith(f"{gpu}: error[known-runtime]: variant gpu: there is no runtime 'tensorfow'; ")
    assert "did you mean 'tensorflow'? use one of " in found
    assert "litert" in found


def test_a_module_beside_the_runtimes_is_none(change: Change, findings: Findings) -> None:
    cpu = change("cpu: litert", "cpu: pool")
    (found,) = findings("known-runtime")
    assert found.startswith(f"{cpu}: error[known-runtime]: variant cpu: there is no runtime 'pool'; ")


def test_a_runtime_without_a_lock_can_t_be_installed(change: Change, findings: Findings) -> None:
    gpu = change("  cpu: litert", "  cpu: litert\n  gpu: tensorflow")
    assert findings("known-runtime") == [
        f"{gpu}: error[known-runtime]: variant gpu: runtime 'tensorflow' has no lock "
        "framework/requirements/tensorflow-gpu.txt; use another runtime, or write the lock with scripts/lock"
    ]
