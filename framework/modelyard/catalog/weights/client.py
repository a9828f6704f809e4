"""A package registry's own client, run as a program.

The clients know their mirrors, proxies, certificates and credentials; Modelyard doesn't, and
names no registry's host anywhere.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from modelyard.catalog.weights.sources import SourceContext
from modelyard.errors import ModelyardError

_CREDENTIALS = re.compile(r"(?<=://)[^/\s@]+@")


def find(name: str, *, install: str) -> str:
    """The program of that name on the PATH, or beside the interpreter that runs this.

    Args:
        name: Such as `npm`.
        install: How to install it, for the error.
    """
    beside = str(Path(sys.executable).parent)
    program = shutil.which(name) or shutil.which(name, path=beside)
    if program is None:
        raise ModelyardError(f"`{name}` is not installed: {install}")
    return program


def run(command: Sequence[str], *, shown: str, folder: Path, advice: str, timeout: float = 1800) -> str:
    """What a program prints, run without a terminal in `folder`.

    Args:
        command: The program and its arguments; no shell sees them.
        shown: What to call it in errors.
        folder: Where it runs.
        advice: What to do if it fails.
        timeout: Seconds after which it is stopped, with everything it started.

    Raises:
        ModelyardError: It failed or took too long; the end of what it said is in the message.
    """
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            text=True,
            errors="replace",
            start_new_session=True,
        )
    except OSError as error:
        raise ModelyardError(f"`{shown}` can't be started: {error}; {advice}") from error
    try:
        output, complaint = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired as error:
        raise ModelyardError(f"`{shown}` took more than {timeout:.0f} s and was stopped; {advice}") from error
    finally:
        # Also on Ctrl-C: npm may itself be a script whose child does the work.
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    if process.returncode != 0:
        raise ModelyardError(f"`{shown}` failed: {tail(complaint or output)}; {advice}")
    return output


def tail(text: str, length: int = 400) -> str:
    """The end of what a program said, in one line and without credentials."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    joined = _CREDENTIALS.sub("***@", " | ".join(lines)) or "it said nothing"
    return joined if len(joined) <= length else "…" + joined[-length:]


def collect(
    command: Sequence[str], *, shown: str, suffix: str, folder: Path, context: SourceContext, advice: str
) -> Path:
    """The one file with that suffix that a client leaves where it runs, moved to `folder`.

    It runs in a folder of its own below `folder`; what else it leaves there is deleted.
    """
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        run(command, shown=shown, folder=Path(scratch), advice=advice)
        files = sorted(Path(scratch).glob(f"*{suffix}"))
        if len(files) != 1:
            left = ", ".join(file.name for file in files) or "none"
            raise ModelyardError(f"`{shown}` was to leave one *{suffix} file, and left {left}; {advice}")
        package = files[0].rename(folder / files[0].name)
    size = package.stat().st_size
    context.advance(size, size)
    return package
