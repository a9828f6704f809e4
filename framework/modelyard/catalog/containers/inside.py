"""A small script of ours, run by the Python of a container: how the builder looks into an image.

The script is the builder's; what it reads is not. So it runs with the rights that the container has and no more,
it may take a bounded time, and it may say a bounded amount.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from docker.errors import APIError
from docker.models.containers import Container

from modelyard.errors import ModelyardError

_SECONDS = 120
_LARGEST = 16_000_000
_SHOWN = 300


def ask(container: Container, script: str, *, user: str = "") -> Any:
    """Runs a script in a container that is up, and gives what it printed, read as JSON.

    Args:
        container: It must have `python3`.
        script: Python, which prints one JSON document; it is run isolated (`-I`), and stopped after two minutes.
        user: As whom; the image's own user if left out.

    Raises:
        ModelyardError: It failed, took too long, said too much, or no JSON.
    """
    assert container.client is not None
    api = container.client.api
    limited = f"import signal\nsignal.alarm({_SECONDS})\n{script}"
    try:
        command = api.exec_create(container.id, ["python3", "-I", "-B", "-c", limited], user=user)
        said, complaint = gathered(api.exec_start(command["Id"], stream=True, demux=True))
        code = api.exec_inspect(command["Id"])["ExitCode"]
    except APIError as error:
        raise ModelyardError(f"a script can't run in the container: {error.explanation or error}") from None
    if code != 0:
        last = " ".join(complaint.decode("utf-8", "replace").split())[-_SHOWN:]
        raise ModelyardError(f"a script in the container ended with {code}: {last or 'it said nothing'}")
    try:
        return json.loads(said)
    except ValueError:
        raise ModelyardError("a script in the container printed something that is no JSON") from None


def gathered(stream: Iterable[tuple[bytes | None, bytes | None]]) -> tuple[bytes, bytes]:
    """What came on standard output and on standard error.

    Args:
        stream: Pieces of the one, of the other or of both, as the engine hands them over.

    Raises:
        ModelyardError: It is more than there is room for.
    """
    said, complaint = bytearray(), bytearray()
    for out, err in stream:
        said += out or b""
        complaint += err or b""
        if len(said) + len(complaint) > _LARGEST:
            raise ModelyardError(f"a script in the container said more than {_LARGEST:,} bytes")
    return bytes(said), bytes(complaint)
