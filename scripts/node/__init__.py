"""Tools that are written for Node: each folder here has the lock of one, and npm installs it where weights are kept."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from modelyard.catalog.weights.cache import open_cache

_FOLDER = Path(__file__).parent
_FILES = ("package.json", "package-lock.json")
_SECONDS = 600


def installed(name: str) -> Path:
    """The folder of a tool's program files, `node_modules/.bin`; installed as locked where it isn't there yet.

    Args:
        name: The tool's folder here.
    """
    lock = hashlib.sha256(b"".join((_FOLDER / name / file).read_bytes() for file in _FILES)).hexdigest()[:16]
    place = open_cache().root / "node" / f"{name}-{lock}"
    if not place.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as new:
            for file in _FILES:
                shutil.copy(_FOLDER / name / file, new)
            quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
            done = subprocess.run(
                [program("npm"), "ci", *quiet], cwd=new, env=environment(), capture_output=True, text=True,
                timeout=_SECONDS, check=False,
            )  # fmt: skip
            if done.returncode:
                raise SystemExit(f"npm ci in scripts/node/{name} failed: {done.stderr[-500:]}")
            if not place.is_dir():
                Path(new).rename(place)
                Path(new).mkdir()
    return place / "node_modules" / ".bin"


def program(name: str) -> str:
    """The path of `node` or `npm`: of this machine, or of the virtual environment."""
    found = shutil.which(name, path=environment()["PATH"])
    if found is None:
        raise SystemExit(f"there is no {name} here: scripts/environment installs it")
    return found


def environment() -> dict[str, str]:
    """The variables that programs of Node run with; the virtual environment's Node is found where there is no other."""
    return {**os.environ, "PATH": f"{os.environ.get('PATH', '')}{os.pathsep}{Path(sys.executable).parent}"}
