"""Reading the pickles inside PyTorch's files as data.

A pickle is a program: Python's own reader imports and calls whatever it names. This one has no way to do so.
It knows the instructions that `torch.save` writes, keeps what they build in plain lists, tuples and
dictionaries, and answers a call only where the caller gave a function of its own for that very name.
"""

from __future__ import annotations

import io
import pickletools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Names = Mapping[str, Callable[..., Any] | None]
"""All that a pickle may name, such as `collections.OrderedDict`, and what is called where it calls it."""

_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": ()}
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}


class Refused(Exception):
    """What is wrong with a file's content; who knows the file adds its name."""


@dataclass(frozen=True)
class Name:
    """A class or function that a pickle names."""

    full: str


def read(stream: io.BytesIO, names: Names, outside: Callable[[Any], Any]) -> Any:
    """What the next pickle in a stream holds; the stream is left behind its end.

    Args:
        stream: The bytes, in memory: a length that a damaged pickle claims can't be more than there are.
        names: What it may name.
        outside: Gives what a reference to data that is kept outside of the pickle stands for.

    Raises:
        Refused: It is damaged, or names, calls or does anything else.
    """
    machine = _Machine(names, outside)
    try:
        for instruction, argument, _ in pickletools.genops(stream):
            machine.follow(instruction.name, argument)
        (value,) = machine.stack
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError) as problem:
        # Not what the problem says: what a small pickle stands for may be more text than memory holds.
        raise Refused(f"its pickle is damaged ({type(problem).__name__}): fetch it again") from None
    return value


class _Machine:
    """The stack and the memory that a pickle's instructions work on."""

    def __init__(self, names: Names, outside: Callable[[Any], Any]) -> None:
        self.stack: list[Any] = []
        self._names = names
        self._outside = outside
        self._below_marks: list[list[Any]] = []
        self._memory: dict[int, Any] = {}

    def follow(self, instruction: str, argument: Any) -> None:
        if instruction in _CONSTANTS:
            self.stack.append(_CONSTANTS[instruction])
        elif instruction in _TUPLES:
            count = _TUPLES[instruction]
            self.stack[-count:] = [tuple(self._last(count))]
        elif instruction in _INSTRUCTIONS:
            _INSTRUCTIONS[instruction](self, argument)
        else:
            raise Refused(f"its pickle holds the instruction {instruction}, which torch.save does not write")

    def nothing(self, argument: Any) -> None:
        pass

    def push(self, argument: Any) -> None:
        self.stack.append(argument)

    def push_list(self, argument: None) -> None:
        self.stack.append([])

    def push_dictionary(self, argument: None) -> None:
        self.stack.append({})

    def mark(self, argument: None) -> None:
        self._below_marks.append(self.stack)
        self.stack = []

    def push_tuple(self, argument: None) -> None:
        items = self._since_mark()
        self.stack.append(tuple(items))

    def remember(self, argument: int) -> None:
        self._memory[argument] = self.stack[-1]

    def recall(self, argument: int) -> None:
        self.stack.append(self._memory[argument])

    def name(self, argument: str) -> None:
        full = argument.replace(" ", ".", 1)
        if full not in self._names:
            raise Refused(f"its pickle names {full[:100]}, which is no part of a dictionary of tensors")
        self.stack.append(Name(full))

    def call(self, argument: None) -> None:
        function, arguments = self._last(2)
        stands_in = self._names[function.full] if isinstance(function, Name) else None
        if stands_in is None or not isinstance(arguments, tuple):
            raise Refused("its pickle calls what is no function")
        self.stack[-2:] = [stands_in(*arguments)]

    def refer_outside(self, argument: None) -> None:
        self.stack.append(self._outside(self.stack.pop()))

    def append(self, argument: None) -> None:
        self._extend([self.stack.pop()])

    def append_all(self, argument: None) -> None:
        self._extend(self._since_mark())

    def set_item(self, argument: None) -> None:
        items = self._last(2)
        del self.stack[-2:]
        self._update(items)

    def set_items(self, argument: None) -> None:
        self._update(self._since_mark())

    def leave_state(self, argument: None) -> None:
        """Attributes of a dictionary, such as `_metadata`: nothing of the weights depends on them."""
        self.stack.pop()
        if not isinstance(self.stack[-1], dict):
            raise Refused("its pickle gives attributes to what is no dictionary")

    def _last(self, count: int) -> list[Any]:
        if len(self.stack) < count:
            raise IndexError
        return self.stack[-count:]

    def _since_mark(self) -> list[Any]:
        items = self.stack
        self.stack = self._below_marks.pop()
        return items

    def _extend(self, items: list[Any]) -> None:
        target = self.stack[-1]
        if not isinstance(target, list):
            raise Refused("its pickle appends to what is no list")
        target.extend(items)

    def _update(self, items: list[Any]) -> None:
        target = self.stack[-1]
        keys = items[::2]
        if not isinstance(target, dict) or not all(isinstance(key, str) for key in keys):
            raise Refused("its pickle sets what is no text in a dictionary")
        target.update(zip(keys, items[1::2], strict=True))


_INSTRUCTIONS: dict[str, Callable[[_Machine, Any], None]] = {
    "PROTO": _Machine.nothing,
    "STOP": _Machine.nothing,
    "BINUNICODE": _Machine.push,
    "BININT": _Machine.push,
    "BININT1": _Machine.push,
    "BININT2": _Machine.push,
    "LONG1": _Machine.push,
    "BINFLOAT": _Machine.push,
    "EMPTY_LIST": _Machine.push_list,
    "EMPTY_DICT": _Machine.push_dictionary,
    "MARK": _Machine.mark,
    "TUPLE": _Machine.push_tuple,
    "BINPUT": _Machine.remember,
    "LONG_BINPUT": _Machine.remember,
    "BINGET": _Machine.recall,
    "LONG_BINGET": _Machine.recall,
    "GLOBAL": _Machine.name,
    "REDUCE": _Machine.call,
    "BINPERSID": _Machine.refer_outside,
    "APPEND": _Machine.append,
    "APPENDS": _Machine.append_all,
    "SETITEM": _Machine.set_item,
    "SETITEMS": _Machine.set_items,
    "BUILD": _Machine.leave_state,
}
"""What torch.save writes, in the protocol (2) that it has always used."""
