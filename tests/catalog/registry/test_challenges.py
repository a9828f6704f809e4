"""WWW-Authenticate, as RFC 7235 has it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from modelyard.catalog.registry.authentication import Challenge, parse

WORD = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=8)
VALUE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)


def quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def test_a_challenge_for_a_token() -> None:
    header = 'Bearer realm="https://auth.example.org/token",service="registry",scope="repository:a/b:pull,push"'
    assert parse(header) == [
        Challenge(
            "bearer",
            {"realm": "https://auth.example.org/token", "service": "registry", "scope": "repository:a/b:pull,push"},
        )
    ]


def test_several_challenges_in_one_header() -> None:
    header = 'Negotiate YWJj==, BASIC realm="a, b=c", charset=UTF-8, Bearer Realm = "x"'
    assert parse(header) == [
        Challenge("negotiate", {}),
        Challenge("basic", {"realm": "a, b=c", "charset": "UTF-8"}),
        Challenge("bearer", {"realm": "x"}),
    ]


@given(st.text(max_size=200))
def test_nothing_that_a_server_says_raises(header: str) -> None:
    parse(header)


@given(st.lists(st.builds(Challenge, WORD, st.dictionaries(WORD, VALUE, max_size=4)), max_size=4))
def test_what_is_written_by_the_rules_is_read_back(challenges: list[Challenge]) -> None:
    header = ", ".join(
        f"{one.scheme} " + ", ".join(f"{name}={quoted(value)}" for name, value in one.parameters.items())
        for one in challenges
    )
    assert parse(header) == challenges
