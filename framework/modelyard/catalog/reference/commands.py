"""The page of every command: of `modelyard`, and of every image."""

from __future__ import annotations

from collections.abc import Iterator

import click

from modelyard.catalog.reference.markdown import document
from modelyard.serving.commands import main as image

_WIDTH = 100


def page(command: click.Command) -> str:
    """The help of `modelyard`, of all of its verbs, and of the commands that an image has."""
    return document(
        "# Commands",
        "A verb exits with 0 when all is well, with 1 when something is to be mended, which one line on standard error "
        "says, and with 2 when it was called in a way that it doesn't know. Results go to standard output.",
        *_help(command, "modelyard", None),
        *_help(image, "docker run IMAGE", None),
    )


def _help(command: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    """The help of a command and of those below it, hidden ones too: nothing that can be called is undocumented."""
    context = click.Context(
        command, info_name=name, parent=parent, terminal_width=_WIDTH, color=False, **command.context_settings
    )
    yield f"## `{context.command_path}`"
    yield f"```text\n{command.get_help(context)}\n```"
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            assert found
            yield from _help(found, below, context)
