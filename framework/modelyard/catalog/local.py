"""Serving an asset without a container: the same server, the same locked packages, a process of this machine."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from modelyard import tasks
from modelyard.catalog import ingredients, road
from modelyard.catalog.building import convert
from modelyard.catalog.building.fetching import fetch_all
from modelyard.catalog.progress import Progress
from modelyard.catalog.weights.cache import Cache
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset, Variant
from modelyard.serving.samples import PREDICT, SendMany
from modelyard.serving.served import Deployment

_MINUTES = 30


@dataclass(frozen=True)
class Local:
    """What it takes to run assets here."""

    workspace: Workspace
    cache: Cache
    progress: Progress

    @contextmanager
    def prepared(self, asset: Asset, variant: Variant) -> Iterator[tuple[Path, Mapping[str, str]]]:
        """A Python with the runtime's packages, and the environment that leads its server to the asset.

        The first time a runtime is used, its packages are installed, in the cache; for an asset that has packages of
        its own, with these.
        """
        runtime = asset.variants[variant]
        python = self.python(ingredients.lock_name(runtime, variant), asset)
        weights = convert.for_runtime(
            self.workspace, self.cache, asset, fetch_all(self.workspace, self.cache, asset, self.progress), runtime,
            self.convert,
        )  # fmt: skip
        with tempfile.TemporaryDirectory(prefix="modelyard-") as name:
            folder = Path(name)
            for path, place in weights.items():
                link = folder / "weights" / path
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(place)
            deployment = Deployment(asset=asset.served(), variant=variant, runtime=runtime)
            (folder / "asset.json").write_text(deployment.model_dump_json(indent=1), "utf-8")
            yield (
                python,
                {
                    **os.environ,
                    "PYTHONPATH": str(self.workspace.framework.parent),
                    "PYTHONDONTWRITEBYTECODE": "1",
                    "MODELYARD_ASSET": str(self.workspace.folder(asset.name)),
                    "MODELYARD_WEIGHTS": str(folder / "weights"),
                    "MODELYARD_DEPLOYMENT": str(folder / "asset.json"),
                },
            )

    def command(
        self, asset: Asset, variant: Variant, command: Sequence[str], *, data: bytes | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """Runs one of the image's commands here and waits for it; its log goes to standard error."""
        with self.prepared(asset, variant) as (python, environment):
            return subprocess.run(
                [python, "-m", "modelyard.serving", *command],
                env=environment,
                input=data,
                stdout=subprocess.PIPE,
                check=False,
            )

    def serve(self, asset: Asset, variant: Variant, settings: Mapping[str, str]) -> int:
        """Serves until it is interrupted; gives the server's exit code."""
        with self.prepared(asset, variant) as (python, environment):
            server = subprocess.Popen(
                [python, "-m", "modelyard.serving", "serve"], env={**environment, **settings}, stdin=subprocess.DEVNULL
            )
            # Whoever ends this command means the server: it drains, and its exit code is ours.
            before = signal.signal(signal.SIGTERM, lambda *_: server.terminate())
            try:
                return server.wait()
            except KeyboardInterrupt:
                # The terminal sent the server the same signal; it drains and ends by itself.
                return server.wait()
            finally:
                signal.signal(signal.SIGTERM, before)
                if server.poll() is None:
                    server.terminate()

    @contextmanager
    def answering(self, asset: Asset, variant: Variant, path: str = PREDICT) -> Iterator[SendMany]:
        """A server of the asset on this machine, and the road to a route of it, which several threads may use.

        Raises:
            ModelyardError: It didn't become ready; its log, on standard error, says why.
        """
        with self.prepared(asset, variant) as (python, environment):
            port = road.free_port()
            settings = {"HOST": "127.0.0.1", "PORT": str(port), "LOG_LEVEL": "warning"}
            server = subprocess.Popen(
                [python, "-m", "modelyard.serving", "serve"], env={**environment, **settings}, stdin=subprocess.DEVNULL
            )
            try:
                yield road.to(port, tasks.load(asset.task).input.field, lambda: server.poll() is None, path)
            finally:
                server.terminate()
                server.wait()

    def python(self, lock: str, asset: Asset | None = None) -> Path:
        """A Python with exactly the packages of a lock, and an asset's own ones."""
        files = [self.workspace.requirements / f"{lock}.txt"]
        if asset is not None and ingredients.own_packages(self.workspace, asset, lock):
            files.append(self.workspace.own_lock(asset.name, lock))
        locked = "\n".join(file.read_text("utf-8") for file in files)
        text = f"python {sys.version_info[:2]} {locked}"
        kept = self.cache.root / "environments" / hashlib.sha256(text.encode()).hexdigest()
        if not kept.is_dir():
            kept.parent.mkdir(parents=True, exist_ok=True)
            with self.cache.temporary() as folder:
                self._install(folder / "venv", files)
                try:
                    (folder / "venv").rename(kept)
                except OSError:
                    # Another process was faster, and what it installed is the same.
                    if not kept.is_dir():
                        raise
        return kept / "bin" / "python"

    def _install(self, venv: Path, locks: Sequence[Path]) -> None:
        shown = " and ".join(lock.relative_to(self.workspace.root).as_posix() for lock in locks)
        with self.progress.step(f"install the packages of {shown}"):
            for command in (
                [sys.executable, "-m", "venv", str(venv)],
                [str(venv / "bin/python"), "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps",
                 "--only-binary=:all:", *(f"--requirement={lock}" for lock in locks)],
            ):  # fmt: skip
                done = subprocess.run(command, capture_output=True, text=True, timeout=_MINUTES * 60, check=False)
                if done.returncode != 0:
                    last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
                    raise ModelyardError(f"the packages of {shown} can't be installed: {last}")

    def convert(self, source: Path, output: Path, runtime: str) -> None:
        """Converts weights for a runtime, in TensorFlow's packages."""
        python = self.python(convert.LOCK)
        environment = {**os.environ, "PYTHONPATH": str(self.workspace.framework.parent)}
        with self.progress.step(f"convert {source.name} for {runtime}"):
            done = subprocess.run(
                [python, "-m", "modelyard.catalog.conversion", str(source), str(output), "--to", runtime],
                env=environment, capture_output=True, text=True, timeout=_MINUTES * 60, check=False,
            )  # fmt: skip
        if done.returncode != 0:
            last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
            raise ModelyardError(f"{source.name} can't be converted for {runtime}: {last}")
