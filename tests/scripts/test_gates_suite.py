"""The suite of faults: every kind of mistake is made, and each can still be made in the catalog as it is."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from scripts.benchmarks import _benign, _faults
from scripts.benchmarks._benign.change import Benign
from scripts.benchmarks._faults.fault import FAMILIES, GATES, DoesNotApply, Edit, Fault, Labels, Place, Written
from scripts.benchmarks._trial import gate

from modelyard.catalog.weights.cache import Cache

ROOT = Path(__file__).parents[2]
FAULTS = list(_faults.every())
BENIGN = list(_benign.every())
ALL: list[Fault | Benign] = [*FAULTS, *BENIGN]


def test_every_kind_of_mistake_is_made() -> None:
    assert {fault.family for fault in FAULTS} == set(FAMILIES)


def test_mistakes_are_made_in_many_assets() -> None:
    assert len({fault.asset for fault in FAULTS}) >= 8
    assert len(FAULTS) >= 60


def test_there_are_changes_that_must_not_be_stopped() -> None:
    assert len(BENIGN) >= 20
    assert len({one.asset for one in BENIGN}) >= 8


def test_no_two_of_an_asset_have_one_name() -> None:
    named = Counter((one.asset, one.name) for one in ALL)
    assert [name for name, count in named.items() if count > 1] == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.asset}: {fault.name}")
def test_who_should_stop_it_is_said_beforehand(fault: Fault) -> None:
    assert fault.gates
    assert fault.gates | fault.anew <= set(GATES)
    assert fault.anew or fault.unseen


def place(asset: str, changes: Iterable[Edit | Labels | Written], folder: Path) -> Place:
    """A copy of the files that are changed."""
    copied = Place(folder, asset, Cache(folder / "cache"))
    copied.folder.mkdir(parents=True)
    for change in changes:
        file = Path("assets", asset, "labels.txt" if isinstance(change, Labels) else change.file)
        if isinstance(change, Edit) and change.framework:
            file = Path("framework", "modelyard", change.file)
        if (ROOT / file).is_file():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / file, folder / file)
    return copied


@pytest.mark.parametrize("one", ALL, ids=lambda one: f"{one.asset}: {one.name}")
def test_each_can_be_made(one: Fault | Benign, tmp_path: Path) -> None:
    changes = [change for change in one.changes if isinstance(change, Edit | Labels | Written)]
    copied = place(one.asset, changes, tmp_path)
    for change in changes:
        change.apply(copied)


def test_a_text_that_isn_t_there_is_not_passed_over(tmp_path: Path) -> None:
    edit = Edit("no such text", "another")
    with pytest.raises(DoesNotApply, match=r"pipeline\.py: 'no such text' stands 0 times"):
        edit.apply(place("face-detector", [edit], tmp_path))


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ("sample cat.jpg", "samples"),
        ("odd inputs", "odd inputs"),
        ("odd input alpha", "odd inputs"),
        ("quality f1", "quality"),
        ("f1 by noise", "slices"),
        ("gap by noise", "slices"),
        ("robust to jpeg", "robustness"),
        ("conversion of cat.jpg", "conversion"),
        ("latency", "latency"),
    ],
)
def test_a_check_belongs_to_a_gate(check: str, expected: str) -> None:
    assert gate(check) == expected
