"""Servers that run while they are measured, and end with it, whatever happens."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.benchmarks._load import Client, Request

_READY_SECONDS = 90
_LOOK_SECONDS = 0.02
_MARK = "MODELYARD_BENCHMARK"
"""In the environment of whatever is started here, and of whatever that starts, so that all of it can be found."""

_MEBI = 2**20


@dataclass(frozen=True)
class Server:
    """One that runs.

    Attributes:
        port: Where it listens, on 127.0.0.1.
        ready: Seconds from its start to its first good answer.
        answer: That answer.
        processes: The ids of its processes as of now.
    """

    port: int
    ready: float
    answer: bytes
    processes: Callable[[], list[int]]

    def resident(self) -> float:
        """MiB of memory that its processes hold; what several of them share is counted once."""
        return sum(_proportional(pid) for pid in self.processes()) / _MEBI

    def sleep(self) -> None:
        """Stops it until `wake`: some poll, and would take processor time from the others."""
        _signal(self.processes(), signal.SIGSTOP)

    def wake(self) -> None:
        """Lets it go on."""
        _signal(self.processes(), signal.SIGCONT)


@contextmanager
def process(
    command: Sequence[str | Path],
    environment: Mapping[str, str],
    probe: Request,
    *,
    port: int,
    folder: Path | None = None,
) -> Iterator[Server]:
    """A server in processes of its own.

    Args:
        command: What starts it.
        environment: Set beside this process's own.
        probe: A request that it answers with 200 as soon as it is ready.
        port: Where it will listen.
        folder: Where it runs.

    Raises:
        SystemExit: It ended, or wasn't ready in time; its last words say why.
    """
    mark = uuid.uuid4().hex
    with tempfile.TemporaryFile(prefix="modelyard-bench-") as log:
        began = time.monotonic()
        leader = subprocess.Popen(
            [str(part) for part in command],
            env={**os.environ, **environment, _MARK: mark},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            answer = _await(port, probe, began, lambda: leader.poll() is None)
            if answer is None:
                log.seek(0)
                said = log.read().decode(errors="replace")[-2_000:]
                raise SystemExit(f"{command} is not ready after {time.monotonic() - began:.0f} s:\n{said}")
            yield Server(port, time.monotonic() - began, answer, lambda: _marked(mark))
        finally:
            _end(leader, mark)


@contextmanager
def container(
    image: str, probe: Request, settings: Mapping[str, str] | None = None, arguments: Sequence[str] = ()
) -> Iterator[Server]:
    """A server in a container that listens on this machine's 127.0.0.1, without a bridge in between.

    Args:
        image: Its image.
        probe: A request that it answers with 200 as soon as it is ready.
        settings: Its environment.
        arguments: Further options for `docker run`.
    """
    port = free_port()
    given = {"HOST": "127.0.0.1", "PORT": str(port), **(settings or {})}
    environment = [part for name, value in given.items() for part in ("-e", f"{name}={value}")]
    began = time.monotonic()
    name = output("docker", "run", "-d", "--network", "host", *arguments, *environment, image)
    try:
        answer = _await(port, probe, began, lambda: _state(name, "Running") == "true")
        if answer is None:
            log = subprocess.run(["docker", "logs", "--tail", "20", name], capture_output=True, text=True, check=False)
            raise SystemExit(f"{image} is not ready after {time.monotonic() - began:.0f} s:\n{log.stderr}")
        pid = int(_state(name, "Pid"))
        yield Server(port, time.monotonic() - began, answer, lambda: [pid])
    finally:
        subprocess.run(["docker", "rm", "-f", name], capture_output=True, check=False)


def free_port() -> int:
    """One that nobody listens on, on 127.0.0.1."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def output(*command: str | Path) -> str:
    """What a command prints.

    Raises:
        SystemExit: It failed.
    """
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))} failed with {done.returncode}:\n{done.stderr[-2_000:]}")
    return done.stdout.strip()


def resident(pid: int) -> float:
    """MiB of memory that one process holds, shared or not (VmRSS)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _await(port: int, probe: Request, began: float, alive: Callable[[], bool]) -> bytes | None:
    """The first good answer, or nothing where the server ends or takes too long."""
    encoded = probe.encoded(port)
    client = Client(port)
    look = began
    try:
        while (now := time.monotonic()) - began < _READY_SECONDS:
            if now - look > 1:
                look = now
                if not alive():
                    break
            try:
                status, body = client.ask(encoded)
            except OSError:
                status, body = 0, b""
            if status == 200:
                return body
            client.close()
            time.sleep(_LOOK_SECONDS)
    finally:
        client.close()
    return None


def _state(container: str, field: str) -> str:
    return output("docker", "inspect", "-f", "{{.State." + field + "}}", container)


def _marked(mark: str) -> list[int]:
    """Processes that were started here, or by one that was."""
    wanted = f"{_MARK}={mark}".encode()
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if wanted in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
            except OSError:
                continue  # It ended, or is somebody else's.
    return found


def _end(leader: subprocess.Popen[bytes], mark: str) -> None:
    _signal(_marked(mark), signal.SIGCONT)
    if leader.poll() is None:
        leader.terminate()
        try:
            leader.wait(15)
        except subprocess.TimeoutExpired:
            leader.kill()
            leader.wait(15)
    # What a server leaves behind when it ends.
    _signal(_marked(mark), signal.SIGKILL)


def _signal(processes: Sequence[int], number: int) -> None:
    for pid in processes:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def _proportional(pid: int) -> int:
    """Bytes of memory, what n processes share counted as an nth (PSS)."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0
