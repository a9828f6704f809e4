"""Python on Debian, put together from Debian's packages for a machine that reaches no registry.

The packages come from where the machine itself gets them, by its apt configuration; of that, and of
the machine, nothing stays in the image. The same packages give the same image, down to its id.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import docker
import docker.errors

from modelyard.errors import ModelyardError

ORIGIN_LABEL = "org.modelyard.python.origin"
"""Of a bootstrapped image: `bootstrapped`."""

_OFFICIAL = re.compile(r"(?:^|/)python:(?P<version>\d+\.\d+)[\w.]*-slim-(?P<release>[a-z]+)(?:@.*)?$")

_PACKAGES = (
    "ca-certificates",
    "libstdc++6",  # compiled wheels (numpy's, LiteRT's) are linked against it: the official image has it too
    "passwd",  # useradd: the official image has it too
    "python3",
    "python3-venv",
)

_ENVIRONMENT = (
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG=C.UTF-8",
)

# What a build stage must find; it says the version and dies of what is missing.
_PROOF = (
    "import ctypes, ensurepip, lzma, sqlite3, ssl, sys, venv; ensurepip.version();"
    "ctypes.CDLL('libstdc++.so.6');"
    "assert ssl.create_default_context().get_ca_certs(); 'ä'.encode(sys.getfilesystemencoding());"
    "print('%d.%d' % sys.version_info[:2])"
)

# Paths, in the image, whose content stays behind: the host's (its mirrors, proxies, name servers), and what a
# container never reads. The copyright files stay, as their licenses ask, and dpkg's lists, for scanners.
_LEFT_OUT = re.compile(
    r"(dev|proc|run|sys|tmp|etc/apt|var/(cache|log|tmp|lib/apt)|usr/share/(info|lintian|locale|man))/.+"
    r"|usr/share/doc/(?!([^/]+/)?copyright$).+/.+"
    r"|etc/(hostname|resolv\.conf|machine-id|[a-z]+-)"
    r"|var/lib/dpkg/[a-z]+-old"
)

_ARCHITECTURES = {"armhf": "arm", "i386": "386", "ppc64el": "ppc64le"}  # Debian's word → the engine's


@dataclass(frozen=True)
class Recipe:
    """What stands in for a reference: this Python, as this release of Debian has it."""

    reference: str
    version: str
    release: str


def stand_in(reference: str) -> str:
    """The local name of what is bootstrapped for the reference: a name that no registry serves."""
    tag = reference.partition("@")[0].rpartition("/")[2].partition(":")[2]
    return f"modelyard-python:{tag or 'latest'}"


def recipe(reference: str, fault: str) -> Recipe:
    """What to bootstrap for the reference.

    Args:
        reference: Such as `python:3.13-slim-trixie`.
        fault: Why it can't be pulled, for the error.

    Raises:
        ModelyardError: The reference names no release of Debian, or this machine can't bootstrap one.
    """
    match = _OFFICIAL.search(reference)
    if match is None:
        raise ModelyardError(
            f"{fault}; and it does not say which Debian to bootstrap: name it as in python:3.13-slim-trixie"
        )
    if not shutil.which("apt-get") or os.geteuid() != 0:
        raise ModelyardError(
            f"{fault}; and only root on Debian or Ubuntu can bootstrap it: on a machine that reaches the "
            f"registry `docker pull {reference}` and `docker save -o python.tar {reference}`, "
            "then here `docker load -i python.tar`"
        )
    return Recipe(reference, match["version"], match["release"])


def bootstrap(
    client: docker.DockerClient, recipe: Recipe, note: Callable[[str], None], *, refresh: bool = False
) -> None:
    """Makes the image, proves that its Python runs, and tags it last; one at a time on this machine.

    Args:
        client: The engine.
        recipe: What to make.
        note: Is told what came of it.
        refresh: Make it again although it is here.

    Raises:
        ModelyardError: A package can't be had, or the release has another Python.
    """
    repository, _, tag = stand_in(recipe.reference).partition(":")
    with _alone():
        if not refresh:
            with contextlib.suppress(docker.errors.ImageNotFound):
                client.images.get(f"{repository}:{tag}")
                return  # another build was at it meanwhile
        started = time.time()
        with tempfile.TemporaryDirectory(prefix="modelyard-python-") as name:
            root, archive = Path(name, "root.tar"), Path(name, "image.tar")
            _debian(recipe.release, root)
            # Tar rounds seconds down; what is older by a clear margin comes out of a package.
            _pack(root, archive, not_after=started - 3600, release=recipe.release)
            with archive.open("rb") as stream:
                [image] = client.images.load(stream)
        try:
            _prove(client, str(image.id), recipe)
        except ModelyardError:
            image.reload()
            if not image.tags:  # else the same image is the right one for another reference
                client.images.remove(str(image.id))
            raise
        image.tag(repository, tag)
    size = int(image.attrs["Size"]) / 1e6
    note(f"bootstrapped {repository}:{tag}, {size:.0f} MB in {time.time() - started:.0f} s")


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    import fcntl  # not on Windows, where nothing is bootstrapped

    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state", "modelyard")
    state.mkdir(parents=True, exist_ok=True)
    with (state / "python-image.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _prove(client: docker.DockerClient, image: str, recipe: Recipe) -> None:
    try:
        said = client.containers.run(image, ["python3", "-c", _PROOF], network_mode="none", remove=True)
    except docker.errors.DockerException as error:
        raise ModelyardError(f"{recipe.reference}: its bootstrapped stand-in can't run: {error}") from error
    if (has := said.decode().strip()) != recipe.version:
        raise ModelyardError(
            f"{recipe.reference} can't be pulled, and Debian {recipe.release} has Python {has}: "
            f"name python:{has}-slim-{recipe.release}, or a release that has {recipe.version}"
        )


def _mirrors() -> list[tuple[str, str]]:
    """Where this machine gets Debian's packages from, as (archive, address), by its own apt configuration.

    Empty on Ubuntu: mmdebstrap then falls back to Debian's own.
    """
    lines = _run(["apt-get", "indextargets", "--format", "$(LABEL)\t$(REPO_URI)", "Created-By: Packages"])
    pairs = [(label, address) for label, _, address in (line.partition("\t") for line in lines.splitlines())]
    return sorted({pair for pair in pairs if pair[0] in ("Debian", "Debian-Security")})


def _debian(release: str, target: Path) -> None:
    """Writes the release's essential packages and ours, with its security updates, as a tar file."""
    if not shutil.which("mmdebstrap") or not _mirrors():
        _run(["apt-get", "--quiet", "update"])
    if not shutil.which("mmdebstrap"):
        packages = ["mmdebstrap", "debian-archive-keyring"]
        _run(["apt-get", "--quiet", "--yes", "--no-install-recommends", "install", *packages])
    suites = {"Debian": (release, f"{release}-updates"), "Debian-Security": (f"{release}-security",)}
    sources = [f"deb {uri} {suite} main" for label, uri in _mirrors() for suite in suites[label]]
    # What this machine needs to reach its mirror (a proxy, a certificate, a password) holds there too.
    options = [line for line in _run(["apt-config", "dump"]).splitlines() if line.startswith("Acquire::http")]
    for key, path in (("netrc", "/etc/apt/auth.conf"), ("netrcparts", "/etc/apt/auth.conf.d")):
        options += [f'Dir::Etc::{key} "{path}";'] if Path(path).exists() else []
    settings = target.with_name("apt.conf")
    settings.write_text("\n".join(options) + "\n")
    target.parent.chmod(0o755)  # apt reads as a user of its own
    command = ["mmdebstrap", "--variant=essential", f"--include={','.join(_PACKAGES)}"]
    command += [f"--aptopt={settings}", release, str(target), *sources]
    # In a room of its own: what it mounts and starts ends with it, however it ends. What removes the folder
    # must never meet a mount of the machine's /sys or /dev.
    room = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    with contextlib.suppress(ModelyardError):  # a container may not open one, and may not mount either
        _run([*room, "true"])
        command = [*room, *command]
    _run(command, TMPDIR=str(target.parent))


