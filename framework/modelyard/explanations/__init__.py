"""Why an answer is what it is: the same pipeline, asked again and again with parts of the input gone.

Nothing of the network is looked into, so every pipeline whose task has a `target` can be explained. `inputs/` has one
file for each kind of input that parts can be taken away from, by the name of the field that it is sent in. Each has

    SCHEMA: Mapping[str, Any]

    def explain(sent, ask: Ask, wanted: Wanted) -> Explanation

where `SCHEMA` is that of the body.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from modelyard.explanations import inputs
from modelyard.explanations.explanation import Ask, Explanation, Wanted
from modelyard.tasks.task import Task


@dataclass(frozen=True)
class Explainer:
    """What takes parts of a kind of input away.

    Attributes:
        schema: JSON Schema (the part of it that Swagger 2.0 knows) of the fields of an explanation's body.
        explain: Explains an answer to an input.
    """

    schema: Mapping[str, Any]
    explain: Callable[[Any, Ask[Any], Wanted], Explanation]


def of(task: Task[Any, Any]) -> Explainer | None:
    """What explains the answers of a task; None where nothing does."""
    field = task.input.field
    if task.target is None or field not in (module.name for module in pkgutil.iter_modules(inputs.__path__)):
        return None
    module = import_module(f"{inputs.__name__}.{field}")
    return Explainer(module.SCHEMA, module.explain)
