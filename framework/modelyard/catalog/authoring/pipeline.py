"""The pipeline.py of a new asset: whole and running, with one neuron where its network will be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

import modelyard
from modelyard.catalog.authoring import answers
from modelyard.catalog.authoring.literal import WIDTH, Literal, NoLiteral, Part, of
from modelyard.catalog.kinds import Kind
from modelyard.tasks.task import Task

_STEEP, _MIDDLE = 40, 8
"""Of the neuron: it is undecided where an input's mean is a fifth."""

_TEXT = '''"""TODO: say which network this is, and whose preprocessing and postprocessing it follows.

It runs as it is, but knows little: one neuron says whether there is much to see in the input, and the answer is the
task's own example, or {otherwise}. Put your network in its place, one TODO after the other.
"""

{imports}


class {name}(Pipeline[{input}, {output}]):
    """TODO: say in one sentence what it answers."""

    def load(self, weights: Path) -> None:
        # TODO: self.model = self.runtime.load(weights / "network"), where `network` is a path of asset.yaml's weights.
        self.steepness, self.middle = np.float32({steep}), np.float32({middle})

    def preprocess(self, {field}: {input}) -> Tensors:
        # TODO: make what your network takes, with a batch axis of size 1, as it was trained: size, order, scale.
{code}

    def infer(self, tensors: Tensors) -> Tensors:
        # TODO: remove this method: the one that it hides asks self.model.
        much = tensors["input"].mean(axis=1) * self.steepness - self.middle
        return {{"probability": 1 / (1 + np.exp(-much))}}

    def postprocess(
        self,
        tensors: Tensors,
        {field}: {input},
        *,
        # TODO: name what a request may choose, or remove it, with the `*` above.
        threshold: Annotated[float, Parameter("How sure the model must be to find something.", 0, 1)] = 0.5,
    ) -> {output}:
        # TODO: make the answer of what your network says.
        if tensors["probability"][0] < threshold:
{weak}
{strong}
'''


def class_name(name: str) -> str:
    """`ImageSegmenter` of `image-segmenter`."""
    return "".join(word.capitalize() for word in name.split("-"))


def text(name: str, task: Task[Any, Any], kind: Kind) -> str:
    """The module.

    Args:
        name: The asset's.
        task: What it answers.
        kind: What it is asked.
    """
    strong, weak = answers.strong(task), answers.weak(task)
    expressions = [_expression(task, answer) for answer in (strong, weak) if answer is not None]
    if weak is None:
        refusal = Part("BadInput(", [("", Part(f'"there is next to nothing in the {task.input.field}"'))], ")")
        otherwise, lines = "a refusal", _statement("raise", refusal, 12)
    else:
        otherwise, lines = "a lesser one", _statement("return", expressions[1].part, 12)
    return _TEXT.format(
        otherwise=otherwise,
        imports=_imports(task, expressions, weak is None),
        name=class_name(name),
        input=task.input.__name__,
        output=task.output.__name__,
        field=task.input.field,
        steep=_STEEP,
        middle=_MIDDLE,
        code="\n".join(f"        {line}" for line in kind.seed.code),
        weak=lines,
        strong=_statement("return", expressions[0].part, 8),
    )


def _expression(task: Task[Any, Any], answer: Any) -> Literal:
    """What makes an answer: its class where that can be written down, or else the task, of a body."""
    try:
        found = of(answer)
        names: dict[str, Any] = {one.__name__: one for one in found.classes} | {"np": np}
        again = eval(found.part.flat(), names)  # noqa: S307  # what was just made of numbers and texts
        if not any(task.difference(answer, again).values()):
            return found
    except (NoLiteral, ArithmeticError, LookupError, TypeError, ValueError):
        pass
    body = of(_plain(task.encode(answer))).part
    decode = Part("TASK.decode(", [("", body)], ")")
    return Literal(decode, frozenset(), arrays=False)


def _plain(value: Any) -> Any:
    """A body without numpy's arrays."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.tolist() if hasattr(value, "tolist") else value


def _statement(word: str, expression: Part, indent: int) -> str:
    return f"{' ' * indent}{word} {expression.laid_out(indent, indent + len(word) + 1)}"


def _imports(task: Task[Any, Any], expressions: Iterable[Literal], refuses: bool) -> str:
    used = {task.input, task.output, *(one for found in expressions for one in found.classes)}
    public = {"Parameter", "Pipeline", "Tensors", *(["BadInput"] if refuses else [])}
    others: dict[str, set[str]] = {}
    for one in used:
        if one.__name__ in modelyard.__all__:
            public.add(one.__name__)
        else:
            others.setdefault(one.__module__, set()).add(one.__name__)
    lines = ["from pathlib import Path", "from typing import Annotated", "", "import numpy as np", ""]
    ours = [_import("modelyard", public), *(_import(module, names) for module, names in sorted(others.items()))]
    if any(found.part.before == "TASK.decode(" for found in expressions):
        module = f"modelyard.tasks.{task.name.replace('-', '_')}"
        ours.append(_import(module, {"TASK"}))
    return "\n".join([*lines, *ours])


def _import(module: str, names: Iterable[str]) -> str:
    listed = sorted(names, key=lambda name: (name.upper() != name, name))
    line = f"from {module} import {', '.join(listed)}"
    if len(line) <= WIDTH:
        return line
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in listed) + ")"
