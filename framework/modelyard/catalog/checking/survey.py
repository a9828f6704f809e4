"""What lies in the files of an image that should not: one walk over all of them, in its container."""

from __future__ import annotations

import json

from docker.models.containers import Container
from pydantic import ValidationError

from modelyard.catalog.checking import secrets
from modelyard.catalog.containers import inside
from modelyard.errors import ModelyardError
from modelyard.manifest.model import Model

CACHES = (
    r"/var/lib/apt/lists/.+|/var/cache/apt/.+\.(?:deb|bin)|/var/cache/apk/.+"
    r"|/(?:root|home/[^/]+)/\.cache/.+|/\.cache/.+|.*/(?:pip|uv|npm|conda/pkgs)-?cache/.+|.*/\.npm/_cacache/.+"
)
"""Paths where tools keep what they downloaded."""

LEFT_OVER = r".*/pip\.conf|.*/\.?condarc|/build-host(?:/.+)?|/build(?:/.+)?|/etc/apt/apt\.conf\.d/.*proxy.*|.*/\.git/.+"
"""Paths of what the build machine needed, and nobody else."""


class Survey(Model):
    """What was found, as paths; each list ends at a bound."""

    privileged: list[str]
    """Files that run with their owner's or group's rights."""
    writable: list[str]
    """Files and folders that everybody may write to, scratch folders left out."""
    secret: list[str]
    """Files that hold a secret, each with what it looks like."""
    cached: list[str]
    """Files of package caches."""
    left_over: list[str]
    """Files of the build machine's own configuration."""
    unread: list[str]
    """Files and folders that can't be looked into."""
    files: int
    """How many files were looked at."""


# Runs inside the container, as its root without any capability, which reads what root owns.
_SCRIPT = r"""
import json, os, re, stat
SHAPES, FILES, CACHES, LEFT_OVER = json.loads(%r)
SHAPES = [(kind, [mark.encode() for mark in marks], re.compile(pattern.encode())) for kind, marks, pattern in SHAPES]
FILES, CACHES, LEFT_OVER = re.compile("(?:.*)(?:" + FILES + ")"), re.compile(CACHES), re.compile(LEFT_OVER)
SCRATCH = {"/tmp", "/var/tmp", "/run/lock", "/dev/shm", "/var/lock"}
MOST_FILES, MOST_SHOWN, MOST_READ = 1_000_000, 20, 1_000_000
found = {name: [] for name in ("privileged", "writable", "secret", "cached", "left_over", "unread")}
files = 0
root = os.lstat("/").st_dev

def say(name, path):
    if len(found[name]) < MOST_SHOWN:
        found[name].append(path)

def unread(error):
    # Debian's apt keeps downloads of its own user there; what is in it would be found as its size.
    if not re.fullmatch("/var/(cache/apt/archives|lib/apt/lists)/partial", error.filename):
        say("unread", error.filename)

def secrets(path):
    with open(path, "rb") as file:
        head = file.read(4096)
        data = b"" if b"\0" in head else head + file.read(MOST_READ)
    return [kind for kind, marks, pattern in SHAPES if any(map(data.__contains__, marks)) and pattern.search(data)]

for folder, folders, names in os.walk("/", onerror=unread):
    # Other file systems, such as /proc, are the engine's.
    folders[:] = [one for one in folders if os.lstat(os.path.join(folder, one)).st_dev == root]
    for name in [*folders, *names]:
        path = os.path.join(folder, name)
        told = os.lstat(path)
        kind = told.st_mode
        if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
            continue
        if kind & stat.S_IWOTH and path not in SCRATCH:
            say("writable", path)
        if stat.S_ISDIR(kind):
            continue
        files += 1
        if files > MOST_FILES:
            raise SystemExit("the image has more than 1,000,000 files")
        if kind & (stat.S_ISUID | stat.S_ISGID):
            say("privileged", path)
        if told.st_size and FILES.fullmatch(path):
            say("secret", path + " (where secrets are kept)")
        if told.st_size and CACHES.fullmatch(path):
            say("cached", path)
        if LEFT_OVER.fullmatch(path):
            say("left_over", path)
        try:
            for one in secrets(path):
                say("secret", path + " (" + one + ")")
        except OSError as error:
            unread(error)
print(json.dumps({**found, "files": files}))
"""


def survey(container: Container) -> Survey:
    """Looks through all files of a container that is up.

    Raises:
        ModelyardError: The container can't be looked through.
    """
    shapes = [(shape.kind, shape.marks, shape.pattern) for shape in secrets.SHAPES]
    patterns = json.dumps([shapes, secrets.FILES, CACHES, LEFT_OVER])
    told = inside.ask(container, _SCRIPT % patterns, user="0:0")
    try:
        return Survey.model_validate(told)
    except ValidationError as error:
        raise ModelyardError(
            f"what was found in the container's files is no survey: {error.errors()[0]['msg']}"
        ) from None
