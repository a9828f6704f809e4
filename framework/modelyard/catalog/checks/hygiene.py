"""The image is clean: nobody in it is root, and it holds nothing that a user of it should not have.

- It runs as a user that is not root.
- Only the files that Debian's own packages bring run with the rights of their owner or group (setuid, setgid).
- Nobody may write to a file or folder but to the scratch folders, such as /tmp.
- No file, environment variable, label or line of the history holds a secret, and no file can't be looked into.
- No cache of apt, pip and the like is left, and no configuration of the build machine: proxies, package indexes.

What lies in a layer and is hidden by a later one isn't seen: the bases copy from stages that are left behind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from modelyard.catalog.checking import secrets
from modelyard.catalog.checking.candidate import Candidate
from modelyard.catalog.records.report import Checked

COST = 2

# What the packages passwd, mount, libpam-modules and util-linux bring in the Python image's Debian.
EXPECTED = frozenset(
    f"/usr/{folder}/{name}"
    for folder, names in (
        ("bin", "chage chfn chsh expiry gpasswd mount newgrp passwd su umount"),
        ("sbin", "unix_chkpwd"),
    )
    for name in names.split()
)
_HOST = re.compile(
    r"(?:^|[\s;&|])(?:https?_proxy|no_proxy|(?:pip|uv)_(?:[a-z_]*index|trusted|proxy|cert|config)[a-z_]*)=\S",
    re.IGNORECASE,
)
_INDEX = re.compile(r"--(?:extra-)?index-url|--trusted-host|--proxy")
_SHOWN = 5


def check(candidate: Candidate) -> Iterator[Checked]:
    """One line for each kind of dirt."""
    files = candidate.running.survey
    config = candidate.inspected["Config"]
    made = [str(layer.get("CreatedBy", "")) for layer in candidate.client.images.get(candidate.image).history()]
    yield _user(str(config.get("User") or ""))
    privileged = [path for path in files.privileged if path not in EXPECTED]
    yield _none("setuid files", privileged, "run with the rights of others", "none but Debian's own")
    yield _none("writable files", files.writable, "may be written by everybody", f"none of {files.files:,}")
    held = [*files.secret, *of_config(config, made)]
    nothing = f"none in {files.files:,} files, the settings and the history"
    yield _none("secrets", held, "hold what looks like a secret", nothing)
    yield _none("hidden files", files.unread, "can't be looked into", "none: all could be looked into")
    yield _none("caches", files.cached, "are left of package caches", "none of apt, pip and the like")
    left = [*files.left_over, *of_build_machine(config.get("Env") or [], made)]
    yield _none("build machine", left, "are left of the build machine", "nothing of its proxies, indexes and settings")


def of_config(config: Mapping[str, Any], made: Sequence[str]) -> list[str]:
    """Where an image's configuration or history holds a secret.

    Args:
        config: As the engine tells it: `Env`, `Labels`, `Cmd`, …
        made: The lines of its history.
    """
    environment = [str(one) for one in config.get("Env") or []]
    found = [f"the environment variable {name}" for name in secrets.in_settings(environment)]
    for name, value in (config.get("Labels") or {}).items():
        found += [f"the label {name} ({kind})" for kind in secrets.in_text(str(value))]
    for name in ("Cmd", "Entrypoint"):
        found += [f"{name} ({kind})" for kind in secrets.in_text(" ".join(config.get(name) or []))]
    for line in made:
        found += [f"the history ({kind})" for kind in secrets.in_text(line)]
    return list(dict.fromkeys(found))


def of_build_machine(environment: Sequence[str], made: Sequence[str]) -> list[str]:
    """What an image's environment and history tell of the machine that it was built on.

    Args:
        environment: `NAME=VALUE`.
        made: The lines of its history.
    """
    found = [f"the environment variable {one.partition('=')[0]}" for one in environment if _HOST.search(one)]
    found += ["the history" for line in made if _HOST.search(line) or _INDEX.search(line)]
    return list(dict.fromkeys(found))


def _user(user: str) -> Checked:
    name = user.partition(":")[0]
    root = name in ("", "root") or (name.isdigit() and int(name) == 0)
    said = f"runs as {user or 'root'}"
    return Checked(name="user", passed=not root, said=f"{said}: set USER to a number other than 0" if root else said)


def _none(name: str, found: Sequence[str], wrong: str, nothing: str) -> Checked:
    if not found:
        return Checked(name=name, passed=True, said=nothing)
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return Checked(name=name, passed=False, said=f"{', '.join(found[:_SHOWN])}{more} {wrong}")
