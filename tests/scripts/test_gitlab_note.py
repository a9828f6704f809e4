"""The note on a merge request, against a server that speaks as much of GitLab's API as it needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts/gitlab_note.py"


class GitLab(ThreadingHTTPServer):
    """Keeps the notes of merge request 7 of project 3."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.notes: dict[int, str] = {1: "A note of somebody's."}
        self.token = "a-token"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/api/v4"


class Handler(BaseHTTPRequestHandler):
    server: GitLab

    def do_GET(self) -> None:
        self._answer([{"id": number, "body": body} for number, body in self.server.notes.items()])

    def do_POST(self) -> None:
        self._keep(max(self.server.notes) + 1)

    def do_PUT(self) -> None:
        self._keep(int(self.path.rpartition("/")[2]))

    def _keep(self, number: int) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]
        if self.headers["PRIVATE-TOKEN"] == self.server.token:
            self.server.notes[number] = body
        self._answer({"id": number})

    def _answer(self, body: Any) -> None:
        right = self.path.startswith("/api/v4/projects/3/merge_requests/7/notes")
        allowed = self.headers["PRIVATE-TOKEN"] == self.server.token
        data = json.dumps(body).encode()
        self.send_response(200 if right and allowed else 401 if right else 404)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture
def gitlab() -> Iterator[GitLab]:
    with GitLab() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def note(gitlab: GitLab, tmp_path: Path, text: str, title: str = "a-model-cpu", **variables: str) -> tuple[int, str]:
    (tmp_path / "summary.md").write_text(text, "utf-8")
    environment = {
        "CI_API_V4_URL": gitlab.address, "CI_PROJECT_ID": "3", "MERGE_REQUEST": "7", "NOTE_TOKEN": gitlab.token,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, SCRIPT, tmp_path / "summary.md", title],
        env={**os.environ, **environment, **variables}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr


def test_the_first_run_writes_a_note_and_the_next_writes_over_it(gitlab: GitLab, tmp_path: Path) -> None:
    assert note(gitlab, tmp_path, "1 passed ✓") == (0, "")
    assert note(gitlab, tmp_path, "1 blocked") == (0, "")

    assert gitlab.notes == {1: "A note of somebody's.", 2: "<!-- modelyard a-model-cpu -->\n1 blocked"}


def test_each_image_has_a_note_of_its_own(gitlab: GitLab, tmp_path: Path) -> None:
    note(gitlab, tmp_path, "One.")
    note(gitlab, tmp_path, "Another.", "a-model-gpu")

    assert len(gitlab.notes) == 3


def test_a_token_that_may_not_is_one_line(gitlab: GitLab, tmp_path: Path) -> None:
    code, said = note(gitlab, tmp_path, "1 passed", NOTE_TOKEN="another")

    assert code == 1
    assert said == (
        "scripts/gitlab_note.py: GitLab answers 401: NOTE_TOKEN needs the scope api and the role Reporter\n"
    )


def test_a_server_that_is_gone_is_one_line(gitlab: GitLab, tmp_path: Path) -> None:
    code, said = note(gitlab, tmp_path, "1 passed", CI_API_V4_URL="http://127.0.0.1:9/api/v4")

    assert code == 1
    assert said.startswith("scripts/gitlab_note.py: GitLab can't be reached: ")
    assert len(said.splitlines()) == 1
