"""The items that were answered worst, for people to look at: a list, and a folder with the inputs and drawn answers."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from modelyard.catalog.evaluation.item import Item
from modelyard.catalog.evaluation.measures import Measures
from modelyard.catalog.records.evaluated import Evaluated, Observed
from modelyard.errors import ModelyardError
from modelyard.serving.samples import Send, as_field, message
from modelyard.tasks.task import Task

_SHOWN = 160
_OK = 200
INDEX = "mistakes.md"


def worst(evaluated: Evaluated, measured: Measures, most: int) -> list[Observed]:
    """The items that were refused, then the others, the worst answered first.

    Args:
        evaluated: What became of each item.
        measured: What says how wrong a row is.
        most: How many.

    Raises:
        ModelyardError: Nothing can be said of one item of this task alone.
    """
    refused = [one for one in evaluated.items if one.row is None]
    ranked = [(measured.fault(one.row), one) for one in evaluated.items if one.row is not None]
    finite = [(fault, one) for fault, one in ranked if math.isfinite(fault)]
    if ranked and not finite and not refused:
        raise ModelyardError(f"{evaluated.task}: an item by itself is neither right nor wrong, so that none is worst")
    finite.sort(key=lambda pair: -pair[0])
    return [*refused, *(one for _, one in finite)][:most]


def to_text(items: Sequence[Observed]) -> str:
    """A line an item: its name, what it belongs to, and what the metrics know of the answer."""
    return "\n".join(f"  {one.name}{_slices(one)}: {_said(one)}" for one in items)


def write(
    folder: Path,
    worst: Sequence[Observed],
    items: Iterable[Item],
    task: Task[Any, Any],
    labels: Sequence[str],
    send: Send,
) -> int:
    """Writes the inputs, the answers as they are drawn, and a list of them; gives how many answers are drawn.

    Args:
        folder: Where to; it is made where it isn't there.
        worst: Which items, the worst first.
        items: All items, of which these are found by their names.
        task: What reads and draws answers.
        labels: The names of the classes.
        send: The road to the model, which is asked these items again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    places = {one.name: (number, one) for number, one in enumerate(worst, 1)}
    lines, drawn = {}, 0
    for item in items:
        if item.name not in places:
            continue
        number, one = places[item.name]
        name = f"{number:03}-{re.sub(r'[^A-Za-z0-9._-]+', '-', item.name)[:60].strip('-.') or 'item'}"
        file = folder / f"{name}{_suffix(item.data, task)}"
        file.write_bytes(item.data)
        code, body = send(item.data, {key: as_field(value) for key, value in item.parameters.items()})
        if code == _OK:
            answer = task.parse(body)
            picture = folder / f"{name}.answer.png"
            task.draw(task.input.parse(item.data), answer, labels).save(picture)
            said, drawn = f"{task.describe(answer, labels)} ![]({picture.name})", drawn + 1
        else:
            said = f"refused with {code} {message(body)}".strip()
        truth = re.sub(r"\s+", " ", str(item.truth))[:_SHOWN]
        lines[number] = (
            f"{number}. [{item.name}]({file.name}){_slices(one)}\n   - right: {truth}\n   - answered: {said}\n"
        )
    text = "\n".join(lines[number] for number in sorted(lines))
    (folder / INDEX).write_text(f"# Answered worst\n\n{text}", "utf-8")
    return drawn


def _slices(one: Observed) -> str:
    return f" ({', '.join(one.slices.values())})" if one.slices else ""


def _said(one: Observed) -> str:
    if one.row is None:
        return f"refused: {one.refusal}"
    row = ", ".join(f"{name} {json.dumps(value, ensure_ascii=False)}" for name, value in one.row.items())
    return row if len(row) <= _SHOWN else f"{row[:_SHOWN]}…"


def _suffix(data: bytes, task: Task[Any, Any]) -> str:
    """An ending by which programs know the file."""
    for begin, suffix in (
        (b"\x89PNG", ".png"),
        (b"\xff\xd8", ".jpg"),
        (b"RIFF", ".wav"),
        (b"fLaC", ".flac"),
        (b"OggS", ".ogg"),
    ):
        if data.startswith(begin):
            return suffix
    return ".txt" if task.input.written else ".bin"
