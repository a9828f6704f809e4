"""What an image has installed: Python's distributions and Debian's packages, each with version and licence."""

from __future__ import annotations

import re
from typing import Any

from docker.models.containers import Container
from pydantic import ValidationError

from modelyard.catalog.containers import inside
from modelyard.errors import ModelyardError
from modelyard.manifest.model import Model


class Package(Model):
    """One installed package."""

    name: str
    """As its own index spells it; Python's are normalized as PEP 503 has it."""
    version: str
    """Its version."""
    licence: str | None
    """As it declares it: an SPDX expression where it gives one, else its own words; None where it declares none."""


class Inventory(Model):
    """What an image has installed."""

    interpreter: str
    """The version of Python that runs the server."""
    python: list[Package]
    """Python's distributions, by name."""
    debian: list[Package]
    """Debian's packages, by name; none where the image is no Debian."""

    @property
    def versions(self) -> dict[str, str]:
        """The version of everything, under names such as `numpy` and `debian:libc6`."""
        found = {"python": self.interpreter}
        found.update((one.name, one.version) for one in self.python)
        found.update((f"debian:{one.name}", one.version) for one in self.debian)
        return found


# Runs inside the container. Licence texts are long and free in form, so that little of them comes out.
_SCRIPT = r"""
import importlib.metadata, json, os, platform

def python():
    for one in importlib.metadata.distributions():
        told = one.metadata
        yield {
            "name": told["Name"] or "", "version": told["Version"] or "",
            "expression": told["License-Expression"], "license": (told["License"] or "")[:2000],
            "classifiers": [line[:200] for line in told.get_all("Classifier") or [] if line.startswith("License ::")],
        }

def debian():
    try:
        with open("/var/lib/dpkg/status", encoding="utf-8", errors="replace") as file:
            blocks = file.read(32_000_000).split("\n\n")
    except FileNotFoundError:
        return
    for block in blocks:
        fields = dict(line.partition(": ")[::2] for line in block.splitlines() if line[:1].strip())
        if fields.get("Status", "").endswith(" installed"):
            yield {"name": fields["Package"], "version": fields["Version"], "copyright": copyright(fields["Package"])}

def copyright(name):
    try:
        with open(os.path.join("/usr/share/doc", name, "copyright"), encoding="utf-8", errors="replace") as file:
            text = file.read(1_000_000)
    except OSError:
        return None
    lines = text.splitlines() if "Format:" in text[:300] else []  # DEP-5, the machine-readable form
    return [line[8:].strip()[:100] for line in lines if line.startswith("License:")][:200]

print(json.dumps({"interpreter": platform.python_version(), "python": list(python()), "debian": list(debian())}))
"""

_NOTHING = {"", "UNKNOWN", "NONE", "OTHER/PROPRIETARY LICENSE"}
_LONGEST = 100


def read(container: Container) -> Inventory:
    """What is installed in a container that is up, as its own metadata has it.

    Raises:
        ModelyardError: The container can't be asked, or what it says is no inventory.
    """
    told = inside.ask(container, _SCRIPT)
    try:
        return Inventory(
            interpreter=told["interpreter"],
            python=_sorted(
                Package(name=_normal(one["name"]), version=one["version"], licence=python_licence(one))
                for one in told["python"]
            ),
            debian=_sorted(
                Package(name=one["name"], version=one["version"], licence=debian_licence(one["name"], one["copyright"]))
                for one in told["debian"]
            ),
        )
    except (KeyError, TypeError, AttributeError, ValidationError):
        raise ModelyardError("the container's list of packages is no such list") from None


def python_licence(told: dict[str, Any]) -> str | None:
    """What a distribution's metadata says of its licence (PEP 639; before it, a field or classifiers).

    Args:
        told: `expression`, `license` and `classifiers` of it.
    """
    classifiers = [line.rpartition(" :: ")[2] for line in told["classifiers"]]
    classified = " OR ".join(word for word in classifiers if word not in ("OSI Approved", ""))
    # The field `License` is a name in some distributions and the whole text in others.
    field = told["license"].strip()
    named = field if "\n" not in field and len(field) <= _LONGEST else ""
    for words in (told["expression"] or "", named, classified, field.partition("\n")[0][:_LONGEST]):
        if words.strip().upper() not in _NOTHING:
            return str(words.strip())
    return None


def debian_licence(name: str, copyright: list[str] | None) -> str | None:
    """What a package's copyright file says (DEP-5: a short name for each part of it).

    Args:
        name: The package's.
        copyright: The short names in the file, none where it isn't machine-readable; None without a file.
    """
    if copyright is None:
        return None
    names = sorted({word for word in copyright if word})
    return ", ".join(names) or f"as /usr/share/doc/{name}/copyright says"


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _sorted(packages: Any) -> list[Package]:
    return sorted(packages, key=lambda one: (one.name, one.version))
