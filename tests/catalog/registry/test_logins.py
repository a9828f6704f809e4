"""A registry with a password: the login is Docker's own, and goes to that registry alone."""

from __future__ import annotations

import gc
import io
import json
import logging
import stat
import tarfile
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import docker
import pytest
from rich.console import Console
from tests.catalog.registry.conftest import Login
from tests.catalog.registry.servers import NAME, PASSWORD, RealRegistry, basic_auth, running

from modelyard.catalog.building import transfer
from modelyard.catalog.progress import Progress
from modelyard.catalog.registry import Registry
from modelyard.errors import ModelyardError

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegistry]:
    folder = tmp_path_factory.mktemp("guarded")
    with running(folder, auth=basic_auth(folder)) as registry:
        yield registry


@pytest.fixture
def catalog(guarded: RealRegistry) -> Registry:
    return Registry(f"{guarded.address}/team/models-{uuid.uuid4().hex[:8]}")


def roundtrip(catalog: Registry) -> None:
    catalog.check()
    catalog.keep("thing", "one", "text/plain", b"hello")
    assert catalog.kept("thing", "one") == b"hello"
    assert catalog.tags("thing") == ["one"]


def helper(folder: Path, program: str, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    file = folder / f"docker-credential-{program}"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder), prepend=":")


def test_without_a_login_the_error_says_what_to_type(catalog: Registry) -> None:
    with pytest.raises(ModelyardError, match=f"log in with docker login {catalog.host}"):
        catalog.check()


def test_the_login_of_docker_login_is_enough(catalog: Registry, login: Login) -> None:
    login(catalog.host, NAME, PASSWORD)
    roundtrip(catalog)


def test_a_login_that_is_wrong_is_one_line_without_the_password(
    catalog: Registry, login: Login, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    login(catalog.host, NAME, "wrong-and-secret")
    with pytest.raises(ModelyardError, match="log in with docker login") as error:
        catalog.check()
    assert "\n" not in str(error.value)
    assert "wrong-and-secret" not in f"{error.value!r} {caplog.text}"


def test_nothing_secret_is_logged_when_it_works(
    catalog: Registry, login: Login, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    file = login(catalog.host, NAME, PASSWORD)
    roundtrip(catalog)
    assert caplog.text, "the libraries log what they do"
    assert PASSWORD not in caplog.text
    assert json.loads(file.read_text())["auths"][catalog.host]["auth"] not in caplog.text


def test_a_login_for_another_registry_is_not_used(catalog: Registry, login: Login) -> None:
    login("registry.example.org", NAME, PASSWORD)
    with pytest.raises(ModelyardError, match="log in"):
        catalog.check()


def test_name_and_password_may_stand_in_the_file_as_they_are(catalog: Registry, docker_config: Path) -> None:
    auths = {catalog.host: {"username": NAME, "password": PASSWORD}}
    (docker_config / "config.json").write_text(json.dumps({"auths": auths}))
    roundtrip(catalog)


@pytest.mark.parametrize("section", ["credsStore", "credHelpers"])
def test_a_credential_helper_is_asked(
    catalog: Registry, docker_config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, section: str
) -> None:
    said = json.dumps({"ServerURL": catalog.host, "Username": NAME, "Secret": PASSWORD})
    helper(tmp_path, "vault", f'[ "$1" = get ] && [ "$(cat)" = {catalog.host} ] && echo \'{said}\'', monkeypatch)
    written = {section: "vault" if section == "credsStore" else {catalog.host: "vault"}}
    (docker_config / "config.json").write_text(json.dumps(written))
    roundtrip(catalog)


@pytest.mark.parametrize("script", [f"echo '{PASSWORD}'; exit 1", f"echo '{PASSWORD}'", None])
def test_a_credential_helper_that_fails_is_named_and_not_quoted(
    catalog: Registry, docker_config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None
) -> None:
    if script:
        helper(tmp_path, "vault", script, monkeypatch)
    (docker_config / "config.json").write_text(json.dumps({"credsStore": "vault"}))
    with pytest.raises(ModelyardError, match=f"config.json: .*docker login {catalog.host}") as error:
        catalog.check()
    assert PASSWORD not in str(error.value)


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Nothing is collected where there is no stack left: what that raises would be taken for the test's."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize(
    "content",
    ["{", "[]", '{"auths": []}', '{"auths": {"HOST": 3}}', '{"auths": {"HOST": {"auth": "%%%"}}}', "[" * 9999],
)
@pytest.mark.usefixtures("uncollected")
def test_a_configuration_that_cant_be_read_is_named(catalog: Registry, docker_config: Path, content: str) -> None:
    (docker_config / "config.json").write_text(content.replace("HOST", catalog.host))
    with pytest.raises(ModelyardError, match="config.json|log in"):
        catalog.check()


def test_the_engine_pushes_with_the_same_login(catalog: Registry, login: Login) -> None:
    login(catalog.host, NAME, PASSWORD)
    client = docker.from_env()
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("nothing"))
    local = f"modelyard/test-{uuid.uuid4().hex[:8]}"
    made = client.api.import_image_from_data(content.getvalue(), repository=local, tag="one")
    assert "error" not in made
    quiet = Progress(Console(file=io.StringIO()))
    try:
        manifest = transfer._push(client, catalog, f"{local}:one", "pushed", "one", quiet)
        assert catalog.tags("pushed") == ["one"]
        assert catalog.digest("pushed", "one") == manifest.digest
        assert manifest.compressed_size > 0
        assert catalog.configuration("pushed", manifest)["rootfs"]["type"] == "layers"
    finally:
        for name in (f"{local}:one", f"{catalog.repository('pushed')}:one"):
            with suppress(docker.errors.ImageNotFound):
                client.images.remove(name)
        client.close()
