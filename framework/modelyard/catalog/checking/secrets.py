"""What secrets look like: in files, in the names of files and of settings, in addresses.

The patterns are those that the issuers of tokens document for scanners; each has a shape that chance doesn't make.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """One kind of secret.

    Attributes:
        kind: What it is.
        marks: Every such secret contains one of these, which is quicker to look for.
        pattern: The regular expression that it fits.
    """

    kind: str
    marks: tuple[str, ...]
    pattern: str


SHAPES = (
    # With its body: programs that read keys hold the first line alone.
    Shape(
        "private key",
        ("PRIVATE KEY",),
        r"-----BEGIN (?:[A-Z]+ ){0,2}PRIVATE KEY(?: BLOCK)?-----(?:\\[nr]|\s)+"
        r"(?:[A-Za-z0-9+/=:, -]+(?:\\[nr]|\s)+){0,4}[A-Za-z0-9+/=]{40}",
    ),
    Shape("key of AWS", ("AKIA", "ASIA"), r"\b(?:AKIA|ASIA)(?![A-Z0-9]{9}EXAMPLE)[A-Z0-9]{16}\b"),
    Shape("token of GitHub", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"\bgh[pousr]_[A-Za-z0-9]{36}\b"),
    Shape("token of GitHub", ("github_pat_",), r"\bgithub_pat_[A-Za-z0-9_]{82}\b"),
    Shape("token of GitLab", ("glpat-",), r"\bglpat-[A-Za-z0-9_-]{20}\b"),
    Shape("token of Hugging Face", ("hf_",), r"\bhf_[A-Za-z]{34}\b"),
    Shape("token of npm", ("npm_",), r"\bnpm_[A-Za-z0-9]{36}\b"),
    Shape("token of PyPI", ("pypi-",), r"\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}"),
    Shape("token of Slack", ("xox",), r"\bxox[abprs]-[0-9]{8,}-[A-Za-z0-9-]{10,}"),
    Shape("key of Google", ("AIza",), r"\bAIza[A-Za-z0-9_-]{35}\b"),
)

FILES = (
    r"/\.(?:netrc|pypirc|npmrc|pgpass|git-credentials|my\.cnf)"
    r"|/\.(?:ssh|gnupg|aws|azure|kube)/.+|/\.docker/config\.json|/\.config/(?:gcloud|gh|huggingface)/.+"
    r"|/(?:id_(?:rsa|dsa|ecdsa|ed25519)|auth\.conf|\.env)"
)
"""The ends of paths where people and tools keep secrets."""

_NAME = re.compile(r"SECRET|TOKEN|PASSW|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIAL", re.IGNORECASE)
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s/:@]*:[^\s/@]+@", re.IGNORECASE)


def in_text(text: str) -> list[str]:
    """What secrets a text of people's own making holds: an address with a password among them."""
    found = [shape.kind for shape in SHAPES if re.search(shape.pattern, text)]
    return [*found, "password in an address"] if _ADDRESS.search(text) else found


def in_settings(settings: Iterable[str]) -> list[str]:
    """The names of environment variables that hold a secret.

    Args:
        settings: `NAME=VALUE`, as an image's configuration has them.
    """
    pairs = [one.partition("=") for one in settings]
    return [name for name, _, value in pairs if value and (_NAME.search(name) or in_text(value))]
