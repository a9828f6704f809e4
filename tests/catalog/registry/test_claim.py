"""Two builders at once on one registry: one works, the other waits, and a dead one is waited for no longer."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from rich.console import Console
from tests.catalog.registry.claiming import PACE
from tests.catalog.registry.servers import RealRegistry, running

from modelyard.catalog.progress import Progress
from modelyard.catalog.publishing.claim import Pace, Standing, alone, claim, look, wait_for
from modelyard.catalog.registry import Registry
from modelyard.errors import ModelyardError

pytestmark = pytest.mark.engine
KEY = "0123456789abcdef"


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegistry]:
    with running(tmp_path_factory.mktemp("registry")) as registry:
        yield registry


@pytest.fixture
def catalog(real: RealRegistry) -> Registry:
    return Registry(f"{real.address}/x-{uuid.uuid4().hex[:8]}")


@pytest.fixture
def progress() -> Progress:
    return Progress(Console(file=io.StringIO(), width=200))


@pytest.fixture
def signs(tmp_path: Path) -> Path:
    """Where the builders of this machine show that they live."""
    return tmp_path / "builders"


def said(progress: Progress) -> str:
    assert isinstance(progress.console.file, io.StringIO)
    return progress.console.file.getvalue()


def never() -> bool:
    return False


def test_one_has_it_and_the_other_does_not_until_it_is_given_back(
    catalog: Registry, signs: Path, progress: Progress
) -> None:
    with claim(catalog, "thing", KEY, signs, progress, pace=PACE) as first:
        with claim(catalog, "thing", KEY, signs, progress, pace=PACE) as second:
            assert (first, second) == (True, False)
        with claim(catalog, "thing", "another-key", signs, progress, pace=PACE) as other:
            assert other
        assert look(catalog, "thing", KEY) is not None
    assert look(catalog, "thing", KEY) is None
    with claim(catalog, "thing", KEY, signs, progress, pace=PACE) as again:
        assert again


def test_it_is_given_back_when_the_work_fails(catalog: Registry, signs: Path, progress: Progress) -> None:
    with pytest.raises(ModelyardError, match="broken"), claim(catalog, "thing", KEY, signs, progress, pace=PACE):
        raise ModelyardError("broken")
    assert look(catalog, "thing", KEY) is None


def test_a_claim_stands_where_nobody_pulls_and_names_no_machine(
    catalog: Registry, signs: Path, progress: Progress
) -> None:
    with claim(catalog, "thing", KEY, signs, progress, pace=PACE):
        assert catalog.tags("thing") == []
        assert catalog.tags("claims/thing") == [f"key-{KEY}"]
        standing = look(catalog, "thing", KEY)
        assert standing is not None
        assert re.fullmatch(r"[0-9a-f]{32}", standing.holder)


def test_builders_that_start_at_once_do_the_work_once(catalog: Registry, signs: Path, progress: Progress) -> None:
    done = threading.Event()
    together = threading.Barrier(4)
    built: list[int] = []

    def build(number: int) -> bool:
        together.wait()
        with alone(Registry(catalog.prefix), "thing", KEY, done.is_set, signs, progress, PACE) as mine:
            if mine:
                built.append(number)
                done.set()
        return mine

    with ThreadPoolExecutor(4) as builders:
        assert sorted(builders.map(build, range(4))) == [False, False, False, True]
    assert len(built) == 1


def test_the_one_who_waits_gets_the_work_where_the_other_left_it_undone(
    catalog: Registry, signs: Path, progress: Progress
) -> None:
    entered, leave = threading.Event(), threading.Event()

    def give_up() -> None:
        with claim(Registry(catalog.prefix), "thing", KEY, signs, progress, pace=PACE):
            entered.set()
            leave.wait(30)

    other = threading.Thread(target=give_up)
    other.start()
    entered.wait(30)
    threading.Timer(0.3, leave.set).start()
    with alone(catalog, "thing", KEY, never, signs, progress, PACE) as mine:
        assert leave.is_set()
        assert mine
    other.join()
    assert "another builder is at work" in said(progress)


def test_a_claim_that_is_renewed_is_not_abandoned_however_long_it_takes(
    catalog: Registry, signs: Path, progress: Progress
) -> None:
    pace = Pace(renewed=0.05, abandoned=0.5, looked=0.02, settled=0.05)
    looks = iter(range(100))
    with claim(catalog, "thing", KEY, signs, progress, pace=pace):
        waited = wait_for(catalog, "thing", KEY, lambda: next(looks) >= 60, signs, progress, pace=pace)
    assert waited.done
    assert waited.abandoned is None


@pytest.mark.parametrize(
    ("machine", "why"),
    [
        ("another", "the other builder gave no sign for 1 s"),
        ("builders", "the builder that was at work on it here is dead"),
    ],
)
def test_a_builder_that_is_killed_is_waited_for_no_longer(
    catalog: Registry, signs: Path, progress: Progress, machine: str, why: str
) -> None:
    builder = subprocess.Popen(
        [sys.executable, "-m", "tests.catalog.registry.claiming", catalog.prefix, KEY, signs.with_name(machine)],
        cwd=Path(__file__).parents[3], stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert builder.stdout is not None
        assert builder.stdout.readline() == "mine\n"
    finally:
        builder.kill()
        builder.wait(30)
        builder.stdout.close()
    with claim(catalog, "thing", KEY, signs, progress, pace=PACE) as mine:
        assert not mine
    with alone(catalog, "thing", KEY, never, signs, progress, PACE) as mine:
        assert mine
    assert f"{why}; its work is taken over" in said(progress)
    assert look(catalog, "thing", KEY) is None


def test_a_claim_that_was_taken_over_is_left_to_its_new_holder(
    catalog: Registry, signs: Path, progress: Progress
) -> None:
    with claim(catalog, "thing", KEY, signs, progress, pace=PACE):
        standing = look(catalog, "thing", KEY)
        assert standing is not None
        stranger = {"org.modelyard.claim.holder": "stranger", "org.modelyard.claim.beat": "7"}
        catalog.keep("claims/thing", f"key-{KEY}", "application/vnd.modelyard.claim", b"{}", stranger)
    assert look(catalog, "thing", KEY) == Standing("stranger", "7")


def test_a_claim_that_is_not_the_abandoned_one_any_more_is_not_taken(
    catalog: Registry, signs: Path, progress: Progress
) -> None:
    with claim(catalog, "thing", KEY, signs, progress, pace=PACE):
        old = Standing("somebody who was faster took it since", "3")
        with claim(catalog, "thing", KEY, signs, progress, over=old, pace=PACE) as mine:
            assert not mine


def test_what_is_done_already_is_not_done_again(catalog: Registry, signs: Path, progress: Progress) -> None:
    with alone(catalog, "thing", KEY, lambda: True, signs, progress, PACE) as mine:
        assert not mine


def test_a_registry_that_is_gone_in_the_end_does_not_fail_the_work(
    tmp_path: Path, signs: Path, progress: Progress
) -> None:
    with running(tmp_path) as own:
        catalog = Registry(f"{own.address}/x")
        with claim(catalog, "thing", KEY, signs, progress, pace=Pace(renewed=600, settled=0.05)) as mine:
            assert mine
            own.kill()
    assert "the claim stays until others see that it is abandoned" in said(progress)
