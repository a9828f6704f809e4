"""A registry with a certificate: Docker's folder says whom to trust and what to show."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from tests.catalog.registry.servers import RealRegistry, running, tls

from modelyard.catalog.registry import Registry
from modelyard.errors import ModelyardError

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def secure(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegistry]:
    folder = tmp_path_factory.mktemp("secure")
    with running(folder, http=tls(folder, authority)) as registry:
        yield registry


def trusting(folder: Path, host: str, authority: trustme.CA) -> Path:
    (folder / host).mkdir(parents=True)
    authority.cert_pem.write_to_path(folder / host / "ca.crt")
    return folder


def test_a_certificate_that_nobody_vouches_for_is_one_line_that_says_where_to_put_the_ca(
    secure: RealRegistry, tmp_path: Path
) -> None:
    with pytest.raises(ModelyardError) as error:
        Registry(f"{secure.address}/x", tmp_path).check()
    assert str(tmp_path / secure.address / "ca.crt") in str(error.value)
    assert "\n" not in str(error.value)


def test_the_ca_in_dockers_folder_is_trusted(secure: RealRegistry, tmp_path: Path, authority: trustme.CA) -> None:
    catalog = Registry(f"{secure.address}/x", trusting(tmp_path, secure.address, authority))
    catalog.keep("thing", "one", "text/plain", b"hello")
    assert catalog.kept("thing", "one") == b"hello"


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_the_ca_that_the_environment_names_is_trusted(
    secure: RealRegistry, tmp_path: Path, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv(variable, str(tmp_path / "ca.pem"))
    Registry(f"{secure.address}/x", tmp_path).check()


def test_a_bundle_that_is_not_there_is_named(
    secure: RealRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "gone.pem"))
    with pytest.raises(ModelyardError, match=r"gone\.pem"):
        Registry(f"{secure.address}/x", tmp_path).check()


def test_a_certificate_for_another_name_is_refused(tmp_path: Path, authority: trustme.CA) -> None:
    folder = tmp_path / "registry"
    with running(folder, http=tls(folder, authority, "registry.example.org")) as registry:
        folders = trusting(tmp_path / "certs", registry.address, authority)
        with pytest.raises(ModelyardError, match="fits its name"):
            Registry(f"{registry.address}/x", folders).check()


def test_a_registry_that_wants_a_certificate_is_shown_dockers(tmp_path: Path, authority: trustme.CA) -> None:
    folder = tmp_path / "registry"
    settings = tls(folder, authority)
    people = trustme.CA()
    people.cert_pem.write_to_path(folder / "people.pem")
    settings["tls"]["clientcas"] = [str(folder / "people.pem")]
    with running(folder, http=settings) as registry:
        folders = trusting(tmp_path / "certs", registry.address, authority)
        with pytest.raises(ModelyardError):
            Registry(f"{registry.address}/x", folders).check()
        mine = people.issue_cert("builder@example.org")
        mine.cert_chain_pems[0].write_to_path(folders / registry.address / "client.cert")
        with pytest.raises(ModelyardError, match=r"client\.key"):
            Registry(f"{registry.address}/x", folders).check()
        mine.private_key_pem.write_to_path(folders / registry.address / "client.key")
        Registry(f"{registry.address}/x", folders).check()


def test_a_file_that_is_no_certificate_is_named(secure: RealRegistry, tmp_path: Path) -> None:
    (tmp_path / secure.address).mkdir()
    (tmp_path / secure.address / "ca.crt").write_text("nonsense")
    with pytest.raises(ModelyardError, match=r"ca\.crt: it can't be used"):
        Registry(f"{secure.address}/x", tmp_path).check()


def test_a_login_is_never_sent_without_tls_to_another_machine() -> None:
    assert Registry("registry.example.org/x")._connection._base == "https://registry.example.org"
    assert Registry("127.1.2.3.example.org/x")._connection._base == "https://127.1.2.3.example.org"
    assert Registry("docker.io/someone")._connection._base == "https://registry-1.docker.io"
    assert ssl.create_default_context().verify_mode == ssl.CERT_REQUIRED
