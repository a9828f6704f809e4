"""Whether memory stays flat: 20,000 requests to the container, good ones among bad and large ones.

Eight clients at a time, each on a connection that is kept open, walk through one list: most requests are the photo,
every fifth is one that must be refused (and is held to its status), every hundredth is a photo of 12 megapixels and
every five-hundredth a body of 30 MB. The container runs as `docker run IMAGE` does; what is watched is the memory that
its process holds resident. Python's clients do: nothing is timed here.
"""

from __future__ import annotations

import io
import json
import os
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import PIL.Image

from modelyard.catalog.workspace import find
from scripts.benchmarks import _classifier, _server
from scripts.benchmarks._figures import Row
from scripts.benchmarks._load import Client, Request, upload

_REQUESTS = 20_000
_BEFORE = 2_000
_CLIENTS = 8
_LOOKS = 200
"""Memory is looked at every so many requests."""
_MOST_SECONDS = 1_800
_PATH = "/model/predict"


@dataclass(frozen=True)
class _Ask:
    """A request, and the status that it must get."""

    name: str
    status: int
    request: Request


class _Walk:
    """The list of requests, handed out one at a time to whoever is next."""

    def __init__(self, asks: list[_Ask], server: _server.Server) -> None:
        self._asks = asks
        self._server = server
        self._lock = threading.Lock()
        self._taken = 0
        self._ends = time.monotonic() + _MOST_SECONDS
        self.answered = 0
        self.memory: list[tuple[int, float]] = []
        self.wrong: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()

    def work(self) -> None:
        """What one client does."""
        client = Client(self._server.port)
        encoded = {one.name: one.request.encoded(self._server.port) for one in self._asks}
        while (ask := self._next()) is not None:
            try:
                status, _body = client.ask(encoded[ask.name])
            except OSError as error:
                status = type(error).__name__
            self._note(ask, status)
        client.close()

    def _next(self) -> _Ask | None:
        with self._lock:
            if self._taken == _REQUESTS or time.monotonic() > self._ends:
                return None
            self._taken += 1
            return self._asks[_kind(self._taken, len(self._asks))]

    def _note(self, ask: _Ask, status: int | str) -> None:
        with self._lock:
            self.answered += 1
            self.counts[ask.name] += 1
            if status != ask.status:
                self.wrong[f"{ask.name}: {status} instead of {ask.status}"] += 1
            if self.answered % _LOOKS == 0:
                self.memory.append((self.answered, self._server.resident()))


def measure() -> Iterator[Row]:
    """Needs an engine, and the image classifier published in the catalog's registry; takes some minutes."""
    workspace = find(Path())
    photo = _classifier.photo(workspace)
    with _server.container(_classifier.image(workspace), _classifier.question(photo)) as server:
        walk = _Walk(_asks(photo), server)
        threads = [threading.Thread(target=walk.work, daemon=True) for _ in range(_CLIENTS)]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.monotonic() - began
    if walk.answered < _REQUESTS:
        raise SystemExit(f"only {walk.answered} of {_REQUESTS} requests were answered in {took:.0f} s")
    # The middle of some looks around each moment: what one large request takes for an instant is no growth.
    before = _around(walk.memory, _BEFORE)
    after = statistics.median(memory for _count, memory in walk.memory[-(_BEFORE // _LOOKS // 2) :])
    wrong = ", ".join(f"{number} × {what}" for what, number in walk.wrong.most_common())
    said = ", ".join(f"{number:,} × {name}" for name, number in walk.counts.most_common())
    yield (
        f"{_REQUESTS:,} requests in {took:.0f} s: {said}",
        wrong or "each got the status that it must get",
        "none wrong",
    )
    yield f"resident after {_BEFORE:,} requests", f"{before:.0f} MiB", ""
    yield f"resident after {_REQUESTS:,} requests", f"{after:.0f} MiB ({after / before - 1:+.1%})", "≤ +5 %"
    trend = ", ".join(f"{_around(walk.memory, moment):.0f}" for moment in range(_BEFORE, _REQUESTS, _BEFORE * 2))
    yield f"resident on the way, every {_BEFORE * 2:,} requests from {_BEFORE:,}", f"{trend} MiB", ""
    yield "most that was seen resident", f"{max(memory for _count, memory in walk.memory):.0f} MiB", ""


def _around(looks: list[tuple[int, float]], moment: int) -> float:
    return statistics.median(memory for count, memory in looks if abs(count - moment) <= _BEFORE // 2)


def _kind(number: int, kinds: int) -> int:
    """Which of the list a request is: 0 the photo, 1 and 2 the large ones, then the bad ones in turn."""
    if number % 500 == 0:
        return 1
    if number % 100 == 50:
        return 2
    return 3 + number // 5 % (kinds - 3) if number % 5 == 1 else 0


def _asks(photo: bytes) -> list[_Ask]:
    """The photo; what is large; what is bad, one of each kind that the server tells apart."""
    large = io.BytesIO()
    PIL.Image.open(io.BytesIO(photo)).resize((4_000, 3_000)).save(large, "JPEG", quality=85)
    bomb = io.BytesIO()
    PIL.Image.new("1", (9_000, 9_000)).save(bomb, "PNG")

    def form(data: bytes) -> Request:
        return upload(_PATH, "image", "photo.jpg", "image/jpeg", data)

    return [
        _Ask("photo", 200, form(photo)),
        _Ask("30 MB that is no picture", 400, form(os.urandom(30_000_000))),
        _Ask("photo of 12 megapixels", 200, form(large.getvalue())),
        _Ask("empty body", 400, Request(_PATH, "image/jpeg", b"")),
        _Ask("text", 400, form(b"no picture" * 1_000)),
        _Ask("photo cut off", 400, form(photo[: len(photo) // 2])),
        _Ask("picture of 81 megapixels", 413, form(bomb.getvalue())),
        _Ask("kind that is not read", 415, Request(_PATH, "video/mp4", photo)),
        _Ask("JSON that is none", 400, Request(_PATH, "application/json", b'{"image": ' + b"[" * 50_000)),
        _Ask("JSON without a picture", 400, Request(_PATH, "application/json", json.dumps({"a": "b"}).encode())),
        _Ask("form without an end", 400, Request(_PATH, "multipart/form-data; boundary=x", b"--x\r\n" + photo)),
        _Ask("parameter out of bounds", 400, Request(f"{_PATH}?top=-1", "image/jpeg", photo)),
        _Ask("address that is none", 404, Request("/model/guess", "image/jpeg", photo)),
        _Ask("method that is not taken", 405, Request("/model/labels", "image/jpeg", photo)),
    ]
