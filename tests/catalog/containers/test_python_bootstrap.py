"""An image with Python, made of Debian's packages where no registry can be reached."""

from __future__ import annotations

import io
import re
import tarfile
import uuid
from pathlib import Path
from types import SimpleNamespace

import docker
import docker.errors
import pytest
from tests.catalog.engines import REFERENCE, STAND_IN, Engine, run, silent

from modelyard.catalog.containers import python_bootstrap
from modelyard.catalog.containers.python_bootstrap import ORIGIN_LABEL, Recipe, recipe, stand_in
from modelyard.catalog.containers.python_image import PythonImage
from modelyard.errors import ModelyardError


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
    client: docker.DockerClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    if not pytestconfig.getoption("--all"):
        pytest.skip("it bootstraps twice more, which takes minutes: scripts/test --all")
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
