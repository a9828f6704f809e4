"""The class that `pipeline` names is there, inherits from `Pipeline` and has the steps that it must have.

`pipeline: pipeline:ImageSegmenter` means the class ImageSegmenter in pipeline.py in the asset's folder. The
file is read but not run, so that linting needs none of the packages that a pipeline imports; a base class
that is imported is trusted. `load`, `preprocess` and `postprocess` must be written, `infer` may be.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from modelyard.catalog.lint import Finding
from modelyard.catalog.linted import LintedAsset, advice
from modelyard.pipeline import Pipeline

SEVERITY: Literal["error", "warning"] = "error"

_STEPS = ("load", "preprocess", "postprocess")


def check(asset: LintedAsset) -> Iterator[Finding]:
    """A finding for a module, a class or a method that is missing."""
    module, _, name = asset.manifest.pipeline.partition(":")
    file = f"{module}.py"
    if trouble := asset.trouble_with(file):
        yield Finding(asset.at("pipeline"), f"{file} {trouble}", f"write the class {name} into {file}")
        return
    try:
        tree = ast.parse((asset.folder / file).read_bytes(), file)
    except (SyntaxError, ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None) or 1
        message = getattr(error, "msg", None) or str(error)
        yield Finding(asset.in_file(file, line), f"it is no Python: {message}", f"see `python -m py_compile {file}`")
        return
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    if name not in classes:
        if name not in _other_names(tree):
            yield Finding(asset.at("pipeline"), f"{file} has no class {name!r}", advice(name, classes))
        return
    yield from _check_class(asset, file, classes, name)


def _check_class(asset: LintedAsset, file: str, classes: Mapping[str, ast.ClassDef], name: str) -> Iterator[Finding]:
    known = _look(classes, name, frozenset())
    if known.imported_base:
        return
    where = asset.in_file(file, classes[name].lineno)
    if not known.is_pipeline:
        types = f"[{asset.task.input.__name__}, {asset.task.output.__name__}]" if asset.task else ""
        yield Finding(where, f"class {name} is no Pipeline", f"write `class {name}(Pipeline{types}):`")
    for step in _STEPS:
        if step not in known.methods:
            help = (getattr(Pipeline, step).__doc__ or "").partition("\n")[0]
            yield Finding(where, f"class {name} has no method {step!r}", f"write it: {help}")


@dataclass(frozen=True)
class _Known:
    """What a class has, with what it inherits from classes of the same file."""

    methods: frozenset[str]
    is_pipeline: bool
    imported_base: bool


def _look(classes: Mapping[str, ast.ClassDef], name: str, seen: frozenset[str]) -> _Known:
    methods: set[str] = set()
    for node in classes[name].body:
        if isinstance(node, ast.FunctionDef):
            methods.add(node.name)
        elif isinstance(node, ast.Assign):
            methods.update(target.id for target in node.targets if isinstance(target, ast.Name))
    is_pipeline = imported_base = False
    for base in map(_base_name, classes[name].bases):
        if base == Pipeline.__name__:
            is_pipeline = True
        elif base in classes and base not in seen:
            above = _look(classes, base, seen | {name})
            methods |= above.methods
            is_pipeline |= above.is_pipeline
            imported_base |= above.imported_base
        else:
            imported_base = True
    return _Known(frozenset(methods), is_pipeline, imported_base)


def _base_name(base: ast.expr) -> str:
    """`Pipeline` of `Pipeline`, of `modelyard.Pipeline` and of `Pipeline[Image, Segmentation]`."""
    if isinstance(base, ast.Subscript):
        base = base.value
    if isinstance(base, ast.Attribute):
        return base.attr
    return base.id if isinstance(base, ast.Name) else ""


def _other_names(tree: ast.Module) -> set[str]:
    """What the module imports or assigns: it may be a class that can't be seen from here."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names.update((alias.asname or alias.name) for alias in node.names)
        elif isinstance(node, ast.Assign):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
    return names
