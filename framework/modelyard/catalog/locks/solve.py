"""Solving requirements into a lock, with uv: one version of each package, for every machine and Python at once."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from modelyard.catalog.building import host
from modelyard.errors import ModelyardError

_SECONDS = 900
_SHOWN = 700
_KINDS = ("error:", "cause:", "hint:")


@dataclass(frozen=True)
class Goal:
    """What a lock is solved from.

    Attributes:
        shown: What messages call the lock: its file, from the catalog's folder.
        python: The oldest Python that it must serve, such as `3.11`.
        requirements: What must be there, as PEP 508 has it.
        project: A pyproject.toml whose dependencies must be there too.
        extras: With these of its extras.
        constraints: What must hold for a package, if it is there at all.
        without: Packages that are solved for, and left out of the lock.
        with_extras: Whether the lock says which extras a package is installed with.
    """

    shown: str
    python: str
    requirements: Sequence[str] = ()
    project: Path | None = None
    extras: Sequence[str] = ()
    constraints: Sequence[str] = ()
    without: Sequence[str] = ()
    with_extras: bool = False


@dataclass(frozen=True)
class Solver:
    """uv, set to use the package index that pip uses on this machine.

    Attributes:
        program: Where it is.
        environment: What it runs in.
    """

    program: str
    environment: Mapping[str, str]

    @classmethod
    def find(cls, environment: Mapping[str, str] = os.environ) -> Solver:
        """The one that is installed with Modelyard."""
        from uv import find_uv_bin

        try:
            return cls(str(find_uv_bin()), {**index(host.pip_settings(), environment), **environment})
        except FileNotFoundError:
            raise ModelyardError("uv is missing: scripts/environment catalog installs it") from None

    def solve(self, goal: Goal, before: str, *, keep: bool = False, only: Iterable[str] = ()) -> str:
        """The text of a lock.

        Only packages with a wheel are taken, because only wheels are installed. It names no package index.

        Args:
            goal: What it is solved from.
            before: The lock as it was; empty where there was none.
            keep: Whether the versions in it stay wherever they still fit.
            only: The packages that move to their newest version that fits, while the others stay wherever they fit.

        Raises:
            ModelyardError: There is no solution, or the package index can't be reached; in uv's words.
        """
        with tempfile.TemporaryDirectory(prefix="modelyard-lock-") as name:
            output = Path(name, "lock.txt")
            output.write_text(before, "utf-8")  # uv keeps to what stands where it writes
            command = [self.program, *_arguments(goal, Path(name), output), *_upgrades(keep, only)]
            try:
                done = subprocess.run(
                    command, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                    encoding="utf-8", errors="replace", timeout=_SECONDS, check=False,
                )  # fmt: skip
            except subprocess.TimeoutExpired:
                raise ModelyardError(f"{goal.shown}: uv didn't solve it in {_SECONDS} s; run it again") from None
            if done.returncode != 0:
                raise ModelyardError(f"{goal.shown}: {words(done.stderr)}")
            return output.read_text("utf-8")


def words(said: str) -> str:
    """What uv said, in one line; of a long explanation how it begins and what it comes to."""
    lines = [line.strip() for line in said.splitlines()]
    parts: list[str] = []
    for line in filter(None, lines):
        kind = next((kind for kind in _KINDS if line.startswith(kind)), None)
        if kind == "hint:":
            break
        if kind or not parts:
            parts.append(line.removeprefix(kind or "").strip())
        else:
            parts[-1] += f" {line}"
    text = ": ".join(parts) or "uv failed and said nothing"
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN // 2]} … {text[-_SHOWN // 2 :]}"


def index(settings: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """pip's settings in uv's words. What no container could reach is left out: nothing could be installed from it."""
    kept = {name: host.reachable(value) for name, value in settings.items()}
    proxy = kept.get("proxy", "")
    found = {
        "UV_DEFAULT_INDEX": "" if "UV_INDEX_URL" in environment else kept.get("index-url", ""),
        "UV_INDEX": kept.get("extra-index-url", ""),
        "UV_INSECURE_HOST": kept.get("trusted-host", ""),
        "UV_HTTP_TIMEOUT": kept.get("default-timeout", ""),
        "SSL_CERT_FILE": str(host.certificates(settings, environment) or ""),
        "HTTPS_PROXY": proxy if "://" in proxy or not proxy else f"http://{proxy}",
    }
    return {name: value for name, value in found.items() if value}


def _arguments(goal: Goal, folder: Path, output: Path) -> list[str]:
    sources = [str(goal.project)] if goal.project else []
    for name, lines in (("requirements.in", goal.requirements), ("constraints.txt", goal.constraints)):
        (folder / name).write_text("".join(f"{line}\n" for line in lines), "utf-8")
    if goal.requirements:
        sources.append(str(folder / "requirements.in"))
    return [
        "pip", "compile", "--universal", "--python-version", goal.python, "--python", sys.executable,
        "--no-python-downloads", "--only-binary", ":all:", "--generate-hashes", "--no-header", "--no-annotate",
        "--quiet", "--constraint", str(folder / "constraints.txt"), "--output-file", str(output),
        *(["--no-strip-extras"] if goal.with_extras else []),
        *(f"--extra={extra}" for extra in goal.extras),
        *(f"--no-emit-package={package}" for package in goal.without),
        *sources,
    ]  # fmt: skip


def _upgrades(keep: bool, only: Iterable[str]) -> list[str]:
    named = [f"--upgrade-package={package}" for package in only]
    return named if named or keep else ["--upgrade"]
