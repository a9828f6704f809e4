"""One address for servers that follow one another: whoever connects is led to the one that answers now."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress
from types import TracebackType

from modelyard.errors import ModelyardError

_TRIES, _EVERY = 100, 0.05
_BLOCK = 1 << 16
_NOBODY = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nRetry-After: 1\r\nConnection: close\r\n\r\n"
    b'{"status": "error", "message": "the model can\'t be loaded: the terminal says why; it is tried again when a file '
    b'changes", "request_id": ""}'
)


class Relay:
    """Listens at an address, and passes what comes on to a port of this machine, byte by byte.

    Attributes:
        target: The port of the server that answers now; None where there is none, which clients are told. Connections
            that are open already stay where they are.

    Raises:
        ModelyardError: The address is taken.
    """

    def __init__(self, host: str, port: int) -> None:
        self.target: int | None = None
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            self._listening = socket.create_server((host, port), family=family)
        except OSError as error:
            raise ModelyardError(
                f"port {port} on {host} can't be listened on ({error.strerror}): choose another one with --port"
            ) from None
        self.port: int = self._listening.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)

    def __enter__(self) -> Relay:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._listening.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(asyncio.start_server(self._take, sock=self._listening))
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.CancelledError):
            there = await self._reach()
            if there is None:
                writer.write(_NOBODY)
                await writer.drain()
                writer.write_eof()
                await reader.read()  # Closed with something unread, the connection would be reset.
            else:
                asked = asyncio.ensure_future(_pass_on(reader, there[1]))
                await _pass_on(there[0], writer)
                asked.cancel()
                there[1].close()
        with suppress(OSError, RuntimeError):
            writer.close()

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """A connection to the server that answers now, which may only just begin to listen."""
        for _ in range(_TRIES):
            if self.target is None:
                return None
            with suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", self.target)
            await asyncio.sleep(_EVERY)
        return None


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copies one direction until it ends, and says so at the other end."""
    with suppress(OSError):
        while block := await reader.read(_BLOCK):
            writer.write(block)
            await writer.drain()
        writer.write_eof()
