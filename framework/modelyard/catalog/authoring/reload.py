"""Serving an asset while it is written: what changed is loaded beside the server that answers, and takes over."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import FrameType

from modelyard.catalog import road
from modelyard.catalog.authoring.changes import Changes, told
from modelyard.catalog.authoring.relay import Relay
from modelyard.catalog.local import Local
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Variant

_LOOK_SECONDS = 0.3
_SETTLED_SECONDS = 0.1
"""How long no file may change before what changed is loaded: an editor writes several."""
_LEAVING_SECONDS = 0.3
"""How long a server goes on after another took over, for whoever connected to it at that moment."""
_ENDING_SECONDS = 40
_ASKED = (-signal.SIGTERM, -signal.SIGINT)


class _Server:
    """One server of the asset, as its files are now, on a port of its own."""

    def __init__(self, local: Local, name: str, variant: Variant, settings: Mapping[str, str]) -> None:
        self._kept = ExitStack()
        self.began = time.monotonic()
        self.port = road.free_port()
        # Read anew: its manifest may be what changed.
        asset = Workspace(local.workspace.root).asset(name)
        python, environment = self._kept.enter_context(local.prepared(asset, variant))
        # A process takes over which signals are held back: Ctrl-C must wait until it can end by it without a traceback.
        held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._process = subprocess.Popen(
                [python, "-m", "modelyard.serving", "serve"],
                env={**environment, **settings, "HOST": "127.0.0.1", "PORT": str(self.port)},
                stdin=subprocess.DEVNULL,
            )
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, held)

    @property
    def ended(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._process.poll()

    @property
    def ready(self) -> bool:
        return road.is_ready(self.port)

    def stop(self) -> int:
        """Lets it answer what it has begun; its exit code."""
        try:
            if self._process.poll() is None:
                self._process.terminate()
            code = self._process.wait(_ENDING_SECONDS)
            # One that had only begun ends by the signal itself, which is what was asked for.
            return 0 if code in _ASKED else code
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()
        finally:
            self._kept.close()


@dataclass
class Reloading:
    """Serves an asset, and loads it again when a file of it or of the framework changes.

    Attributes:
        local: What runs it.
        name: The asset.
        variant: Which of its variants.
        settings: Of its server, in the container's words.
    """

    local: Local
    name: str
    variant: Variant
    settings: Mapping[str, str]
    _current: _Server | None = None
    _next: _Server | None = None
    _changes: Changes = field(init=False)

    def serve(self, host: str, port: int) -> int:
        """Serves until it is interrupted.

        Returns:
            The exit code of the server that answered last.

        Raises:
            ModelyardError: The address is taken.
        """
        self._changes = Changes(self.local.workspace, self.name)
        before = signal.signal(signal.SIGTERM, _interrupt)
        try:
            with Relay(host, port) as relay:
                self._begin()
                # Asked before it is ready, it says so itself.
                relay.target = self._next.port if self._next else None
                while True:
                    self._look(relay)
                    time.sleep(_LOOK_SECONDS)
        except KeyboardInterrupt:
            return self._end()
        finally:
            signal.signal(signal.SIGTERM, before)
            self._end()

    def _look(self, relay: Relay) -> None:
        if changed := self._changes.since():
            self._settle()
            self._promote(relay)  # What is ready answers, also where that isn't seen before the change.
            goes_on = ", beside the one that answers" if self._current else ""
            self._note(f"{told(changed)} changed: loading it{goes_on}")
            self._begin()
            if self._current is None:
                relay.target = self._next.port if self._next else None
        if self._next and self._next.ended is not None:
            self._next.stop()
            self._next = None
            self._failed("its log is above", relay)
        self._promote(relay)
        if self._current and self._current.ended is not None:
            self._note(f"the server ended with {self._current.stop()}; it is started again when a file changes")
            self._current, relay.target = None, self._next.port if self._next else None

    def _begin(self) -> None:
        if self._next:
            self._next.stop()
            self._next = None
        try:
            self._next = _Server(self.local, self.name, self.variant, self.settings)
        except ModelyardError as error:
            self._failed(str(error), None)

    def _promote(self, relay: Relay) -> None:
        """The next one takes over, if it is ready."""
        server, old = self._next, self._current
        if server is None or not server.ready:
            return
        self._current, self._next, relay.target = server, None, server.port
        if old is None:
            return
        self._note(f"it answers now, after {time.monotonic() - server.began:.1f} s")
        time.sleep(_LEAVING_SECONDS)
        old.stop()

    def _failed(self, why: str, relay: Relay | None) -> None:
        goes_on = "the one before it goes on" if self._current else "it is tried again when a file changes"
        self._note(f"it can't be loaded, and {goes_on}: {why}")
        if relay is not None and self._current is None:
            relay.target = None

    def _settle(self) -> None:
        time.sleep(_SETTLED_SECONDS)
        while self._changes.since():
            time.sleep(_SETTLED_SECONDS)

    def _end(self) -> int:
        code = 0
        for server in (self._next, self._current):
            if server is not None:
                code = server.stop()
        self._current = self._next = None
        return code

    def _note(self, text: str) -> None:
        self.local.progress.note(f"{self.name}: {text}")


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
