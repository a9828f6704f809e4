"""Claims: what keeps two builders on one registry from doing the same work.

A claim on a key is a small artifact in the registry, under `claims/NAME` where nobody pulls from. It is renewed while
the work goes on; one that nobody renews any more is abandoned, so a builder that was killed is not waited for for long,
and one that was killed on this machine not at all.

    with alone(registry, name, key, done, signs, progress) as mine:
        if mine:
            ...  # build, check and publish: no other builder does

It is made of two halves, for a builder that has other things to do while it waits:

    with claim(registry, name, key, signs, progress) as mine:
        if mine:
            ...
    if not mine:
        waited = wait_for(registry, name, key, done, signs, progress)
        # waited.done: the other one finished. Else claim again, with over=waited.abandoned.

A registry can't compare and swap. So a builder writes its claim, waits a moment, and has the claim if its own still
stands there. Where one takes longer than that moment between looking and writing, two can have the claim; both then do
the work, and publishing the same key twice does no harm. A builder whose claim another one took goes on too, and leaves
that claim alone.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from modelyard.catalog.progress import Progress
from modelyard.catalog.publishing import alive
from modelyard.catalog.registry import Registry
from modelyard.errors import ModelyardError

ARTIFACT_TYPE = "application/vnd.modelyard.claim"
_HOLDER = "org.modelyard.claim.holder"
_BEAT = "org.modelyard.claim.beat"


@dataclass(frozen=True)
class Pace:
    """How often builders look at each other's claims, in seconds."""

    renewed: float = 10
    """Between two renewals."""
    abandoned: float = 60
    """Without a renewal, seen by the one who waits: no clocks of two machines are compared."""
    looked: float = 3
    """Between two looks of the one who waits."""
    settled: float = 0.5
    """Between writing a claim and looking whether it stands; longer where the registry answers slowly."""


@dataclass(frozen=True)
class Standing:
    """A claim as it stands in the registry.

    Attributes:
        holder: A builder's random name, which says nothing about its machine.
        beat: How often it was renewed.
    """

    holder: str
    beat: str


@dataclass(frozen=True)
class Waited:
    """What became of another builder's work.

    Attributes:
        done: There is nothing left to do.
        abandoned: The claim that nobody renews any more; None where there is no claim any more.
    """

    done: bool
    abandoned: Standing | None = None


@contextmanager
def alone(
    registry: Registry,
    name: str,
    key: str,
    done: Callable[[], bool],
    signs: Path,
    progress: Progress,
    pace: Pace | None = None,
) -> Iterator[bool]:
    """Gives True once this builder has the work to itself, False once there is nothing left of it.

    Args:
        registry: The registry that all builders publish to.
        name: The asset, or `base`.
        key: What is to be built.
        done: Looks whether nothing is left to do: the key is published, or in quarantine.
        signs: Where the builders of this machine show that they live.
        progress: Told what is waited for.
        pace: How often builders look.

    Raises:
        ModelyardError: The registry refuses.
    """
    over = None
    while True:
        with claim(registry, name, key, signs, progress, over=over, pace=pace) as mine:
            if mine:
                yield not done()
                return
        waited = wait_for(registry, name, key, done, signs, progress, pace=pace)
        if waited.done:
            yield False
            return
        over = waited.abandoned


@contextmanager
def claim(
    registry: Registry,
    name: str,
    key: str,
    signs: Path,
    progress: Progress,
    *,
    over: Standing | None = None,
    pace: Pace | None = None,
) -> Iterator[bool]:
    """Gives whether this builder has the work; if so, until the end of the block, whatever happens in it.

    Args:
        registry: The registry that all builders publish to.
        name: The asset, or `base`.
        key: What is to be built.
        signs: Where the builders of this machine show that they live.
        progress: Told what goes wrong with the claim.
        over: A claim that was seen to be abandoned, and may be taken.
        pace: How often builders look.

    Raises:
        ModelyardError: The registry refuses.
    """
    held = _Held(registry, name, key, progress, pace or Pace())
    with alive.sign(signs, held.holder):
        if not held.take(over):
            yield False
            return
        beating = threading.Thread(target=held.renew, name=f"claim {name}", daemon=True)
        beating.start()
        try:
            yield True
        finally:
            held.over.set()
            beating.join()
            held.release()


