"""The client of the request at hand, as what answers it must know it."""

from __future__ import annotations

import time

from flask import request

from modelyard.caller import Caller
from modelyard.errors import Overloaded
from modelyard.serving.connection import BEGAN, RECEIVED
from modelyard.serving.settings import Settings
from modelyard.serving.state import State
from modelyard.serving.watch import stopwatch


def waiting_client(settings: Settings, state: State) -> Caller:
    """Who waits for the answer, until when, and where its times are noted.

    Raises:
        Overloaded: The request began after the container was told to stop.
    """
    if request.environ.get(BEGAN, 0.0) > state.stopped_at:
        raise Overloaded("this container is being stopped: another one will answer")
    received = request.environ.get(RECEIVED, time.monotonic())
    left = request.environ.get("waitress.client_disconnected", lambda: False)
    return Caller(received + settings.request_timeout, left, stopwatch.get().observe)