def _run(command: list[str], **variables: str) -> str:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"} | variables
    environment.pop("SOURCE_DATE_EPOCH", None)  # with it, Python's caches would be checked at every import
    pipe, null = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, env=environment, stdin=null, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            output, errors = process.communicate()
        except BaseException:
            process.kill()
            process.communicate()  # until the last of its children is gone
            raise
    if process.returncode != 0:
        last = " ".join((errors or output).strip().splitlines()[-6:])
        raise ModelyardError(f"`{' '.join(command[:3])} …` failed with {process.returncode}: {last}")
    return output


def _pack(root: Path, archive: Path, *, not_after: float, release: str) -> None:
    """Writes the archive that `docker load` reads, the same bytes for the same packages.

    What is younger than `not_after` was made here and now; it gets the time of the newest packaged file.
    """
    layer = archive.with_name("layer.tar")
    newest = _strip(root, layer, not_after=not_after)
    with layer.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(newest))
    architecture = _run(["dpkg", "--print-architecture"]).strip()
    labels = {ORIGIN_LABEL: "bootstrapped"}
    config: dict[str, Any] = {
        "architecture": _ARCHITECTURES.get(architecture, architecture),
        "os": "linux",
        "created": created,
        "config": {"Env": list(_ENVIRONMENT), "Cmd": ["python3"], "Labels": labels},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
        "history": [{"created": created, "created_by": f"mmdebstrap {release} ({', '.join(_PACKAGES)})"}],
    }
    written = json.dumps(config, sort_keys=True).encode()
    name = f"{hashlib.sha256(written).hexdigest()}.json"
    manifest = json.dumps([{"Config": name, "RepoTags": None, "Layers": [layer.name]}]).encode()
    with tarfile.open(archive, "w") as image:
        for path, content in ((name, written), ("manifest.json", manifest)):
            info = tarfile.TarInfo(path)
            info.size = len(content)
            image.addfile(info, io.BytesIO(content))
        image.add(layer, layer.name)


def _strip(root: Path, layer: Path, *, not_after: float) -> int:
    """Writes what the image keeps of the tree, and returns the time of its newest packaged file."""
    with tarfile.open(root) as tree, tarfile.open(layer, "w", format=tarfile.PAX_FORMAT) as kept:
        members = [member for member in tree if not _LEFT_OUT.fullmatch(member.name.removeprefix("./"))]
        newest = int(max(member.mtime for member in members if member.mtime <= not_after))
        for member in members:
            member.mtime = min(int(member.mtime), newest)
            member.pax_headers = {k: v for k, v in member.pax_headers.items() if k.startswith("SCHILY")}
            content = tree.extractfile(member) if member.isreg() else None
            if content and member.name == "./etc/shadow":
                content = _dated(member, content.read(), newest // 86400)
            kept.addfile(member, content)
    return newest


def _dated(shadow: tarfile.TarInfo, content: bytes, day: int) -> IO[bytes]:
    """/etc/shadow, which says on which day each user was made, with that day instead."""
    dated = re.sub(rb"(?m)^([^:\n]*:[^:\n]*:)\d+", rb"\g<1>%d" % day, content)
    shadow.size = len(dated)
    return io.BytesIO(dated)
