"""The few settings of a container, read from its environment once, at the start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from modelyard.bounds import Bounds
from modelyard.errors import ModelyardError

_TRUE = ("1", "true", "yes", "on")
_FALSE = ("0", "false", "no", "off", "")


def _setting(
    default: Any, help: str, least: int | None = None, most: int | None = None, choices: tuple[str, ...] = ()
) -> Any:
    return field(default=default, metadata={"help": help, "least": least, "most": most, "choices": choices})


@dataclass(frozen=True)
class Settings:
    """Each field is set by the environment variable of the same name in capitals."""

    host: str = _setting("0.0.0.0", "address to listen on")
    port: int = _setting(5000, "port to listen on", 1, 65_535)
    cors_enable: bool = _setting(False, "let web pages of other origins call the API")
    threads: int = _setting(0, "processor cores to use; 0 uses all that the container may use", 0, 1_024)
    queue: int = _setting(32, "requests that may wait before further ones get 503", 0, 10_000)
    max_body: int = _setting(32_000_000, "largest request body in bytes", 1_000, 2_000_000_000)
    max_pixels: int = _setting(50_000_000, "pixels of the largest picture", 1, 1_000_000_000)
    max_seconds: int = _setting(600, "seconds of the longest sound", 1, 86_400)
    max_characters: int = _setting(100_000, "characters of the longest text", 1, 100_000_000)
    max_voxels: int = _setting(50_000_000, "voxels of the largest volume", 1, 1_000_000_000)
    max_rows: int = _setting(10_000, "rows of the longest table", 1, 10_000_000)
    max_columns: int = _setting(100, "columns of the widest table", 1, 10_000)
    body_timeout: int = _setting(30, "seconds that a client may take to send one request", 1, 3_600)
    request_timeout: int = _setting(60, "seconds after which nobody waits for an answer any more", 1, 3_600)
    explain_seconds: int = _setting(
        10, "seconds that an explanation may take, of `request_timeout` at most; 0 offers none", 0, 3_600
    )
    stop_timeout: int = _setting(30, "seconds that requests in flight get when the container is stopped", 0, 3_600)
    log_level: str = _setting(
        "info", "least of what is logged: debug, info, warning or error", choices=("debug", "info", "warning", "error")
    )
    log_format: str = _setting(
        "auto", "lines of the log: json, or text; auto is text on a terminal only", choices=("auto", "json", "text")
    )
    feedback_file: str = _setting("", "file that feedback is appended to, a line of JSON each")
    feedback_file_size: int = _setting(100_000_000, "largest size of that file in bytes", 1_000, 1_000_000_000_000)
    feedback_url: str = _setting("", "http or https address that feedback is posted to, instead of a file")

    @property
    def bounds(self) -> Bounds:
        """What the largest input may hold."""
        return Bounds(
            pixels=self.max_pixels,
            seconds=self.max_seconds,
            characters=self.max_characters,
            voxels=self.max_voxels,
            rows=self.max_rows,
            columns=self.max_columns,
        )

    @property
    def cores(self) -> int:
        """Processor cores that may be used."""
        return self.threads or len(os.sched_getaffinity(0))


def read(environment: Mapping[str, str]) -> Settings:
    """The settings that an environment holds.

    Raises:
        ModelyardError: A value can't be read or is out of bounds.
    """
    values: dict[str, Any] = {}
    for one in fields(Settings):
        name = one.name.upper()
        if name in environment:
            values[one.name] = _parse(name, environment[name], type(one.default), one.metadata)
    return Settings(**values)


def describe() -> list[tuple[str, str, str]]:
    """Name, default and meaning of every setting, for `info` and the documentation."""
    return [(one.name.upper(), str(one.default).lower(), str(one.metadata["help"])) for one in fields(Settings)]


def _parse(name: str, text: str, kind: type, rules: Mapping[str, Any]) -> Any:
    if kind is bool:
        if text.lower() in _TRUE + _FALSE:
            return text.lower() in _TRUE
        raise ModelyardError(f"setting {name}={text!r}: it must be true or false")
    if kind is str:
        return _choose(name, text, rules["choices"])
    try:
        value = int(text)
    except ValueError:
        raise ModelyardError(f"setting {name}={text!r}: it must be a whole number") from None
    if not rules["least"] <= value <= rules["most"]:
        raise ModelyardError(f"setting {name}={text!r}: it must be {rules['least']} to {rules['most']}")
    return value


def _choose(name: str, text: str, choices: tuple[str, ...]) -> str:
    if choices and text.lower() not in choices:
        raise ModelyardError(f"setting {name}={text!r}: it must be one of {', '.join(choices)}")
    return text.lower() if choices else text