def wait_for(
    registry: Registry,
    name: str,
    key: str,
    done: Callable[[], bool],
    signs: Path,
    progress: Progress,
    *,
    pace: Pace | None = None,
) -> Waited:
    """Waits while another builder renews its claim.

    Args:
        registry: The registry that all builders publish to.
        name: The asset, or `base`.
        key: What the other one builds.
        done: Looks whether nothing is left to do: the key is published, or in quarantine.
        signs: Where the builders of this machine show that they live.
        progress: Told what is waited for.
        pace: How often builders look.

    Raises:
        ModelyardError: The registry refuses.
    """
    pace = pace or Pace()
    seen: Standing | None = None
    since = time.monotonic()
    told = False
    while not done():
        standing = look(registry, name, key)
        if standing is None:
            return Waited(done())
        if alive.is_dead(signs, standing.holder):
            progress.note(f"{name}: the builder that was at work on it here is dead; its work is taken over")
            return Waited(done=False, abandoned=standing)
        if standing != seen:
            seen, since = standing, time.monotonic()
        elif time.monotonic() - since >= pace.abandoned:
            progress.note(f"{name}: the other builder gave no sign for {pace.abandoned:.0f} s; its work is taken over")
            return Waited(done=False, abandoned=standing)
        if not told:
            progress.note(f"{name}: another builder is at work on it; waiting for it")
            told = True
        time.sleep(pace.looked)
    return Waited(done=True)


def look(registry: Registry, name: str, key: str) -> Standing | None:
    """The claim on a key; None where nobody has one."""
    found = registry.annotations(_folder(name), _tag(key))
    if not found or not found.get(_HOLDER):
        return None
    return Standing(found[_HOLDER], found.get(_BEAT, ""))


@dataclass
class _Held:
    """A claim of this builder."""

    registry: Registry
    name: str
    key: str
    progress: Progress
    pace: Pace

    def __post_init__(self) -> None:
        self.holder = uuid.uuid4().hex
        self.over = threading.Event()

    def take(self, abandoned: Standing | None) -> bool:
        """Claims what nobody has, or what was abandoned; gives whether it stands."""
        if look(self.registry, self.name, self.key) not in (None, abandoned):
            return False
        began = time.monotonic()
        self._write({_HOLDER: self.holder, _BEAT: "0"})
        time.sleep(max(self.pace.settled, 3 * (time.monotonic() - began)))
        return self._stands()

    def renew(self) -> None:
        """Shows that the work goes on, until it is over or another builder has the claim."""
        beat = 0
        while not self.over.wait(self.pace.renewed):
            beat += 1
            try:
                if not self._stands():
                    self.progress.note(f"{self.name}: another builder has taken the claim; this one goes on")
                    return
                self._write({_HOLDER: self.holder, _BEAT: str(beat)})
            except ModelyardError as error:
                self.progress.note(f"{self.name}: the claim isn't renewed: {error}")

    def release(self) -> None:
        """Gives the claim up. Registries may refuse to delete, so what is left is one artifact without a holder."""
        try:
            if self._stands():
                self._write({})
        except ModelyardError as error:
            self.progress.note(f"{self.name}: the claim stays until others see that it is abandoned: {error}")

    def _stands(self) -> bool:
        standing = look(self.registry, self.name, self.key)
        return standing is not None and standing.holder == self.holder

    def _write(self, annotations: dict[str, str]) -> None:
        self.registry.keep(_folder(self.name), _tag(self.key), ARTIFACT_TYPE, b"{}", annotations)


def _folder(name: str) -> str:
    return f"claims/{name}"


def _tag(key: str) -> str:
    return f"key-{key}"
