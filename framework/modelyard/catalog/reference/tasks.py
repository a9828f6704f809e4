"""The page of the tasks."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from modelyard import explanations, tasks
from modelyard.catalog.reference.markdown import document
from modelyard.catalog.tables import table
from modelyard.tasks.task import Task


def page() -> str:
    """What is sent to each task, what it answers, and how two answers are compared."""
    parts: list[str] = []
    for name in tasks.names():
        parts += _task(tasks.load(name))
    return document(
        "# Tasks",
        "The task of an asset owns the form of its answers, the measures that compare two of them, and their picture.",
        *parts,
    )


def _task(task: Task[Any, Any]) -> Iterator[str]:
    yield f"## {task.name}"
    yield inspect.cleandoc(import_module(f"{tasks.__name__}.{task.name.replace('-', '_')}").__doc__ or "")
    yield (
        f"Send {', '.join(f'`{kind}`' for kind in task.input.media_types)}, in the field `{task.input.field}` of a "
        f"form or as the body. Expected answers of samples are kept in files that end in `{task.suffix}`."
    )
    yield "The answer of `POST /model/predict`, as JSON Schema:"
    fields = {name: {key: said[key] for key in said if key != "example"} for name, said in task.schema.items()}
    schema = {"type": "object", "properties": {"status": {"enum": ["ok"]}, **fields}}
    yield f"```json\n{json.dumps(schema, indent=2, ensure_ascii=False)}\n```"
    example = {"status": "ok"} | {name: said["example"] for name, said in task.schema.items() if "example" in said}
    yield f"```json\n{json.dumps(example, ensure_ascii=False)}\n```"
    if explanations.of(task) is None:
        yield "It has no `POST /model/explain`."
    else:
        of_what = inspect.cleandoc(task.target.__doc__ or "").splitlines()[0]
        yield f"`POST /model/explain` explains a `target`: {of_what[0].lower()}{of_what[1:]}"
    yield "The measures that `tolerance` and `parity` name:"
    yield table(
        ("Measure", "Tolerance where a sample declares none", "Meaning"),
        ((f"`{name}`", f"{measure.default:g}", measure.description) for name, measure in task.measures.items()),
    )
