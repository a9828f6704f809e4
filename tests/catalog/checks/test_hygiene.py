"""What an image's configuration and history may not tell."""

from __future__ import annotations

from typing import Any

import pytest

from modelyard.catalog.checks.hygiene import EXPECTED, of_build_machine, of_config

CLEAN: dict[str, Any] = {
    "Env": ["PATH=/opt/python/bin", "PIP_NO_CACHE_DIR=1", "MODELYARD_KEY=0123"],
    "Labels": {"org.modelyard.key": "0123"},
    "Cmd": ["serve"],
    "Entrypoint": ["python3", "-m", "modelyard.serving"],
}
MADE = ["/bin/sh -c #(nop) COPY dir:0123 in /opt/python", "RUN set -eu; apt-get install ca-certificates"]
TOKEN = "ghp_" + "a1B2" * 9


def test_a_clean_image_tells_nothing() -> None:
    assert of_config(CLEAN, MADE) == []
    assert of_build_machine(CLEAN["Env"], MADE) == []


@pytest.mark.parametrize(
    ("config", "made", "found"),
    [
        ({"Env": ["API_KEY=x"]}, [], "the environment variable API_KEY"),
        ({"Labels": {"source": f"https://{TOKEN}@example.org"}}, [], "the label source (token of GitHub)"),
        ({"Cmd": ["serve", TOKEN]}, [], "Cmd (token of GitHub)"),
        ({}, [f"RUN curl -H 'Authorization: {TOKEN}' https://example.org"], "the history (token of GitHub)"),
        ({}, ["RUN pip install -i https://me:pass@example.org/simple x"], "the history (password in an address)"),
    ],
)
def test_a_secret_is_named_by_its_place_and_never_shown(config: dict[str, object], made: list[str], found: str) -> None:
    assert of_config(config, made) == [found]
    assert TOKEN not in found


@pytest.mark.parametrize(
    ("environment", "made", "found"),
    [
        (["HTTPS_PROXY=http://proxy:3128"], [], "the environment variable HTTPS_PROXY"),
        (["no_proxy=.local"], [], "the environment variable no_proxy"),
        (["PIP_INDEX_URL=https://index.example"], [], "the environment variable PIP_INDEX_URL"),
        (["UV_EXTRA_INDEX_URL=https://index.example"], [], "the environment variable UV_EXTRA_INDEX_URL"),
        ([], ["|1 http_proxy=http://proxy:3128 /bin/sh -c make"], "the history"),
        ([], ["RUN pip install --index-url https://index.example x"], "the history"),
    ],
)
def test_the_build_machine_s_proxies_and_indexes_are_named(environment: list[str], made: list[str], found: str) -> None:
    assert of_build_machine(environment, made) == [found]


def test_the_privileged_files_that_are_expected_are_those_of_debian_s_own_packages() -> None:
    assert {"/usr/bin/passwd", "/usr/bin/su", "/usr/sbin/unix_chkpwd"} <= EXPECTED
    assert "/usr/bin/sudo" not in EXPECTED
