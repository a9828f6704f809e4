"""The one error of this package that a person can act on."""

from __future__ import annotations


class ConversionError(Exception):
    """The weights can't be converted as they are.

    The message says in one line what was wrong, where, and what to do about it. Anything else that
    is raised here is a defect of Modelyard.
    """

    def __init__(self, message: str) -> None:
        # What models are named comes from outside: no line break or terminal code of theirs gets through.
        super().__init__("".join(character if character.isprintable() else " " for character in message))


def first_line(problem: BaseException) -> str:
    """What TensorFlow says of a problem, in one line."""
    lines = [line.strip() for line in str(problem).splitlines() if line.strip()]
    return lines[0][:400] if lines else type(problem).__name__
