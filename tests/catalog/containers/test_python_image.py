"""Where the image with Python comes from: what is here, then the registry, then Debian's packages."""

from __future__ import annotations

import io
import re
import socket
import subprocess
import tarfile
import time
import uuid
from pathlib import Path
from typing import Any

import docker
import docker.errors
import pytest
import requests
from tests.catalog.engines import REFERENCE, STAND_IN, Engine, silent

from modelyard.catalog.containers import python_image
from modelyard.catalog.containers.python_bootstrap import Recipe
from modelyard.catalog.containers.python_image import PythonImage, Source, ensure
from modelyard.errors import ModelyardError


def api_error(status: int, words: str) -> docker.errors.APIError:
    response = requests.Response()
    response.status_code = status
    return docker.errors.APIError("the engine says no", response=response, explanation=words)


@pytest.mark.parametrize("name", [REFERENCE, STAND_IN])
def test_what_is_here_is_used_and_nothing_is_pulled(name: str) -> None:
    engine = Engine(name)
    assert ensure(engine.client, REFERENCE, silent).reference == name
    assert engine.pulls == []


def test_the_official_image_goes_before_its_stand_in() -> None:
    engine = Engine(STAND_IN, REFERENCE)
    assert ensure(engine.client, REFERENCE, silent) == PythonImage(f"sha256:{REFERENCE}", REFERENCE, "pulled")


def test_what_is_not_here_is_pulled(bootstraps: list[Recipe]) -> None:
    engine = Engine(pull=[{"status": "Pulling from library/python"}, {"status": "Download complete"}])
    said: list[str] = []
    assert ensure(engine.client, REFERENCE, said.append).origin == "pulled"
    assert said == [f"pulling {REFERENCE}"]
    assert bootstraps == []


def test_a_refresh_pulls_although_one_is_here(bootstraps: list[Recipe]) -> None:
    engine = Engine(REFERENCE, pull=[{"status": "Download complete"}])
    ensure(engine.client, REFERENCE, silent, refresh=True)
    assert engine.pulls == [REFERENCE]


def test_a_refresh_without_a_registry_bootstraps_anew_and_takes_that(bootstraps: list[Recipe]) -> None:
    engine = Engine(REFERENCE, STAND_IN, pull=api_error(500, "dial tcp: no route to host"))
    assert ensure(engine.client, REFERENCE, silent, refresh=True).reference == STAND_IN
    assert bootstraps == [Recipe(REFERENCE, "3.13", "trixie")]


@pytest.mark.parametrize(
    ("reference", "prefix", "name", "tag"),
    [
        ("python:3.13-slim-trixie", "registry-1.docker.io/library", "python", "3.13-slim-trixie"),
        ("python", "registry-1.docker.io/library", "python", "latest"),
        ("docker.io/library/python:3.13", "registry-1.docker.io/library", "python", "3.13"),
        ("somebody/python:3", "registry-1.docker.io/somebody", "python", "3"),
        ("127.0.0.1:5000/python", "127.0.0.1:5000", "python", "latest"),
        ("localhost/a/b/python:3@sha256:12", "localhost/a/b", "python", "sha256:12"),
    ],
)
def test_a_reference_leads_to_a_registry_by_dockers_rules(reference: str, prefix: str, name: str, tag: str) -> None:
    assert Source.of(reference) == Source(prefix, name, tag)


NETWORK_FAULTS = [
    'Get "https://registry/v2/": dial tcp: lookup registry on 10.0.0.1:53: no such host',
    'Get "https://registry/v2/": dial tcp 10.0.0.2:443: connect: connection refused',
    'Get "https://registry/v2/": dial tcp 10.0.0.2:443: i/o timeout',
    'Get "https://registry/v2/": net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
    'Get "https://registry/v2/": context deadline exceeded',
    'Get "https://registry/v2/": x509: certificate signed by unknown authority',
    'Get "https://registry/v2/": proxyconnect tcp: dial tcp 10.0.0.3:3128: network is unreachable',
    'Get "https://registry/v2/": Forbidden',
    'Get "https://registry/v2/": EOF',
    "received unexpected HTTP status: 503 Service Unavailable",
]


