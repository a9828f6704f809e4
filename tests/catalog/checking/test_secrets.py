"""What counts as a secret, and what only looks like one from afar."""

from __future__ import annotations

import re

import pytest

from modelyard.catalog.checking import secrets

BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n" * 3
TOKENS = {
    "private key": f"-----BEGIN PRIVATE KEY-----\n{BODY}-----END PRIVATE KEY-----\n",
    "key of AWS": "AKIA" + "QRSTUVWXYZ234567",
    "token of GitHub": "ghp_" + "a1B2" * 9,
    "token of GitLab": "glpat-" + "x" * 20,
    "token of Hugging Face": "hf_" + "abcDE" * 6 + "fghi",
    "token of npm": "npm_" + "a1B2" * 9,
    "token of PyPI": "pypi-AgEIcHlwaS5vcmc" + "x" * 60,
    "token of Slack": "xoxb-" + "1234567890-abcdefghijkl",
    "key of Google": "AIza" + "a" * 35,
}


@pytest.mark.parametrize("kind", TOKENS)
def test_a_secret_is_found_in_the_middle_of_a_text(kind: str) -> None:
    assert secrets.in_text(f"before {TOKENS[kind]} after") == [kind]


@pytest.mark.parametrize("kind", TOKENS)
def test_every_secret_has_the_mark_that_is_looked_for_first(kind: str) -> None:
    shapes = [shape for shape in secrets.SHAPES if shape.kind == kind]
    assert any(any(mark in TOKENS[kind] for mark in shape.marks) for shape in shapes)


@pytest.mark.parametrize(
    "header", ["RSA PRIVATE KEY", "OPENSSH PRIVATE KEY", "EC PRIVATE KEY", "PGP PRIVATE KEY BLOCK"]
)
@pytest.mark.parametrize("broken", ["\n", "\\n", "\r\n"])
def test_keys_of_all_kinds_are_found_in_files_and_in_strings(header: str, broken: str) -> None:
    text = f"-----BEGIN {header}-----{broken}{BODY.replace(chr(10), broken)}"
    assert secrets.in_text(text) == ["private key"]


@pytest.mark.parametrize(
    "text",
    [
        'if line == "-----BEGIN PRIVATE KEY-----": read(line)',
        "-----BEGIN CERTIFICATE-----\n" + BODY,
        "AKIAIOSFODNN7EXAMPLE",
        "the class gho_st and the file hf_hub.py",
        "https://packages.example.org/simple",
        "postgres://localhost:5432/test",
    ],
)
def test_what_only_speaks_of_secrets_is_none(text: str) -> None:
    assert secrets.in_text(text) == []


def test_settings_are_judged_by_their_names_and_by_their_values() -> None:
    settings = [
        "HF_TOKEN=abc", "DB_PASSWORD=x", "AWS_SECRET_ACCESS_KEY=y", "EMPTY_TOKEN=",
        "PATH=/usr/bin", "MODELYARD_KEY=0123", "GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305",
        "INDEX=https://me:secret@index.example/simple",
    ]  # fmt: skip
    assert secrets.in_settings(settings) == ["HF_TOKEN", "DB_PASSWORD", "AWS_SECRET_ACCESS_KEY", "INDEX"]


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/root/.netrc", True),
        ("/home/me/.docker/config.json", True),
        ("/asset/.aws/credentials", True),
        ("/root/.ssh/id_ed25519", True),
        ("/asset/.env", True),
        ("/usr/lib/python3.13/netrc.py", False),
        ("/asset/config.json", False),
        ("/asset/environment", False),
    ],
)
def test_places_where_secrets_are_kept_are_known(path: str, kept: bool) -> None:
    assert bool(re.fullmatch(f"(?:.*)(?:{secrets.FILES})", path)) is kept
