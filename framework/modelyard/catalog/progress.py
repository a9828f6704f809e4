"""Telling people what goes on: moving bars on a terminal, one plain line a step elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
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


@dataclass
class Progress:
    """Writes to standard error, so that standard output holds nothing but the result."""

    console: Console = field(default_factory=lambda: Console(stderr=True, highlight=False))

    def note(self, text: str) -> None:
        """One line."""
        self.console.print(text, markup=False, soft_wrap=True)

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Shows work while it goes on, and how long it took once it is done."""
        began = time.monotonic()
        if self.console.is_terminal:
            columns = (
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(bar_width=24),
                TextColumn("[dim]{task.fields[detail]}"),
                TimeElapsedColumn(),
            )
            with Bars(*columns, console=self.console, transient=True) as bars:
                yield Step(bars, bars.add_task(name, total=None, detail=""))
        else:
            yield Step(None, None)
        self.note(f"  {name}: {time.monotonic() - began:.1f} s")
