"""Adding samples to an asset.yaml that a person wrote: its comments and its layout stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import yaml

from modelyard.errors import ModelyardError

_FIELD = "samples"


def with_samples(text: str, entries: Sequence[str], shown: str) -> str:
    """A manifest with more entries at the end of its `samples`.

    Args:
        text: The manifest, which can be read.
        entries: As `manifest.sample` gives them.
        shown: The file's name in messages.

    Raises:
        ModelyardError: Its samples don't stand in lines of their own.
    """
    node = _samples(text, shown)
    lines = text.splitlines(keepends=True)
    last = max(_last_line(one) for one in node.value)
    if not lines[last].endswith("\n"):
        lines[last] += "\n"
    first = lines[node.value[0].start_mark.line]
    indent = first[: len(first) - len(first.lstrip(" "))]
    added = [indent + line.removeprefix("  ") for entry in entries for line in entry.splitlines(keepends=True)]
    return "".join([*lines[: last + 1], *added, *lines[last + 1 :]])


def _samples(text: str, shown: str) -> yaml.SequenceNode:
    root = yaml.compose(text, yaml.SafeLoader)
    if isinstance(root, yaml.MappingNode):
        for key, value in root.value:
            if key.value == _FIELD and isinstance(value, yaml.SequenceNode) and value.value and not value.flow_style:
                return value
    raise ModelyardError(
        f"{shown}: its `{_FIELD}` don't stand in lines of their own, each after a hyphen: write them so, or add the "
        "new one yourself"
    )


def _last_line(node: yaml.Node) -> int:
    """The line in which the last character of a value stands; a block's own end is where the next thing begins."""
    return max(_ends(node), default=node.start_mark.line)


def _ends(node: yaml.Node) -> Iterator[int]:
    children = list(_children(node))
    block = isinstance(node, yaml.CollectionNode) and not node.flow_style
    if not (block and children):
        # A text of several lines ends at the beginning of the line behind it.
        back = 1 if node.end_mark.column == 0 and node.end_mark.line > node.start_mark.line else 0
        yield node.end_mark.line - back
    for child in children:
        yield from _ends(child)


def _children(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        for pair in node.value:
            yield from pair
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value
