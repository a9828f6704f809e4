"""Holding a built image to what its asset declares: in the image, over HTTP, without a network.

One check a file under `checks/`. A check is a module whose docstring says what it holds images to and why. Its
name is the file's, with hyphens. It has

    COST: int

    def check(candidate: Candidate) -> Iterable[Checked]

The cheap ones run first: 0 looks at what the engine knows of the image, 1 waits for its container, 2 asks that
once, 3 sends it the samples, 4 looks at what they left behind, 5 asks more of it, or the published image too. What
costs 6 or more runs only where all others passed: 6 asks another network, 7 goes through labelled data, 8 looks at
what came of that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from modelyard.catalog import checks, shelf
from modelyard.catalog.checking.candidate import Candidate, Elsewhere
from modelyard.catalog.containers.engine import NoEngine
from modelyard.catalog.records.report import Checked
from modelyard.catalog.registry import RegistryDown
from modelyard.errors import ModelyardError

DEAR = 6
"""The cost from which on a check runs only where all others passed."""
DEAREST = 8

FIRST = "ready"
"""The check without which there is no other."""


@dataclass(frozen=True)
class Check:
    """One thing that images are held to.

    Attributes:
        name: Its file's name, with hyphens.
        cost: When it runs.
        help: What it holds images to.
        check: Looks at an image.
    """

    name: str
    cost: int
    help: str
    check: Callable[[Candidate], Iterable[Checked]]


def check_names() -> list[str]:
    """The checks there are."""
    return shelf.names(checks)


def waived(checked: Checked, candidate: Candidate) -> Checked:
    """A failed check with the reason why it doesn't count, where waivers.yaml has one for the image."""
    if checked.passed:
        return checked
    why = candidate.workspace.waiver(candidate.asset.name, candidate.planned.key, checked.name)
    return checked.model_copy(update={"waived": why})


def find(name: str) -> Check:
    """The check of that name, such as `image-size`.

    Raises:
        ModelyardError: There is no such check.
    """
    module, about = shelf.take(checks, name, "check")
    return Check(name, module.COST, about, module.check)


def check(candidate: Candidate) -> list[Checked]:
    """Holds an image to everything.

    What is not ready can't be asked: nothing more is looked at then.

    Raises:
        ModelyardError: The engine, the registry or a download failed, which says nothing about the image.
    """
    found: list[Checked] = []
    for one in sorted(map(find, check_names()), key=lambda one: (one.cost, one.name)):
        if one.cost >= DEAR and any(checked.stops for checked in found):
            break
        try:
            found += [waived(checked, candidate) for checked in one.check(candidate)]
            if one.name == FIRST:
                _ = candidate.begun  # it becomes ready while the others look at the image
        except (NoEngine, RegistryDown, Elsewhere):
            raise
        except ModelyardError as error:
            found.append(Checked(name=one.name, passed=False, said=str(error)))
            if one.name == FIRST:
                break
    return found
