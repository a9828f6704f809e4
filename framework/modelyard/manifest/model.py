"""What the models of the manifests have in common, and the small types of their fields."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(B|KB|MB|GB)")
_UNITS = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9}
_SECONDS = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)")
_SECONDS_IN = {"ms": 0.001, "s": 1, "m": 60, "h": 3_600, "d": 86_400}


class Model(BaseModel):
    """A part of a manifest: strict types, no unknown keys, never changed after it is read."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)


def _bytes(value: Any) -> Any:
    if isinstance(value, str) and (match := _SIZE.fullmatch(value.strip())):
        return round(float(match[1]) * _UNITS[match[2]])
    raise ValueError("write a size such as 450MB, in B, KB, MB or GB")


def _seconds(value: Any) -> Any:
    if isinstance(value, str) and (match := _SECONDS.fullmatch(value.strip())):
        return float(match[1]) * _SECONDS_IN[match[2]]
    raise ValueError("write a duration such as 3s, in ms, s, m, h or d")


def _relative(value: Any) -> Any:
    parts = value.split("/") if isinstance(value, str) else [".."]
    if "" in parts or ".." in parts or "." in parts or "\\" in value or "\0" in value:
        raise ValueError("write a path inside the asset's folder, with forward slashes and without '..'")
    return value


def _requirement(value: str) -> str:
    # Only the builder reads requirements, and no container has this library.
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        parsed = Requirement(value)
    except InvalidRequirement:
        raise ValueError("write a package and its versions as PEP 508 has it, such as scipy>=1.16") from None
    if parsed.url:
        raise ValueError(f"the package {parsed.name} must come from the package index, without a URL or a path")
    return value


def _one_each(values: list[str]) -> list[str]:
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    seen: set[tuple[str, str]] = set()
    for parsed in map(Requirement, values):
        package = (canonicalize_name(parsed.name), str(parsed.marker or ""))
        if package in seen:
            raise ValueError(
                f"the package {parsed.name} stands here twice; write all that it must satisfy in one entry"
            )
        seen.add(package)
    return values


Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=63)]
"""Lower-case words joined by hyphens, as registries and DNS take them."""

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=63)]
"""Lower-case words joined by underscores, as metrics and partitions are called."""

Version = Annotated[str, StringConstraints(pattern=r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$")]
"""Three numbers of semantic versioning 2.0, such as 1.0.0."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\n\r]+$")]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
License = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.+() -]{2,100}$")]
"""An SPDX licence expression, such as Apache-2.0."""

Requirement = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\n\r]+$"), AfterValidator(_requirement)
]
"""A Python package and its versions, as PEP 508 has it, such as scipy>=1.16; without a URL."""

Requirements = Annotated[list[Requirement], Field(max_length=50), AfterValidator(_one_each)]
"""Python packages, each once."""

RelativePath = Annotated[str, BeforeValidator(_relative), StringConstraints(max_length=300)]
Size = Annotated[int, BeforeValidator(_bytes), Field(json_schema_extra={"type": "string", "examples": ["450MB"]})]
Duration = Annotated[float, BeforeValidator(_seconds), Field(json_schema_extra={"type": "string", "examples": ["3s"]})]
