"""Expected answers kept as JSON, for tasks whose answers are small and read by people."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from modelyard.errors import ModelyardError

O = TypeVar("O")  # noqa: E741


def writer(encode: Callable[[O], Mapping[str, Any]], digits: int = 6) -> Callable[[O, Path], None]:
    """What keeps an answer in a file, as the task encodes it, its numbers rounded.

    Args:
        encode: The task's.
        digits: Decimals that are kept; more of them differ between processors.
    """

    def write(answer: O, path: Path) -> None:
        body = _rounded(encode(answer), digits)
        path.write_text(json.dumps(body, indent=2, ensure_ascii=False) + "\n", "utf-8")

    return write


def reader(decode: Callable[[Mapping[str, Any]], O]) -> Callable[[Path], O]:
    """What reads such an answer again.

    Args:
        decode: The task's.
    """

    def read(path: Path) -> O:
        try:
            body = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise ModelyardError(f"{path}: the expected answer can't be read ({error})") from None
        if not isinstance(body, dict):
            raise ModelyardError(f"{path}: the expected answer is no JSON object")
        try:
            return decode(body)
        except ModelyardError as error:
            raise ModelyardError(f"{path}: {error}") from None

    return read


def _rounded(value: Any, digits: int) -> Any:
    if isinstance(value, Mapping):
        return {name: _rounded(part, digits) for name, part in value.items()}
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_rounded(part, digits) for part in value]
    return round(value, digits) if isinstance(value, float) else value
