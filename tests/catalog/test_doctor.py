"""Doctor says what is wrong with a machine and how to mend it: each of its checks, on a machine that has the fault."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from modelyard.catalog import doctor, lock
from modelyard.catalog.building import space
from modelyard.catalog.diagnoses import packages
from modelyard.catalog.doctor import Finding, Machine
from modelyard.catalog.registry import Registry
from modelyard.catalog.weights.cache import Cache
from modelyard.catalog.workspace import Workspace
from modelyard.cli.main import cli
from modelyard.errors import ModelyardError
from modelyard.serving import processor

ROOT = Path(__file__).parents[2]
NOBODY = "127.0.0.1:9"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """This repository, on a machine whose registry is down."""
    return Machine(Workspace(ROOT), Registry(f"{NOBODY}/catalog"), Cache(tmp_path / "cache"), {})


def only(machine: Machine, name: str) -> Finding:
    (found,) = doctor.examine(machine, [name])
    assert found.check == name
    return found


@pytest.fixture
def answering() -> Callable[[float], str]:
    """Starts what answers as a registry does that is so many seconds behind; gives its address."""
    started = []

    def start(behind: float) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response_only(200)
                self.send_header("Date", formatdate(time.time() - behind, usegmt=True))
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def do_POST(self) -> None:
                self.send_response(403)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        started.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return f"127.0.0.1:{server.server_port}"

    return start


def test_an_engine_that_does_not_answer(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent.sock")

    found = only(machine, "engine")

    assert (found.severity, found.seen) == ("error", "none answers")
    assert "scripts/engine start" in found.remedy


@pytest.mark.parametrize(("free", "severity"), [(1e9, "error"), (8e9, "warning"), (80e9, "ok")])
def test_a_disk_that_is_full(machine: Machine, monkeypatch: pytest.MonkeyPatch, free: float, severity: str) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent.sock")
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(space.shutil, "disk_usage", lambda _place: usage._replace(free=int(free)))

    found = only(machine, "disk")

    assert found.severity == severity
    assert f"{free / 1e9:.1f} GB free on the cache's disk" in found.seen
    assert ("prune" in found.remedy) == (severity != "ok")


def test_a_registry_that_is_down(machine: Machine) -> None:
    found = only(machine, "registry")

    assert (found.severity, found.seen) == ("error", f"{NOBODY} doesn't answer")
    assert "scripts/registry start" in found.remedy


def test_a_registry_that_takes_nothing(machine: Machine, answering: Callable[[float], str]) -> None:
    host = answering(0)

    found = only(replace(machine, registry=Registry(f"{host}/catalog")), "registry")

    assert found.severity == "error"
    assert "takes no uploads" in found.seen
    assert found.remedy == f"docker login {host}"


def test_a_registry_elsewhere_without_a_login(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    elsewhere = replace(machine, registry=Registry("registry.example.org/catalog"))

    found = only(elsewhere, "credentials")
    assert (found.severity, found.remedy) == ("warning", "docker login registry.example.org")
    assert only(machine, "credentials").severity == "ok", "this machine needs none"

    (tmp_path / "config.json").write_text('{"credsStore": "no-such-helper"}')
    found = only(elsewhere, "credentials")
    assert found.severity == "error"
    assert "docker-credential-no-such-helper" in found.remedy

    (tmp_path / "config.json").write_text('{"auths": {"registry.example.org": {"auth": "bWU6c2VjcmV0"}}}')
    found = only(elsewhere, "credentials")
    assert found.severity == "ok"
    assert "secret" not in json.dumps(found.to_dict())


def test_certificates_that_lead_nowhere(machine: Machine, tmp_path: Path) -> None:
    wrong = tmp_path / "notes.txt"
    wrong.write_text("no certificate")
    named = {"SSL_CERT_FILE": str(tmp_path / "gone.pem"), "PIP_CERT": str(wrong), "OTHER": "x"}

    found = doctor.examine(replace(machine, environment=named), ["certificates"])

    assert [one.severity for one in found] == ["error", "error"]
    assert "it isn't there" in found[0].seen
    assert "unset PIP_CERT" in found[1].remedy
    assert only(machine, "certificates").severity == "ok"


def test_a_processor_that_is_too_old(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_packages: tuple[str, ...]) -> None:
        raise ModelyardError("this processor can't run tensorflow: it lacks AVX; run it on another")

    monkeypatch.setattr(processor, "check", refuse)

    found = only(machine, "processor")

    assert (found.severity, found.remedy) == ("error", "run it on another")
    assert "it lacks AVX" in found.seen


def test_packages_that_are_not_those_of_the_lock(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    have = packages.version
    monkeypatch.setattr(packages, "version", lambda name: "0.1" if name == "click" else have(name))

    found = only(machine, "packages")

    assert found.severity == "warning"
    assert "click 0.1, not " in found.seen
    assert found.remedy == "scripts/environment catalog"
    assert "click" in [pin.name for pin in lock.pins((ROOT / "framework/requirements/catalog.txt").read_text("utf-8"))]


def test_a_client_that_is_missing(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modelyard.catalog.weights.client.shutil.which", lambda *_, **__: None)

    found = {one.seen: one for one in doctor.examine(machine, ["clients"])}

    assert found["npm is missing, and npm: sources need it"].severity == "error"
    assert found["pip is here"].severity == "ok"


def test_a_catalog_outside_git(machine: Machine, tmp_path: Path) -> None:
    found = only(replace(machine, workspace=Workspace(tmp_path)), "git")

    assert (found.severity, found.remedy) == ("warning", "git init, then commit the catalog")


@pytest.mark.parametrize(("behind", "severity"), [(3_600, "warning"), (-3_600, "warning"), (0, "ok")])
def test_a_clock_that_is_wrong(
    machine: Machine, answering: Callable[[float], str], behind: float, severity: str
) -> None:
    found = only(replace(machine, registry=Registry(f"{answering(behind)}/catalog")), "clock")

    assert found.severity == severity
    if severity == "warning":
        assert ("ahead of" if behind > 0 else "behind") in found.seen


def test_little_memory(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sysconf", {"SC_PAGE_SIZE": 4_096, "SC_PHYS_PAGES": 500_000}.__getitem__)

    found = only(machine, "memory")

    assert (found.severity, found.seen) == ("warning", "2.0 GB")
    assert "--jobs 1" in found.remedy


def test_a_check_that_hangs_is_told_of_and_not_waited_for(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    never = threading.Event()
    monkeypatch.setattr("modelyard.catalog.diagnoses.memory.check", lambda _machine: [never.wait(30)])

    found = doctor.examine(machine, ["git", "memory"], seconds=0.2)

    assert [one.check for one in found] == ["git", "memory"]
    assert found[1].seen == "no answer after 0.2 s"
    never.set()


def test_every_check_says_what_it_is_about() -> None:
    for name in doctor.check_names():
        assert len(doctor.find(name).help) > 40, name


def test_the_verb_exits_with_1_where_releases_would_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELYARD_REGISTRY", f"{NOBODY}/catalog")
    run = CliRunner()

    broken = run.invoke(cli, ["-C", str(ROOT), "doctor", "--only", "registry", "--json"])
    well = run.invoke(cli, ["-C", str(ROOT), "doctor", "--only", "memory"])
    unknown = run.invoke(cli, ["-C", str(ROOT), "doctor", "--only", "weather"])

    assert broken.exit_code == 1
    assert [one["severity"] for one in json.loads(broken.stdout)["findings"]] == ["error"]
    assert well.exit_code == 0
    assert "✓ memory" in well.stdout
    assert isinstance(unknown.exception, ModelyardError)
    assert "there is no check 'weather'" in str(unknown.exception)


@pytest.mark.engine
def test_a_machine_that_is_well() -> None:
    done = CliRunner().invoke(cli, ["-C", str(ROOT), "doctor", "--json", "--only", "engine", "--only", "registry"])

    assert done.exit_code == 0, done.output
    assert [one["severity"] for one in json.loads(done.stdout)["findings"]] == ["ok", "ok"]
    assert "doctor" not in Registry("127.0.0.1:5000/modelyard").tags("doctor")
