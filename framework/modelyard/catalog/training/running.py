"""Running an asset's training code: in a container that is shut in, or in a process here."""

from __future__ import annotations

import json
import math
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import docker

from modelyard.catalog.building import build, convert
from modelyard.catalog.containers import sandbox
from modelyard.catalog.containers.context import Entry
from modelyard.catalog.local import Local
from modelyard.catalog.progress import Step
from modelyard.catalog.registry import Registry
from modelyard.catalog.training.job import FILE
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset

_MODULE = "modelyard.catalog.training"
_PLACE = "/training"
_SHOWN = 200


@dataclass
class Course:
    """How a training went, as it told on its standard output.

    Attributes:
        step: Where people see how far it is.
        note: Where what it prints besides goes.
        epochs: What was measured, epoch by epoch.
        metrics: The figures that it ended with.
        error: What went wrong, where it said so.
    """

    step: Step
    note: Callable[[str], None]
    epochs: list[dict[str, float]] = field(default_factory=list)
    metrics: dict[str, float] = field(default_factory=dict)
    error: str | None = None

    def hear(self, lines: Iterable[bytes]) -> None:
        """Listens until the training is silent."""
        for line in lines:
            text = line.decode("utf-8", "replace").rstrip()
            event = _event(text)
            if event is None:
                if text:
                    self.note(f"    {text[:_SHOWN]}")
            elif "error" in event:
                self.error = str(event["error"])
            elif "metrics" in event:
                self.metrics = {str(name): float(value) for name, value in event["metrics"].items()}
            elif "epoch" in event:
                given = {str(name): float(value) for name, value in event["figures"].items()}
                figures = {name: value for name, value in given.items() if math.isfinite(value)}
                self.epochs.append(figures)
                said = ", ".join(f"{name} {value:.4g}" for name, value in figures.items())
                self.step.count(int(event["epoch"]), int(event["of"]), said)
                if self.step.bars is None:
                    self.note(f"    epoch {event['epoch']} of {event['of']}: {said}")

    def end(self, name: str, code: int, log: str) -> None:
        """Raises what went wrong, if anything did.

        Args:
            name: The asset's name.
            code: The exit code.
            log: The last that it logged.
        """
        if code != 0:
            raise ModelyardError(f"{name}: the training failed: {self.error or f'it ended with {code}: {log}'}")


class Place(Protocol):
    """Where trainings run."""

    def converter(self, asset: Asset) -> convert.Converter:
        """What brings other weights of an asset into TensorFlow's form."""

    def run(self, asset: Asset, files: Mapping[str, Entry], output: Path, course: Course) -> None:
        """Runs a training.

        Args:
            asset: Whose.
            files: What it needs, by name; `job.json` says what is to be done.
            output: The folder to make, with what it wrote.
            course: Hears how it goes.

        Raises:
            ModelyardError: It failed.
        """


@dataclass(frozen=True)
class Here:
    """A process of this machine, with the locked packages of TensorFlow."""

    local: Local

    def converter(self, asset: Asset) -> convert.Converter:
        """The same packages convert."""
        return self.local.convert

    def run(self, asset: Asset, files: Mapping[str, Entry], output: Path, course: Course) -> None:
        """See `Place`."""
        python = self.local.python(convert.LOCK, asset)
        framework = self.local.workspace.framework.parent
        with tempfile.TemporaryDirectory(prefix="modelyard-") as name, tempfile.TemporaryFile() as log:
            folder = Path(name)
            _lay_out(files, folder)
            with subprocess.Popen(
                [python, "-m", _MODULE, str(folder / FILE)],
                env={**os.environ, **_environment(str(framework), str(folder / "scratch"))},
                cwd=folder,
                stdout=subprocess.PIPE,
                stderr=log,
            ) as process:
                try:
                    assert process.stdout is not None
                    course.hear(process.stdout)
                except BaseException:
                    process.kill()
                    raise
            log.seek(0)
            course.end(asset.name, process.returncode, _last(log.read()))
            (folder / "output").rename(output)


@dataclass(frozen=True)
class InContainer:
    """A container of TensorFlow's base image: no network, nothing to write to but its own folder."""

    client: docker.DockerClient
    registry: Registry
    local: Local

    def converter(self, asset: Asset) -> convert.Converter:
        """The same image converts."""
        return convert.in_container(self.client, self._image(asset), self.local.progress)

    def run(self, asset: Asset, files: Mapping[str, Entry], output: Path, course: Course) -> None:
        """See `Place`."""
        framework = self.local.workspace.framework
        # The image has what containers need; what trains is the builder's.
        ours = {
            f"framework/modelyard/{file.relative_to(framework).as_posix()}": file for file in framework.rglob("*.py")
        }
        command = ["python3", "-m", _MODULE, f"{_PLACE}/{FILE}"]
        with sandbox.run(
            self.client,
            self._image(asset),
            files={**files, **ours},
            volume=_PLACE,
            environment=_environment(f"{_PLACE}/framework", f"{_PLACE}/scratch"),
            entrypoint=command,
        ) as container:
            course.hear(_lines(container.logs(stdout=True, stderr=False, stream=True, follow=True)))
            code = container.wait()["StatusCode"]
            course.end(asset.name, code, "" if code == 0 else sandbox.log_tail(container))
            convert.take_out(container, f"{_PLACE}/output", output)

    def _image(self, asset: Asset) -> str:
        workspace, progress = self.local.workspace, self.local.progress
        base = build.base(workspace, self.client, self.registry, convert.LOCK, progress)
        return build.with_packages(workspace, self.client, base, asset, convert.LOCK, progress)


def _environment(framework: str, scratch: str) -> dict[str, str]:
    # Libraries keep things in their user's home, and look for places to write to.
    folders = dict.fromkeys(("HOME", "TMPDIR", "TEST_TMPDIR", "KERAS_HOME"), scratch)
    return {"PYTHONPATH": framework, "PYTHONDONTWRITEBYTECODE": "1", "TF_CPP_MIN_LOG_LEVEL": "2", **folders}


def _lay_out(files: Mapping[str, Entry], folder: Path) -> None:
    for name, entry in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(entry, bytes):
            place.write_bytes(entry)
        elif entry.is_dir() and not any(entry.iterdir()):
            place.mkdir()
        else:
            place.symlink_to(entry.resolve())


def _lines(chunks: Iterable[bytes]) -> Iterable[bytes]:
    """Whole lines; the engine gives what it has."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
    if rest:
        yield rest


def _event(line: str) -> dict[str, Any] | None:
    if not line.startswith('{"training"'):
        return None
    try:
        found = json.loads(line)["training"]
    except (ValueError, KeyError):
        return None
    return found if isinstance(found, dict) else None


def _last(log: bytes) -> str:
    lines = [line.strip() for line in log.decode("utf-8", "replace").splitlines() if line.strip()]
    return " ".join(lines[-1:])[:400] or "it said nothing"
