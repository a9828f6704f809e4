"""`scripts/registry`: against programs that hold its port, and, marked `engine`, the real registry."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

REGISTRY = Path(__file__).parents[2] / "scripts" / "registry"
HIDDEN = ("apt", "docker", "dpkg", "systemctl")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a registry is started on Linux only")


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def bare(tmp_path: Path, port: int) -> dict[str, str]:
    """The environment of a machine with no engine, no registry, and no root."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for tool in Path("/usr/bin").iterdir():
        if not tool.name.startswith(HIDDEN):
            (programs / tool.name).symlink_to(tool)
    put(programs, "id", "#!/bin/bash\necho 1000\n")
    return places(tmp_path, port) | {"PATH": str(programs)}


def places(folder: Path, port: int) -> dict[str, str]:
    return {
        "HOME": str(folder),
        "MODELYARD_REGISTRY_PORT": str(port),
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_STATE_HOME": str(folder / "state"),
    }


def put(programs: Path, name: str, content: str) -> None:
    (programs / name).unlink(missing_ok=True)
    (programs / name).write_text(content)
    (programs / name).chmod(0o755)


def registry(env: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [str(REGISTRY), *words]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def tenant(port: int, request: pytest.FixtureRequest) -> Iterator[None]:
    """Something on the port that answers everything with the status that the test asks for."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(request.param if self.path == "/v2/" else 500)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", port), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("tenant", [200, 401], indirect=True)
@pytest.mark.usefixtures("tenant")
def test_a_registry_that_answers_is_used(bare: dict[str, str], port: int) -> None:
    for words in ([], ["status"]):
        done = registry(bare, *words)
        assert (done.returncode, done.stdout) == (0, f"registry: running (127.0.0.1:{port})\n")
        assert done.stderr == ""


@pytest.mark.parametrize("tenant", [403, 404, 500], indirect=True)
@pytest.mark.usefixtures("tenant")
def test_another_program_on_the_port_is_named_and_left_alone(bare: dict[str, str], port: int) -> None:
    done = registry(bare)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"another program has 127.0.0.1:{port}" in done.stderr
    assert "MODELYARD_REGISTRY_PORT" in done.stderr
    assert registry(bare, "status").returncode == 1


def test_without_a_registry_and_without_root_one_line_says_what_would_help(bare: dict[str, str]) -> None:
    done = registry(bare)
    assert (done.returncode, done.stdout) == (3, "")
    assert len(done.stderr.splitlines()) == 1
    assert "scripts/engine" in done.stderr


def test_without_root_the_engine_runs_the_image_on_the_loopback_address(
    bare: dict[str, str], port: int, tmp_path: Path
) -> None:
    log = tmp_path / "docker.log"
    put(tmp_path / "bin", "docker", f'#!/bin/bash\necho "$*" >>{log}\n[[ $1 == version ]]\n')
    done = registry(bare)
    assert (done.returncode, done.stdout) == (3, "")  # the stage's engine runs nothing
    [run] = [line for line in log.read_text().splitlines() if line.startswith("run ")]
    assert f"--publish 127.0.0.1:{port}:5000 " in run
    assert "--volume modelyard-registry:/var/lib/registry" in run
    assert run.endswith("registry:2")


@pytest.mark.parametrize("wrong", ["http", "0", "127.0.0.1:5000"])
def test_a_port_that_is_none_is_refused(bare: dict[str, str], wrong: str) -> None:
    done = registry(bare | {"MODELYARD_REGISTRY_PORT": wrong})
    assert (done.returncode, done.stdout) == (2, "")
    assert f"'{wrong}'" in done.stderr


def test_help_names_every_verb_and_setting(bare: dict[str, str]) -> None:
    done = registry(bare, "--help")
    assert done.returncode == 0
    for word in ("start", "status", "stop", "MODELYARD_REGISTRY_PORT", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        assert word in done.stdout


def test_a_wrong_call_exits_with_2(bare: dict[str, str]) -> None:
    assert registry(bare, "restart").returncode == 2
    assert registry(bare, "stop", "now").returncode == 2


# --- the real one ----------------------------------------------------------------------------------


@pytest.fixture
def real(tmp_path: Path, port: int) -> Iterator[dict[str, str]]:
    env = dict(os.environ) | places(tmp_path, port)
    env["REGISTRY_HTTP_ADDR"] = f"0.0.0.0:{port}"  # would open it to the network
    yield env
    registry(env, "stop")


def listeners(port: int) -> set[str]:
    """The local addresses that listen on the port, in the words of /proc/net."""
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            if state == "0A" and local.endswith(f":{port:04X}"):
                found.add(local.partition(":")[0])
    return found


@pytest.mark.engine
def test_the_real_registry_keeps_what_is_pushed_on_the_loopback_address(real: dict[str, str], port: int) -> None:
    import docker
    import requests

    for _ in range(2):
        done = registry(real, "start")
        assert done.stdout == f"registry: running (127.0.0.1:{port})\n", done.stderr
    assert listeners(port) == {"0100007F"}

    client = docker.from_env()
    name = f"127.0.0.1:{port}/try"
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("nothing"))
    client.api.import_image_from_data(content.getvalue(), repository=name, tag="1")
    try:
        for event in client.images.push(name, tag="1", stream=True, decode=True):
            assert "error" not in event
    finally:
        client.images.remove(f"{name}:1")

    assert registry(real, "stop").stdout == "registry: stopped\n"
    assert registry(real, "status").returncode == 1
    registry(real, "start")

    manifest = f"http://{name.replace('/', '/v2/')}/manifests"
    accept = {"Accept": "application/vnd.docker.distribution.manifest.v2+json"}
    answer = requests.get(f"{manifest}/1", headers=accept, timeout=10)
    assert answer.status_code == 200
    digest = answer.headers["Docker-Content-Digest"]
    assert requests.delete(f"{manifest}/{digest}", timeout=10).status_code == 202