@pytest.mark.parametrize("words", NETWORK_FAULTS)
def test_a_registry_out_of_reach_leads_to_a_bootstrap(bootstraps: list[Recipe], words: str) -> None:
    engine = Engine(pull=api_error(500, words))
    said: list[str] = []
    image = ensure(engine.client, REFERENCE, said.append)
    assert image == PythonImage(f"sha256:{STAND_IN}", STAND_IN, "bootstrapped")
    assert bootstraps == [Recipe(REFERENCE, "3.13", "trixie")]
    assert words in said[-1]  # the reason is not kept to itself


def test_a_network_that_breaks_in_the_middle_leads_to_a_bootstrap(bootstraps: list[Recipe]) -> None:
    engine = Engine(pull=[{"status": "Pulling"}, {"error": "read tcp 10.0.0.2:443: connection reset by peer"}])
    assert ensure(engine.client, REFERENCE, silent).origin == "bootstrapped"


@pytest.mark.parametrize("events", [[5.0], [{"status": "Pulling"}, 5.0]])
def test_a_silent_registry_is_given_up(
    bootstraps: list[Recipe], monkeypatch: pytest.MonkeyPatch, events: list[Any]
) -> None:
    monkeypatch.setattr(python_image, "FIRST_WORD", 0.1)
    monkeypatch.setattr(python_image, "STALL", 0.1)
    started = time.monotonic()
    assert ensure(Engine(pull=events).client, REFERENCE, silent).origin == "bootstrapped"
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    "fault",
    [
        api_error(404, "manifest for python:3.13-slim-trixie not found: manifest unknown"),
        api_error(404, "pull access denied, repository does not exist or may require 'docker login'"),
        api_error(500, "toomanyrequests: You have reached your pull rate limit"),
        api_error(500, "unauthorized: incorrect username or password"),
    ],
)
def test_a_refusal_is_an_error_that_names_the_reference(bootstraps: list[Recipe], fault: Exception) -> None:
    with pytest.raises(ModelyardError, match=rf"{REFERENCE}: the registry refuses it: .*docker login") as caught:
        ensure(Engine(pull=fault).client, REFERENCE, silent)
    assert "\n" not in str(caught.value)
    assert bootstraps == []


def test_an_engine_that_goes_away_is_no_reason_to_bootstrap(bootstraps: list[Recipe]) -> None:
    engine = Engine(pull=requests.exceptions.ConnectionError("Connection refused"))
    with pytest.raises(ModelyardError, match="the engine or its login failed"):
        ensure(engine.client, REFERENCE, silent)
    assert bootstraps == []


@pytest.mark.engine
def test_the_second_time_it_is_here(client: docker.DockerClient, image: PythonImage) -> None:
    said: list[str] = []
    assert ensure(client, REFERENCE, said.append) == image
    assert said == []


@pytest.mark.engine
def test_a_real_registry_that_accepts_and_says_nothing_is_given_up(
    client: docker.DockerClient, monkeypatch: pytest.MonkeyPatch, bootstraps: list[Recipe]
) -> None:
    monkeypatch.setattr(python_image, "FIRST_WORD", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silence:
        reference = f"127.0.0.1:{silence.getsockname()[1]}/{REFERENCE}"
        with pytest.raises(python_image.RegistryOutOfReach, match="silent for 1 s"):
            python_image._pull(client, reference)


@pytest.mark.engine
def test_a_real_registry_serves_or_refuses(client: docker.DockerClient, bootstraps: list[Recipe]) -> None:
    done = subprocess.run(
        [Path(__file__).parents[3] / "scripts" / "registry"], capture_output=True, text=True, check=True
    )
    address = re.search(r"\((.+)\)", done.stdout)
    assert address is not None
    repository = f"{address[1]}/try-{uuid.uuid4().hex[:8]}/python"
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as tar:
        tar.addfile(tarfile.TarInfo(uuid.uuid4().hex))
    client.api.import_image_from_data(content.getvalue(), repository=repository, tag="3.13-slim-trixie")
    client.images.push(repository, tag="3.13-slim-trixie")
    client.images.remove(f"{repository}:3.13-slim-trixie")
    try:
        assert python_image._local(client, f"{repository}:3.13-slim-trixie") is None
        python_image._pull(client, f"{repository}:3.13-slim-trixie")
        found = python_image._local(client, f"{repository}:3.13-slim-trixie")
        assert found is not None
        assert found.origin == "pulled"
    finally:
        client.images.remove(f"{repository}:3.13-slim-trixie")
    with pytest.raises(ModelyardError, match=r"the registry refuses it: .*manifest unknown"):
        python_image._pull(client, f"{repository}:3.12-slim-trixie")
