"""Where the image with Python comes from: what is here, then the registry, then Debian's packages."""

from __future__ import annotations

import io
import re
import shutil
import socket
import subprocess
import tarfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import docker
import docker.errors
import pytest
import requests

from modelyard.catalog import python_bootstrap, python_image
from modelyard.catalog.python_bootstrap import ORIGIN_LABEL, Recipe, recipe, stand_in
from modelyard.catalog.python_image import PythonImage, Source, ensure
from modelyard.errors import ModelyardError

REFERENCE = "python:3.13-slim-trixie"
STAND_IN = "modelyard-python:3.13-slim-trixie"


class Engine:
    """An engine that holds the images it is given, and pulls what the test lets it pull."""

    def __init__(self, *local: str, pull: Any = ()) -> None:
        self.held: dict[str, dict[str, str]] = {name: {} for name in local}
        self.pulls: list[str] = []
        self.outcome = pull
        self.images = self
        self.api = SimpleNamespace(pull=self.pull)

    def get(self, name: str) -> SimpleNamespace:
        if name not in self.held:
            raise docker.errors.ImageNotFound("no such image")
        return SimpleNamespace(id=f"sha256:{name}", labels=self.held[name], attrs={"RepoDigests": []})

    def hold(self, name: str, **labels: str) -> None:
        self.held[name] = {key.replace("_", "."): value for key, value in labels.items()}

    def pull(self, name: str, *, stream: bool, decode: bool) -> Iterator[dict[str, Any]]:
        assert stream
        assert decode
        self.pulls.append(name)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        for event in self.outcome:
            if isinstance(event, float):
                time.sleep(event)
                continue
            yield event
            if "error" in event:
                return
        self.hold(name)

    @property
    def client(self) -> docker.DockerClient:
        return cast(docker.DockerClient, self)


def api_error(status: int, words: str) -> docker.errors.APIError:
    response = requests.Response()
    response.status_code = status
    return docker.errors.APIError("the engine says no", response=response, explanation=words)


@pytest.fixture
def bootstraps(monkeypatch: pytest.MonkeyPatch) -> list[Recipe]:
    """What is bootstrapped, on a machine that could, without doing it."""
    made: list[Recipe] = []

    def bootstrap(client: Any, recipe: Recipe, note: object, *, refresh: bool) -> None:
        made.append(recipe)
        client.hold(stand_in(recipe.reference), org_modelyard_python_origin="bootstrapped")

    monkeypatch.setattr(python_bootstrap, "bootstrap", bootstrap)
    monkeypatch.setattr(shutil, "which", lambda program: f"/usr/bin/{program}")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    return made


def silent(_: str) -> None: ...


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


@pytest.mark.usefixtures("bootstraps")
@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("python:3.13-slim-trixie", ("3.13", "trixie")),
        ("registry.example/library/python:3.13.5-slim-trixie", ("3.13", "trixie")),
        ("mirror:5000/python:3.11-slim-bookworm@sha256:0123", ("3.11", "bookworm")),
    ],
)
def test_the_recipe_is_read_from_the_reference(reference: str, expected: tuple[str, str]) -> None:
    made = recipe(reference, "out of reach")
    assert (made.version, made.release) == expected


@pytest.mark.usefixtures("bootstraps")
@pytest.mark.parametrize("reference", ["python:3.13", "python:3.13-alpine", "pypy:3.11-slim-trixie", "python"])
def test_a_reference_without_a_debian_release_can_t_be_bootstrapped(reference: str) -> None:
    with pytest.raises(ModelyardError, match=r"out of reach; .* name it as in python:3.13-slim-trixie"):
        recipe(reference, "out of reach")


def test_only_root_bootstraps_and_others_learn_the_way_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(ModelyardError, match=f"docker save -o python.tar {REFERENCE}`, then here `docker load"):
        recipe(REFERENCE, "out of reach")


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("python:3.13-slim-trixie", STAND_IN),
        ("mirror:5000/library/python:3.13-slim-trixie@sha256:0123", STAND_IN),
        ("python", "modelyard-python:latest"),
    ],
)
def test_the_stand_in_has_a_name_of_its_own(reference: str, expected: str) -> None:
    assert stand_in(reference) == expected


