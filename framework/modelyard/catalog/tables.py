"""Tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells may hold any Markdown but blank lines."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(map(_on_one_line, line))} |" for line in lines)


def cell(text: str) -> str:
    """What others wrote, as a cell holds it: on one line, and nothing in it begins another cell or a tag."""
    return _on_one_line(text).replace("<", "&lt;")


def _on_one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
