"""The code of an asset that gives what it is held to: what it raises is a line with its place, not our traceback."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from modelyard.errors import ModelyardError


def function(file: Path, where: str, name: str, form: str, why: str) -> Callable[..., Iterator[Any]]:
    """A function of an asset's file, which gives one thing after the other.

    Args:
        file: The file.
        where: What messages call it.
        name: The function's name.
        form: How it is declared, for messages.
        why: What needs the file.

    Raises:
        ModelyardError: There is no such file or function, or the file can't be loaded; where the function is run, what
            it raised.
    """
    if not file.is_file():
        raise ModelyardError(f"{where} is missing: {why}")
    spec = importlib.util.spec_from_file_location(f"{file.stem} of {file.parent.name}", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their module up there.
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # It is the author's code.
        raise ModelyardError(f"{where} can't be loaded: {error!r}") from error
    found = getattr(module, name, None)
    if not callable(found):
        raise ModelyardError(f"{where} has no function `{form}`")

    def guarded(*given: object) -> Iterator[Any]:
        try:
            yield from found(*given)
        except ModelyardError:
            raise
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(last.filename).name}:{last.lineno}"
            raise ModelyardError(f"{where}: {name} raised {error!r} at {place}") from error

    return guarded
