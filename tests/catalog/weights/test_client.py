"""A registry's client runs as a program, and its complaint is passed on in one line."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from modelyard.catalog.weights import client
from modelyard.errors import ModelyardError


def run(script: str, folder: Path, timeout: float = 10) -> str:
    return client.run(["/bin/sh", "-c", script], shown="client", folder=folder, advice="ask again", timeout=timeout)


def test_what_it_prints_is_given_back(tmp_path: Path) -> None:
    assert run("pwd", tmp_path) == f"{tmp_path}\n"


def test_the_end_of_its_complaint_is_in_the_error_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelyardError, match=r"^`client` failed: first \| second; ask again$"):
        run("echo first >&2; echo; echo second >&2; exit 1", tmp_path)


def test_a_long_complaint_is_cut_at_its_start(tmp_path: Path) -> None:
    with pytest.raises(ModelyardError, match="…y+ the reason;"):
        run("printf 'y%.0s' $(seq 1000) >&2; echo ' the reason' >&2; exit 1", tmp_path)


def test_credentials_in_its_complaint_are_hidden(tmp_path: Path) -> None:
    with pytest.raises(ModelyardError) as caught:
        run("echo https://me:secret@mirror.example/x >&2; exit 1", tmp_path)
    assert "https://***@mirror.example/x" in str(caught.value)


def test_one_that_takes_too_long_is_stopped_with_all_it_started(tmp_path: Path) -> None:
    start = time.monotonic()
    with pytest.raises(ModelyardError, match="took more than 0 s and was stopped"):
        run("sleep 30 & sleep 30", tmp_path, timeout=0.2)
    assert time.monotonic() - start < 5


def test_it_is_found_beside_the_interpreter_when_it_is_not_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "npm").write_text("#!/bin/sh\n")
    (tmp_path / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert client.find("npm", install="install it") == str(tmp_path / "npm")


def test_one_that_is_missing_is_told_with_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ModelyardError, match="`no-such-client` is not installed: get it there"):
        client.find("no-such-client", install="get it there")
