"""Showing a site on this machine, as any server of files would, and again as the registry has it now."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from modelyard.catalog.progress import Progress
from modelyard.catalog.registry import Registry
from modelyard.catalog.site import render
from modelyard.catalog.site.render import Rendered
from modelyard.catalog.weights.cache import open_cache
from modelyard.catalog.workspace import Workspace, find
from modelyard.errors import ModelyardError

HEADERS = {
    "Cache-Control": "no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_EVERY = 3.0


@dataclass
class Show:
    """A site and what it is rendered from.

    Attributes:
        workspace: The catalog.
        output: The site's folder.
        progress: Who is told.
        every: Seconds after which it is rendered again when a page is asked for.
    """

    workspace: Workspace
    output: Path
    progress: Progress
    every: float = _EVERY
    _rendered: float = 0.0
    _rendering: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(cls, folder: Path, output: Path | None) -> Show:
        """The site of the catalog that a folder is in.

        Args:
            folder: The folder.
            output: Where the site goes; catalog.yaml's `site` if left out.

        Raises:
            ModelyardError: There is no catalog, or nothing says where the site goes.
        """
        workspace = find(folder)
        declared = workspace.catalog.site
        if output is None and declared is None:
            raise ModelyardError("name the folder to render to with --output, or as `site` in catalog.yaml")
        return cls(workspace, output or workspace.root / str(declared), Progress())

    def render(self, *, afresh: bool = False) -> Rendered:
        """Renders it.

        Args:
            afresh: Ask the registry about all assets, also about those that it was asked about a while ago.

        Raises:
            ModelyardError: The registry doesn't answer, or the folder can't be written.
        """
        registry = Registry(self.workspace.catalog.registry)
        registry.check()
        cache = open_cache().root / "site"
        rendered = render.render(self.workspace, registry, cache, self.output, self.progress, afresh=afresh)
        self._rendered = time.monotonic()
        return rendered

    def serve(self, port: int, told: Callable[[str], None]) -> None:
        """Shows it until it is stopped; a page that is asked for is first rendered again where a while has passed.

        Args:
            port: Where; 0 takes a free one.
            told: Given the address.

        Raises:
            ModelyardError: Another program has the port.
        """
        try:
            server = ThreadingHTTPServer(("127.0.0.1", port), functools.partial(_Handler, self))
        except OSError as error:
            raise ModelyardError(f"port {port} can't be had: {error.strerror}; name another with --port") from None
        with server:
            told(f"http://127.0.0.1:{server.server_port}/")
            server.serve_forever()

    def renew(self) -> None:
        """Renders it again, unless that was just done; where it fails, the site stays as it is and a line says why."""
        with self._rendering:
            if time.monotonic() - self._rendered < self.every:
                return
            self._rendered = time.monotonic()
            try:
                Show(Workspace(self.workspace.root), self.output, self.progress).render()
            except ModelyardError as error:
                self.progress.note(f"the site stays as it is: {error}")


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, show: Show, *arguments: object) -> None:
        self._show = show
        super().__init__(*arguments, directory=str(show.output))  # type: ignore[arg-type]

    def do_GET(self) -> None:
        if self.path.partition("?")[0].endswith(("/", ".html")):
            self._show.renew()
        super().do_GET()

    def end_headers(self) -> None:
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """The site's own page where there is none of that name, as other servers of files do."""
        page = self._show.output / "404.html"
        if code != 404 or not page.is_file():
            super().send_error(code, message, explain)
            return
        content = page.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def list_directory(self, path: object) -> None:
        del path
        self.send_error(404)

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing: progress is told of renders alone."""


def place(output: Path) -> str:
    """A folder as people write it, seen from where they are."""
    try:
        return str(output.relative_to(Path.cwd()))
    except ValueError:
        return str(output)
