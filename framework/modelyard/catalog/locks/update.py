"""Moving the locks: all are solved first, then all are written, or none where one can't be solved."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from modelyard.catalog import ingredients
from modelyard.catalog.building import convert
from modelyard.catalog.lock import Move, moves, pins, strangers
from modelyard.catalog.locks import goals
from modelyard.catalog.locks.solve import Goal, Solver
from modelyard.catalog.progress import Progress
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset

_AT_ONCE = 4


@dataclass(frozen=True)
class Change:
    """One lock, before and after.

    Attributes:
        file: Its name from the catalog's folder.
        before: Its text; None where there is no such lock yet.
        after: Its text now; None where nothing needs it any more.
    """

    file: str
    before: str | None
    after: str | None

    @property
    def moves(self) -> list[Move]:
        """What became of its packages."""
        return moves(self.before or "", self.after or "")

    def to_lines(self) -> list[str]:
        """For people."""
        if self.after is None:
            return ["nothing needs it any more: it is gone"]
        return [str(move) for move in self.moves] or ["no package moved"]

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"file": self.file, "gone": self.after is None, "moves": [move.to_dict() for move in self.moves]}


@dataclass(frozen=True)
class Update:
    """What a solve came to.

    Attributes:
        changes: The locks that are another than they were.
        images: The images that a release builds because of them, `NAME` or `NAME (gpu)`.
    """

    changes: tuple[Change, ...]
    images: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"locks": [change.to_dict() for change in self.changes], "images": list(self.images)}


@dataclass(frozen=True)
class Wish:
    """Which versions are to move; all of them, to their newest that fits, unless something is said.

    Attributes:
        keep: No version moves that still fits.
        only: Of the versions that still fit, only those of these packages move.
    """

    keep: bool = False
    only: Sequence[str] = ()


def update(workspace: Workspace, solver: Solver, names: Sequence[str], wish: Wish, progress: Progress) -> Update:
    """Solves locks anew, and writes nothing yet.

    The locks of the framework come first; those of the assets stand upon them and hold what they don't.

    Args:
        workspace: The catalog.
        solver: What solves.
        names: The assets whose locks are solved; all assets', and the framework's too, if none is named.
        wish: Which versions are to move.
        progress: Told what goes on.

    Raises:
        ModelyardError: A lock can't be solved, or a manifest has mistakes.
    """
    assets = workspace.assets(names)
    for asset in assets:
        if names and not asset.requirements:
            progress.note(f"{asset.name} declares no `requirements`, so it has no lock of its own")
    framework = goals.of_framework(workspace, () if names else assets)
    _check_only(workspace, wish.only, ([] if names else [*framework.values()]), assets)
    solved = {} if names else _solve(workspace, solver, [*framework.values()], wish, progress)
    own = [
        goals.of_asset(workspace, asset, _base(workspace, framework, lock, solved, asset))
        for asset in assets
        for lock in ingredients.own_locks(asset)
    ]
    solved |= _solve(workspace, solver, own, wish, progress)
    fresh = [Change(file, _text(workspace, file), after) for file, after in solved.items()]
    gone = [Change(file, _text(workspace, file), None) for file in _superfluous(workspace, framework, assets)]
    changes = tuple(change for change in (*fresh, *gone) if change.before != change.after)
    return Update(changes, tuple(images(workspace, changes)))


def write(workspace: Workspace, changes: Iterable[Change]) -> None:
    """Puts changed locks in place: all are written beside their places first, so that a full disk changes none.

    Raises:
        ModelyardError: A file can't be written.
    """
    ready: list[tuple[Path, Path]] = []
    place = workspace.root
    try:
        for change in changes:
            place = workspace.root / change.file
            if change.after is not None:
                place.parent.mkdir(exist_ok=True)
                beside = place.with_name(f".{place.name}.new")
                ready.append((beside, place))
                beside.write_text(change.after, "utf-8")
        for beside, place in ready:
            os.replace(beside, place)
        for change in changes:
            if change.after is None:
                place = workspace.root / change.file
                place.unlink(missing_ok=True)
                with suppress(OSError):  # other locks are left in it
                    place.parent.rmdir()
    except OSError as error:
        shown = place.relative_to(workspace.root).as_posix()
        raise ModelyardError(f"{shown}: it can't be written: {error.strerror}") from None
    finally:
        for beside, _ in ready:
            with suppress(OSError):  # it has moved, or couldn't be made
                beside.unlink()


def images(workspace: Workspace, changes: Iterable[Change]) -> Iterator[str]:
    """The images whose key moves with the packages of these locks, as `ingredients` has it."""
    moved = {change.file: {move.package for move in change.moves} for change in changes}
    converter = convert.LOCK in moved.get(goals.framework_file(workspace, convert.LOCK), ())
    for asset in workspace.assets():
        for variant in workspace.catalog.variants:
            if variant not in asset.variants:
                continue
            lock = ingredients.lock_name(asset.variants[variant], variant)
            files = (goals.framework_file(workspace, lock), goals.own_file(workspace, asset, lock))
            if any(moved.get(file) for file in files) or (converter and convert.is_converted(asset)):
                yield asset.name if variant == "cpu" else f"{asset.name} ({variant})"


def _solve(
    workspace: Workspace, solver: Solver, wanted: Sequence[Goal], wish: Wish, progress: Progress
) -> dict[str, str]:
    """The texts of locks, by their files."""
    if not wanted:
        return {}

    def one(goal: Goal) -> str:
        before = _text(workspace, goal.shown) or ""
        spoilt = any(strangers(before))  # by hand or by a merge: uv couldn't read it, so it starts afresh
        text = solver.solve(goal, "" if spoilt else before, keep=wish.keep, only=wish.only)
        for number, line in strangers(text):
            raise ModelyardError(
                f"{goal.shown}:{number}: uv wrote {line[:60]!r}, which is no package with its hashes; see its settings"
            )
        return text

    with progress.step(f"solve {len(wanted)} locks"), ThreadPoolExecutor(_AT_ONCE) as pool:
        return dict(zip((goal.shown for goal in wanted), pool.map(one, wanted), strict=True))


def _base(
    workspace: Workspace, framework: Mapping[str, Goal], lock: str, solved: Mapping[str, str], asset: Asset
) -> goals.Base:
    goal = framework.get(lock)
    text = None if goal is None else solved.get(goal.shown, _text(workspace, goal.shown))
    if goal is None or text is None:
        raise ModelyardError(
            f"assets/{asset.name}/asset.yaml: its variants need the lock {lock!r}, which the framework doesn't have; "
            f"it has {', '.join(framework)}"
        )
    return goals.Base(lock, text, goal.python)


def _check_only(workspace: Workspace, only: Iterable[str], framework: Iterable[Goal], assets: Iterable[Asset]) -> None:
    """A misspelt package would move nothing, and say so as if all were well."""
    files = [goal.shown for goal in framework]
    files += [goals.own_file(workspace, asset, lock) for asset in assets for lock in ingredients.own_locks(asset)]
    held = {pin.name for file in files for pin in pins(_text(workspace, file) or "")}
    for package in only:
        if canonicalize_name(package) not in held:
            close = difflib.get_close_matches(canonicalize_name(package), held, n=1)
            meant = f"; did you mean {close[0]!r}?" if close else ""
            raise ModelyardError(f"none of the {len(files)} locks holds a package {package!r}{meant}")


def _superfluous(workspace: Workspace, framework: Mapping[str, Goal], assets: Iterable[Asset]) -> list[str]:
    """Locks of assets that nothing needs any more."""
    return [
        goals.own_file(workspace, asset, lock)
        for asset in assets
        for lock in framework
        if lock not in ingredients.own_locks(asset) and workspace.own_lock(asset.name, lock).is_file()
    ]


def _text(workspace: Workspace, file: str) -> str | None:
    path = workspace.root / file
    return path.read_text("utf-8", errors="replace") if path.is_file() else None
