"""Request parameters: the keyword arguments of a pipeline's steps, typed and bounded."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from modelyard.errors import BadInput

_TYPES = {float: "number", int: "integer", bool: "boolean", str: "string"}
_LONGEST_TEXT = 1_000


@dataclass(frozen=True)
class Parameter:
    """Says what a request parameter means and which values it takes.

        def postprocess(self, tensors, image, *, threshold: Annotated[float,
                Parameter("Objects less likely than this are left out.", 0, 1)] = 0.7): ...

    Args:
        description: One sentence for the Swagger page.
        minimum: The smallest number allowed.
        maximum: The largest number allowed.
        choices: The only values allowed.
    """

    description: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str | int, ...] = ()


@dataclass(frozen=True)
class BoundParameter:
    """A parameter as found in the signature of a step."""

    name: str
    type: type
    default: Any
    rule: Parameter

    def schema(self) -> dict[str, Any]:
        """The parameter as a Swagger 2.0 parameter object, without its place (`in`)."""
        schema: dict[str, Any] = {
            "name": self.name,
            "type": _TYPES[self.type],
            "description": self.rule.description,
            "default": self.default,
        }
        if self.rule.minimum is not None:
            schema["minimum"] = self.rule.minimum
        if self.rule.maximum is not None:
            schema["maximum"] = self.rule.maximum
        if self.rule.choices:
            schema["enum"] = list(self.rule.choices)
        return schema

    def parse(self, text: str) -> Any:
        """The value that a client wrote.

        Raises:
            BadInput: It is not of the parameter's type or outside its bounds.
        """
        value = self._convert(text.strip())
        rule = self.rule
        if rule.choices and value not in rule.choices:
            raise self._refusal(text, "one of " + ", ".join(map(str, rule.choices)))
        if rule.minimum is not None and value < rule.minimum:
            raise self._refusal(text, f"at least {rule.minimum:.15g}")
        if rule.maximum is not None and value > rule.maximum:
            raise self._refusal(text, f"at most {rule.maximum:.15g}")
        return value

    def _convert(self, text: str) -> Any:
        if len(text) > _LONGEST_TEXT:
            raise self._refusal(text, f"at most {_LONGEST_TEXT:,} characters long")
        if self.type is bool:
            if text.lower() in ("true", "1", "yes", "on"):
                return True
            if text.lower() in ("false", "0", "no", "off"):
                return False
            raise self._refusal(text, "true or false")
        try:
            value = self.type(text)
        except ValueError:
            raise self._refusal(text, "a whole number" if self.type is int else "a number") from None
        if self.type is float and not math.isfinite(value):
            raise self._refusal(text, "a finite number")
        return value

    def _refusal(self, text: str, wanted: str) -> BadInput:
        shown = text if len(text) <= 40 else text[:40] + "…"
        return BadInput(f"parameter {self.name}={shown!r}: it must be {wanted}")


def parameters_of(step: Callable[..., Any]) -> tuple[BoundParameter, ...]:
    """The request parameters that a step of a pipeline takes: its keyword-only arguments.

    Raises:
        TypeError: An argument has no default, or a type that a client can't write.
    """
    return _parameters_of(inspect.unwrap(getattr(step, "__func__", step)))


@cache
def _parameters_of(step: Callable[..., Any]) -> tuple[BoundParameter, ...]:
    hints = get_type_hints(step, include_extras=True)
    found = []
    for name, argument in inspect.signature(step).parameters.items():
        if argument.kind is not inspect.Parameter.KEYWORD_ONLY:
            continue
        kind, rule = _split(hints.get(name, str))
        where = f"{step.__qualname__}(…, {name})"
        if kind not in _TYPES:
            raise TypeError(f"{where}: a parameter is a float, int, bool or str, not {kind!r}")
        if argument.default is inspect.Parameter.empty:
            raise TypeError(f"{where}: a parameter needs a default, so that a request may leave it out")
        found.append(BoundParameter(name, kind, argument.default, rule or Parameter("")))
    return tuple(found)


def parse_parameters(declared: Iterable[BoundParameter], given: Mapping[str, str]) -> dict[str, Any]:
    """The values of the parameters that a request gives; the others keep their defaults."""
    return {one.name: one.parse(given[one.name]) for one in declared if one.name in given}


def _split(hint: Any) -> tuple[Any, Parameter | None]:
    if get_origin(hint) is Annotated:
        kind, *extras = get_args(hint)
        return kind, next((extra for extra in extras if isinstance(extra, Parameter)), None)
    return hint, None
