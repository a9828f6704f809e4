"""An answer as the Python that makes it, so that who writes a pipeline sees what it has to give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np

WIDTH = 120


class NoLiteral(Exception):
    """A value that can't be written down as an expression."""


@dataclass(frozen=True)
class Part:
    """A piece of an expression: `before`, then parts with commas between them, then `after`; or one word.

    Attributes:
        before: Such as `Classification(`; the whole of it where there are no parts.
        parts: What stands between, each with what is written in front of it, such as `classes=`.
        after: Such as `)`.
        single: Whether one part alone needs a comma, as in a tuple.
    """

    before: str
    parts: Sequence[tuple[str, Part]] = ()
    after: str = ""
    single: bool = False

    def flat(self) -> str:
        """On one line."""
        inner = ", ".join(name + part.flat() for name, part in self.parts)
        comma = "," if self.single and len(self.parts) == 1 else ""
        return f"{self.before}{inner}{comma}{self.after}"

    def laid_out(self, indent: int, taken: int, left: int = 0) -> str:
        """On as many lines as it takes, in the manner of the formatters that people use.

        Args:
            indent: Spaces that its first line begins with.
            taken: Characters that stand before it in its first line, the indent included.
            left: Characters that follow in its last.
        """
        if taken + len(self.flat()) + left <= WIDTH or not self.parts:
            return self.flat()
        inner, room = " " * (indent + 4), indent + 4
        together = ", ".join(name + part.flat() for name, part in self.parts)
        if room + len(together) <= WIDTH and not self.single and self.before[:-1]:
            return f"{self.before}\n{inner}{together}\n{' ' * indent}{self.after}"
        lines = [f"{inner}{name}{part.laid_out(room, room + len(name), 1)},\n" for name, part in self.parts]
        return f"{self.before}\n{''.join(lines)}{' ' * indent}{self.after}"


@dataclass(frozen=True)
class Literal:
    """An expression, and what must be imported for it.

    Attributes:
        part: The expression.
        classes: The classes that it names.
        arrays: Whether it makes arrays of numpy's.
    """

    part: Part
    classes: frozenset[type]
    arrays: bool


def of(value: Any) -> Literal:
    """The expression that makes a value: dataclasses, numpy's arrays, and what JSON has.

    Raises:
        NoLiteral: Something else is in it.
    """
    classes: set[type] = set()
    arrays = [False]
    return Literal(_part(value, classes, arrays), frozenset(classes), arrays[0])


def _part(value: Any, classes: set[type], arrays: list[bool]) -> Part:
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "biuf":
            raise NoLiteral(f"an array of {value.dtype}")
        arrays[0] = True
        name = "bool" if value.dtype.kind == "b" else f"np.{value.dtype.name}"
        return Part("np.array(", [("", _part(value.tolist(), classes, arrays)), ("", Part(name))], ")")
    if isinstance(value, np.generic):
        value = value.item()
    if is_dataclass(value) and not isinstance(value, type):
        classes.add(type(value))
        given = [
            (f"{one.name}=", _part(getattr(value, one.name), classes, arrays)) for one in fields(value) if one.init
        ]
        return Part(f"{type(value).__name__}(", given, ")")
    if isinstance(value, Mapping):
        return Part("{", [(f"{_word(key)}: ", _part(one, classes, arrays)) for key, one in value.items()], "}")
    if isinstance(value, tuple) and type(value) is tuple:
        return Part("(", [("", _part(one, classes, arrays)) for one in value], ")", single=True)
    if isinstance(value, list):
        return Part("[", [("", _part(one, classes, arrays)) for one in value], "]")
    return Part(_word(value))


def _word(value: Any) -> str:
    """What is written as one word."""
    if type(value) is str:
        text = repr(value)
        return text if '"' in value or text[0] == '"' else f'"{text[1:-1]}"'
    if value is None or type(value) in (bool, int, bytes):
        return repr(value)
    if type(value) is float and np.isfinite(value):
        return repr(value)
    raise NoLiteral(f"a {type(value).__name__}")
