"""Asking a server on this machine, one at a time or many at once, and counting what it answers.

The client shares the server's cores, so it has to be light. One caller alone is a blocking socket of Python's: it
sleeps while the server works, so what it costs is some 0.03 ms a request, the same for every server, and it knows the
exact latency of every answer and has seen each whole. Sixteen callers are `wrk`, in C, on one thread: 16 Python threads
would take as much of a core as the servers that are measured. `wrk` isn't used for one caller because it "corrects"
its latencies by how often it asks, which on a busy machine adds latencies that nobody saw.

Everything is bounded in time, and goes to 127.0.0.1 and nowhere else.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_ANSWER_SECONDS = 60
_MOST_SECONDS = 300
_MOST_HEAD = 65_536

_SCRIPT = """
wrk.method = "POST"
wrk.path = os.getenv("BENCH_PATH")
wrk.headers["Content-Type"] = os.getenv("BENCH_TYPE")
wrk.body = io.open(os.getenv("BENCH_BODY"), "rb"):read("*a")
function done(summary, latency, requests)
  local e = summary.errors
  io.stderr:write(string.format(
    '{"answers": %d, "microseconds": %d, "refused": %d, "broken": %d, "p50": %d, "p99": %d}',
    summary.requests, summary.duration, e.status, e.connect + e.read + e.write + e.timeout,
    latency:percentile(50), latency:percentile(99)))
end
"""


@dataclass(frozen=True)
class Request:
    """What is posted, over and over."""

    path: str
    content_type: str
    body: bytes

    def encoded(self, port: int) -> bytes:
        """The bytes on the wire."""
        return (
            f"POST {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: {self.content_type}\r\n"
            f"Content-Length: {len(self.body)}\r\n\r\n"
        ).encode() + self.body


def upload(path: str, field: str, name: str, content_type: str, data: bytes) -> Request:
    """A file in a form, as browsers and curl send it."""
    boundary = "modelyard-benchmark-0f1e2d3c4b5a"
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
        f"Content-Type: {content_type}\r\n\r\n"
    )
    body = head.encode() + data + f"\r\n--{boundary}--\r\n".encode()
    return Request(path, f"multipart/form-data; boundary={boundary}", body)


@dataclass(frozen=True)
class Load:
    """What became of the requests.

    Attributes:
        answers: How many were answered with 200.
        failed: How many were answered with something else, or not at all.
        per_second: Answers with 200, a second.
        p50_ms: The median latency.
        p99_ms: The latency that one in a hundred exceeds.
    """

    answers: int
    failed: int
    per_second: float
    p50_ms: float
    p99_ms: float


class Client:
    """One connection that is kept open, and reopened where the server closes it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and body of the answer.

        Raises:
            OSError: The server closed the connection instead, or said what isn't HTTP.
        """
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=_ANSWER_SECONDS)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # A server may refuse a request, and close, before it has read it whole: its answer is there to be read.
        with suppress(BrokenPipeError, ConnectionResetError):
            self._socket.sendall(request)
        try:
            return self._answer(self._socket)
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """Hangs up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _answer(self, connection: socket.socket) -> tuple[int, bytes]:
        got = b""
        while (end := got.find(b"\r\n\r\n")) < 0:
            more = connection.recv(_MOST_HEAD)
            if not more or len(got) > _MOST_HEAD:
                raise ConnectionResetError("the server closed the connection without an answer")
            got += more
        head = got[:end].lower()
        at = head.find(b"\r\ncontent-length:")
        if not head.startswith(b"http/1.1 ") or at < 0:
            raise ConnectionAbortedError(f"this is no answer with a length: {head[:200]!r}")
        length = int(head[at + 17 :].split(b"\r\n", 1)[0])
        parts = [got[end + 4 :]]
        left = length - len(parts[0])
        while left > 0:
            more = connection.recv(min(left, 1_000_000))
            if not more:
                raise ConnectionResetError("the server closed the connection amid its answer")
            parts.append(more)
            left -= len(more)
        if b"\r\nconnection: close" in head:
            self.close()
        return int(head[9:12]), b"".join(parts)


def alone(port: int, request: Request, seconds: float) -> Load:
    """One caller, who asks again as soon as it is answered."""
    encoded = request.encoded(port)
    client = Client(port)
    taken = []
    failed = 0
    began = now = time.perf_counter()
    ends = began + min(seconds, _MOST_SECONDS)
    try:
        while now < ends:
            try:
                status, _body = client.ask(encoded)
            except OSError:
                status = 0
            asked, now = now, time.perf_counter()
            if status == 200:
                taken.append(now - asked)
            else:
                failed += 1
                time.sleep(0.01)
                now = time.perf_counter()
    finally:
        client.close()
    if not taken:
        return Load(0, failed, 0.0, float("inf"), float("inf"))
    return Load(len(taken), failed, len(taken) / (now - began), statistics.median(taken) * 1e3, _p99(taken) * 1e3)


def together(port: int, request: Request, seconds: float, connections: int = 16) -> Load:
    """Many callers, each of whom asks again as soon as it is answered."""
    with tempfile.TemporaryDirectory(prefix="modelyard-bench-") as name:
        script, body = Path(name) / "post.lua", Path(name) / "body"
        script.write_text(_SCRIPT)
        body.write_bytes(request.body)
        seconds = min(round(seconds), _MOST_SECONDS)
        done = subprocess.run(
            [_wrk(), "-t1", f"-c{connections}", f"-d{seconds}s", f"--timeout={_ANSWER_SECONDS}s", "-s", str(script),
             f"http://127.0.0.1:{port}"],
            env={**os.environ, "BENCH_PATH": request.path, "BENCH_TYPE": request.content_type, "BENCH_BODY": str(body)},
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=seconds + 60, check=True,
        )  # fmt: skip
    said = json.loads(done.stderr[done.stderr.index("{") :])
    good = said["answers"] - said["refused"]
    return Load(
        good, said["refused"] + said["broken"], good / said["microseconds"] * 1e6, said["p50"] / 1e3, said["p99"] / 1e3
    )


def require_tools() -> None:
    """Sees to it that `wrk` is there.

    Raises:
        SystemExit: It is not, and can't be installed.
    """
    if shutil.which("wrk"):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "install", "-y", "-qq", "wrk"], check=False, capture_output=True)
    if not shutil.which("wrk"):
        raise SystemExit("wrk is missing: install it (Debian, Ubuntu: apt-get update; apt-get install wrk)")


def _wrk() -> str:
    found = shutil.which("wrk")
    if found is None:
        raise SystemExit("wrk is missing")
    return found


def _p99(values: Sequence[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.99))]
