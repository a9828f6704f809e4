"""Going back: the tags that people pull by are moved to an image that was published before.

It stays in force until something about the image changes: the release of what is withdrawn doesn't move them forward.
"""

from __future__ import annotations

from collections.abc import Sequence

from modelyard.catalog import tags
from modelyard.catalog.records import history, moves
from modelyard.catalog.records.history import Published
from modelyard.catalog.records.moves import Move
from modelyard.catalog.registry import Registry
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Variant

_SHORTEST = 6


def plan(workspace: Workspace, registry: Registry, name: str, variant: Variant, to: str | None, reason: str) -> Move:
    """The move that a rollback would make.

    Args:
        workspace: The catalog that goes back.
        registry: Where it is published.
        name: The asset.
        variant: Which line of images.
        to: Digest, key (both may be shortened) or version to go to; the image before the present one if left out.
        reason: Why, for those who read the history.

    Raises:
        ModelyardError: There is nothing to go back to, or it is no image that passed.
    """
    line = [one for one in history.read(registry, name).images if one.variant == variant]
    present = next((one for one in line if tags.newest(variant) in one.tags), None)
    if present is None:
        raise ModelyardError(f"{name}: nothing is published under {tags.newest(variant)}, so there is no way back")
    target = _before(name, line, present) if to is None else _named(name, line, to)
    if target.image.digest == present.image.digest:
        raise ModelyardError(f"{name}: {tags.newest(variant)} points to {_shown(target)} already")
    if target.report is None or not target.report.lets_through:
        raise ModelyardError(f"{name}: {_shown(target)} has no report that says that it passed: name another with --to")
    last = present.moves[-1] if present.moves else None
    return Move(
        kind="rollback",
        to=target.image.digest,
        instead_of=present.image.digest,
        withdrawn=(*(last.withdrawn if last else ()), present.image.digest),
        version=target.version,
        variant=variant,
        key=target.key,
        commit=workspace.commit,
        reason=reason,
        made=moves.now(),
    )


def carry_out(registry: Registry, name: str, move: Move) -> list[str]:
    """Writes the move down, and moves the tags.

    Returns:
        The tags that were moved.
    """
    target = registry.manifest(name, move.to)
    if target is None:
        raise ModelyardError(f"{registry.repository(name)}@{move.to}: the registry lost it: name another with --to")
    moves.record(registry, name, target, move)
    moved = []
    for tag in (move.version, "latest") if move.variant == "cpu" else (tags.newest(move.variant),):
        # A version's own tag stays unless it led to what is withdrawn.
        if registry.digest(name, tag) in (None, *move.withdrawn):
            registry.tag(name, tag, target)
            moved.append(tag)
    return moved


def _before(name: str, line: Sequence[Published], present: Published) -> Published:
    """What people got before the present image, as its last move says; else what was published before it."""
    withdrawn = set(present.moves[-1].withdrawn) if present.moves else set()
    earlier = present.moves[-1].instead_of if present.moves and present.moves[-1].kind == "release" else None
    for one in line:
        if one.image.digest == earlier:
            return one
    rest = [one for one in line if one.made < present.made and one.image.digest not in withdrawn]
    if not rest:
        raise ModelyardError(f"{name}: {_shown(present)} is the first of its line, so there is nothing to go back to")
    return rest[0]


def _named(name: str, line: Sequence[Published], to: str) -> Published:
    word = to.removeprefix("sha256:").removeprefix("key-")
    found = [
        one
        for one in line
        if one.version == to
        or to in one.tags
        or (len(word) >= _SHORTEST and (one.key.startswith(word) or one.image.digest[7:].startswith(word)))
    ]
    if not found:
        known = ", ".join(f"{one.version} {one.key[:12]}" for one in line[:8])
        raise ModelyardError(f"{name}: no published image is {to[:80]!r}; there are: {known}")
    return found[0]


def _shown(one: Published) -> str:
    return f"{one.version} {one.key[:12]}"
