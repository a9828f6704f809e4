"""Pythons with other people's servers, each with exactly the packages that its list in _peers/ pins."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PEERS = Path(__file__).parent / "_peers"
_KEPT = Path(__file__).parents[2] / ".bench" / "environments"
_SECONDS = 1_800


def python_of(name: str) -> Path:
    """The Python of a peer; the first time, it is made, which takes minutes.

    Raises:
        SystemExit: Its packages can't be installed; pip's last words say why.
    """
    file = PEERS / f"{name}.txt"
    digest = hashlib.sha256(f"{sys.version_info[:3]} {file.read_text()}".encode()).hexdigest()[:16]
    kept = _KEPT / f"{name}-{digest}"
    if not (kept / "complete").is_file():
        shutil.rmtree(kept, ignore_errors=True)
        print(f"installing {name} in {kept}", file=sys.stderr)
        with tempfile.TemporaryFile("w+") as log:
            for command in (
                [sys.executable, "-m", "venv", str(kept)],
                [str(kept / "bin/python"), "-m", "pip", "install", "--quiet", "--no-deps", "-r", str(file)],
            ):
                done = subprocess.run(command, stdout=log, stderr=log, timeout=_SECONDS, check=False)
                if done.returncode != 0:
                    log.seek(0)
                    raise SystemExit(f"the packages of {name} can't be installed:\n{log.read()[-2_000:]}")
        (kept / "complete").touch()
    return kept / "bin" / "python"


def version_of(name: str, package: str) -> str:
    """Which version of a package a peer's list pins."""
    for line in (PEERS / f"{name}.txt").read_text().splitlines():
        pinned, _, version = line.partition("==")
        if pinned.lower().replace("_", "-") == package:
            return version
    raise SystemExit(f"{name}.txt pins no {package}")