@pytest.mark.parametrize("tags", [[], ["modelyard-python:of-another-reference"]])
def test_what_fails_its_proof_is_removed_unless_it_has_another_name(
    tags: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    removed: list[str] = []
    loaded = SimpleNamespace(id="sha256:1", tags=tags, reload=lambda: None)
    engine = Engine()
    engine.__dict__ |= {"load": lambda _: [loaded], "remove": removed.append}

    def fails(*_: object) -> None:
        raise ModelyardError("no Python")

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(python_bootstrap, "_debian", lambda release, root: None)
    monkeypatch.setattr(python_bootstrap, "_pack", lambda root, archive, **_: archive.touch())
    monkeypatch.setattr(python_bootstrap, "_prove", fails)
    with pytest.raises(ModelyardError, match="no Python"):
        python_bootstrap.bootstrap(engine.client, Recipe(REFERENCE, "3.13", "trixie"), silent)
    assert removed == ([] if tags else ["sha256:1"])


# --- what stays of the tree ------------------------------------------------------------------------


def tree(path: Path, made: float, **files: str) -> Path:
    with tarfile.open(path, "w") as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(f"./{name}")
            info.size = len(content)
            info.mtime = int(made if name.startswith("etc/") else 1_700_000_000)
            tar.addfile(info, io.BytesIO(content.encode()))
    return path


def test_nothing_of_the_machine_or_the_day_stays_in_the_layer(tmp_path: Path) -> None:
    files = {
        "usr/bin/python3.13": "python",
        "usr/share/doc/python3/copyright": "license",
        "usr/share/doc/python3/changelog.gz": "news",
        "usr/share/locale/fr/LC_MESSAGES/tar.mo": "bonjour",
        "usr/share/man/man1/tar.1.gz": "manual",
        "var/lib/dpkg/status": "packages",
        "var/lib/dpkg/status-old": "packages",
        "var/cache/debconf/config.dat": "answers",
        "var/log/dpkg.log": "log",
        "etc/apt/sources.list": "deb http://mirror.example/debian trixie main",
        "etc/apt/apt.conf.d/99mmdebstrap": 'Acquire::http::Proxy "http://proxy.example";',
        "etc/resolv.conf": "nameserver 10.0.0.1",
        "etc/hostname": "builder",
        "etc/passwd": "root:x:0:0:root:/root:/bin/bash",
        "etc/passwd-": "root:x:0:0:root:/root:/bin/bash",
    }
    layers = []
    for day in (20_000, 20_001):
        made = day * 86400
        root = tree(tmp_path / "root.tar", made, **files, **{"etc/shadow": f"root:*:{day}:0:99999:7:::\n"})
        layer = tmp_path / f"{day}.tar"
        assert python_bootstrap._strip(root, layer, not_after=made - 60) == 1_700_000_000
        layers.append(layer.read_bytes())
    assert layers[0] == layers[1]
    with tarfile.open(layer) as kept:
        assert kept.getnames() == [
            "./usr/bin/python3.13",
            "./usr/share/doc/python3/copyright",
            "./var/lib/dpkg/status",
            "./etc/passwd",
            "./etc/shadow",
        ]
        assert {member.mtime for member in kept} == {1_700_000_000}


# --- with a real engine ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def client() -> docker.DockerClient:
    return docker.from_env()


@pytest.fixture(scope="module")
def image(client: docker.DockerClient) -> PythonImage:
    return ensure(client, REFERENCE, silent)


def run(client: docker.DockerClient, image: PythonImage, command: str) -> str:
    words = ["sh", "-ec", command]
    return str(client.containers.run(image.id, words, network_mode="none", remove=True).decode())


@pytest.mark.engine
def test_the_second_time_it_is_here(client: docker.DockerClient, image: PythonImage) -> None:
    said: list[str] = []
    assert ensure(client, REFERENCE, said.append) == image
    assert said == []


@pytest.mark.engine
def test_a_build_stage_finds_python_with_venv_and_pip(client: docker.DockerClient, image: PythonImage) -> None:
    assert run(client, image, "python3 --version").startswith("Python 3.13.")
    assert "VERSION_CODENAME=trixie" in run(client, image, "cat /etc/os-release")
    assert run(client, image, "python3 -m venv /tmp/v && /tmp/v/bin/pip --version").startswith("pip ")
    assert run(client, image, "python3 -c 'import locale; print(locale.getencoding())'") == "UTF-8\n"
    assert "python3" in run(client, image, "dpkg-query --show") or image.origin == "pulled"


@pytest.mark.engine
def test_a_bootstrapped_image_is_small_and_keeps_nothing_of_the_machine(
    client: docker.DockerClient, image: PythonImage
) -> None:
    if image.origin == "pulled":
        pytest.skip("a registry could be reached")
    held = client.images.get(image.id)
    assert held.labels == {ORIGIN_LABEL: "bootstrapped"}
    assert held.attrs["Size"] < 110e6
    assert len(held.attrs["RootFS"]["Layers"]) == 1
    for folder in ("/etc/apt", "/var/lib/apt", "/var/cache", "/var/log", "/usr/local/share/ca-certificates"):
        assert run(client, image, f"ls -A {folder} 2>/dev/null || true") == "", folder
    assert "mirror" not in "".join(held.attrs["Config"]["Env"]).lower()
    # Every certificate that is trusted comes from the package.
    trusted = run(client, image, "grep -c BEGIN /etc/ssl/certs/ca-certificates.crt")
    packaged = run(client, image, "dpkg-query --listfiles ca-certificates | grep -c '[.]crt$'")
    assert int(trusted) <= int(packaged)


@pytest.mark.engine
def test_a_bootstrap_gives_the_same_image_and_leaves_nothing_behind(
    client: docker.DockerClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        wanted = recipe(REFERENCE, "")
    except ModelyardError as error:
        pytest.skip(str(error))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ids, names = set(), [f"python:3.13.{uuid.uuid4().int % 10**6}-slim-trixie" for _ in range(2)]
    try:
        for name in names:
            python_bootstrap.bootstrap(client, Recipe(name, wanted.version, wanted.release), silent)
            ids.add(client.images.get(stand_in(name)).id)
    finally:
        for name in names:
            client.images.remove(stand_in(name))
    assert len(ids) == 1
    assert list(tmp_path.iterdir()) == []
    assert str(tmp_path) not in Path("/proc/mounts").read_text()


@pytest.mark.engine
def test_a_python_that_the_release_has_not_is_an_error(client: docker.DockerClient, image: PythonImage) -> None:
    with pytest.raises(ModelyardError, match=re.escape("Debian trixie has Python 3.13: name python:3.13-slim-")):
        python_bootstrap._prove(client, image.id, Recipe("python:3.9-slim-trixie", "3.9", "trixie"))


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
        [Path(__file__).parents[2] / "scripts" / "registry"], capture_output=True, text=True, check=True
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
