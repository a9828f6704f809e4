"""Telling people what goes on: moving bars on a terminal, one plain line a step elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import (
    BarColumn,
    ProgressColumn,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bars

_SHOWN = 70


@dataclass
class Step:
    """Work that is going on."""

    bars: Bars | None
    task: TaskID | None

    def say(self, detail: str) -> None:
        """What it is at right now; only a terminal shows it."""
        if self.bars and self.task is not None:
            self.bars.update(self.task, detail=detail[:_SHOWN])

    def advance(self, done: int, total: int | None) -> None:
        """How many bytes are done, and of how many, where that is known."""
        if self.bars and self.task is not None:
            self.bars.update(self.task, completed=done, total=total)
            if total:
                self.say(f"{done / 1e6:.1f} of {total / 1e6:.1f} MB")

    def of(self, done: int, total: int | None) -> None:
        """How many things are done, and of how many, where that is known."""
        self.count(done, total, f"{done:,} of {total:,}" if total else f"{done:,}")

    def count(self, done: int, total: int | None, detail: str) -> None:
        """How many things are done, of how many, where that is known, and what is to be said of the last one."""
        if self.bars and self.task is not None:
            self.bars.update(self.task, completed=done, total=total, detail=detail[:_SHOWN])


@dataclass
class Progress:
    """Writes to standard error, so that standard output holds nothing but the result. Several threads may use it."""

    console: Console = field(default_factory=lambda: Console(stderr=True, highlight=False))
    _bars: Bars | None = None
    _shown: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, text: str) -> None:
        """One line."""
        self.console.print(text, markup=False, soft_wrap=True)

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Shows work while it goes on, and how long it took once it is done."""
        began = time.monotonic()
        with self._bar(name) as step:
            yield step
        self.note(f"  {name}: {time.monotonic() - began:.1f} s")

    @contextmanager
    def _bar(self, name: str) -> Iterator[Step]:
        """A bar of its own on a terminal, below those of the steps that go on already."""
        if not self.console.is_terminal:
            yield Step(None, None)
            return
        with self._lock:
            if self._bars is None:
                self._bars = Bars(*_columns(), console=self.console, transient=True)
                self._bars.start()
            self._shown += 1
            bars, task = self._bars, self._bars.add_task(name, total=None, detail="")
        try:
            yield Step(bars, task)
        finally:
            with self._lock:
                bars.remove_task(task)
                self._shown -= 1
                if not self._shown:
                    bars.stop()
                    self._bars = None


def _columns() -> tuple[ProgressColumn, ...]:
    return (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("[dim]{task.fields[detail]}"),
        TimeElapsedColumn(),
        TextColumn("[dim]left:"),
        TimeRemainingColumn(compact=True),
    )
