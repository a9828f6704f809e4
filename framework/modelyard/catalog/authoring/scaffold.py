"""Beginning an asset: a folder that lints but for its TODOs, runs and is tested before its author wrote a line."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelyard import runtimes, tasks
from modelyard.catalog import ingredients, kinds
from modelyard.catalog.authoring import answers, manifest, pipeline
from modelyard.catalog.linted import MANIFEST, README, advice
from modelyard.catalog.lints import todo
from modelyard.catalog.locks import goals
from modelyard.catalog.locks.solve import Goal
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset, Variant
from modelyard.manifest.load import read
from modelyard.tasks.task import Task

GPU_RUNTIME = "tensorflow"
"""The one that has a lock for GPUs."""

_LONGEST = 63
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

Solve = Callable[[Goal], str]
"""The text of a lock, for what it is solved from."""


@dataclass(frozen=True)
class Begun:
    """A new asset.

    Attributes:
        name: Its name.
        folder: Its folder, from the catalog's.
        files: What is in it, from its folder.
        todos: How many TODOs its author is left with.
    """

    name: str
    folder: str
    files: tuple[str, ...]
    todos: int

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"name": self.name, "folder": self.folder, "files": list(self.files), "todos": self.todos}


def begin(workspace: Workspace, name: str, task_name: str, variants: Mapping[Variant, str], solve: Solve) -> Begun:
    """Writes the folder of a new asset: whole, or not at all.

    Args:
        workspace: The catalog.
        name: The asset's.
        task_name: What kind of question it answers.
        variants: The runtime of each variant.
        solve: Locks the packages that reading its kind of input needs, where it needs any.

    Raises:
        ModelyardError: The name is taken or none, there is no such task or runtime, or packages can't be locked.
    """
    _check_name(workspace, name)
    task = _task(task_name)
    _check_runtimes(workspace, variants)
    parent = workspace.root / "assets"
    try:
        parent.mkdir(exist_ok=True)
        # Two folders deep, where nobody takes it for an asset.
        with tempfile.TemporaryDirectory(dir=parent, prefix=".new-") as staging:
            folder = Path(staging, name)
            _write(folder, name, task, variants)
            asset = read(folder / MANIFEST, Asset, shown_as=f"assets/{name}/{MANIFEST}")
            _lock(workspace, folder, asset, solve)
            files = tuple(sorted(one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file()))
            todos = sum(_todos(folder / file) for file in files if not file.startswith("samples/"))
            os.rename(folder, workspace.folder(name))
    except OSError as error:
        raise ModelyardError(f"assets/{name} can't be written: {error.strerror}") from None
    return Begun(name, f"assets/{name}", files, todos)


def _check_name(workspace: Workspace, name: str) -> None:
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        parts = re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower())
        better = "-".join(parts).lstrip("0123456789-")[:_LONGEST].strip("-")
        meant = f", such as {better!r}" if better else ""
        raise ModelyardError(
            f"{name!r} is no name of an asset: write words of small letters and digits, joined by hyphens, at most "
            f"{_LONGEST} characters{meant}"
        )
    if workspace.folder(name).exists():
        raise ModelyardError(f"assets/{name} is there already: choose another name, or change what is there")


def _task(name: str) -> Task[Any, Any]:
    if name not in tasks.names():
        raise ModelyardError(f"there is no task {name!r}: {advice(name, tasks.names())}; docs/reference/tasks.md")
    return tasks.load(name)


def _check_runtimes(workspace: Workspace, variants: Mapping[Variant, str]) -> None:
    for variant, runtime in variants.items():
        if runtime not in runtimes.names():
            raise ModelyardError(f"there is no runtime {runtime!r}: {advice(runtime, runtimes.names())}")
        if not (workspace.requirements / f"{ingredients.lock_name(runtime, variant)}.txt").is_file():
            raise ModelyardError(f"variant {variant}: the catalog has no lock for the runtime {runtime!r}")
        if variant == "gpu" and runtime != GPU_RUNTIME:
            raise ModelyardError(f"variant gpu: {runtime} uses no GPU here; use {GPU_RUNTIME}")


def _write(folder: Path, name: str, task: Task[Any, Any], variants: Mapping[Variant, str]) -> None:
    kind = kinds.of(task)
    seed = kind.seed
    (folder / "samples").mkdir(parents=True)
    entries = []
    for label, data, answer, what in (
        ("strong", seed.strong(), answers.strong(task), "much to see"),
        ("weak", seed.weak(), answers.weak(task), "next to nothing to see"),
    ):
        file, origin = f"samples/{label}{seed.suffix}", f"Made by `modelyard new`, with {what} in it"
        (folder / file).write_bytes(data)
        if answer is None:
            entries.append(manifest.sample(file, "CC0-1.0", origin, error=400))
        else:
            expected = f"samples/{label}.expected{task.suffix}"
            task.write(answer, folder / expected)
            entries.append(manifest.sample(file, "CC0-1.0", origin, expected=expected))
    for bad, (data, origin) in seed.bad().items():
        (folder / "samples" / bad).write_bytes(data)
        entries.append(manifest.sample(f"samples/{bad}", "CC0-1.0", origin, error=400))
    (folder / MANIFEST).write_text(manifest.asset_yaml(name, task, seed, variants, entries), "utf-8")
    (folder / "pipeline.py").write_text(pipeline.text(name, task, kind), "utf-8")
    (folder / README).write_text(manifest.readme(name, task, seed), "utf-8")


def _lock(workspace: Workspace, folder: Path, asset: Asset, solve: Solve) -> None:
    """Locks its own packages, upon the framework's locks as they are."""
    wanted = ingredients.own_locks(asset)
    if not wanted:
        return
    framework = goals.of_framework(workspace)
    (folder / "requirements").mkdir()
    for lock in wanted:
        text = (workspace.requirements / f"{lock}.txt").read_text("utf-8")
        goal = goals.of_asset(workspace, asset, goals.Base(lock, text, framework[lock].python))
        (folder / "requirements" / f"{lock}.txt").write_text(solve(goal), "utf-8")


def _todos(file: Path) -> int:
    return len(todo.notes(file.read_text("utf-8")))
