"""Whose request it is: W3C Trace Context."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from modelyard.serving import trace

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"
VALID = f"00-{TRACE}-{SPAN}-01"

hexadecimal = st.text("0123456789abcdef", min_size=1)


def of_length(length: int) -> st.SearchStrategy[str]:
    return st.text("0123456789abcdef", min_size=length, max_size=length)


def is_new(found: trace.Trace, header: str) -> bool:
    return bool(re.fullmatch("[0-9a-f]{32}", found.request_id)) and found.request_id not in header


def test_a_valid_traceparent_gives_the_request_its_id() -> None:
    found = trace.begin(VALID)

    assert found.request_id == TRACE
    assert found.span_id != SPAN
    assert found.traceparent == f"00-{TRACE}-{found.span_id}-01"


@given(trace_id=of_length(32), span=of_length(16), flags=of_length(2))
def test_every_valid_traceparent_is_honoured(trace_id: str, span: str, flags: str) -> None:
    if set(trace_id) == {"0"} or set(span) == {"0"}:
        return
    found = trace.begin(f"00-{trace_id}-{span}-{flags}")

    assert found.request_id == trace_id
    assert found.sampled is (int(flags, 16) % 2 == 1)


@given(
    st.text() | st.from_regex(r"[0-9a-fA-F]{1,3}-[0-9a-fA-F]{30,33}-[0-9a-fA-F]{15,17}-[0-9a-f]{1,3}-?", fullmatch=True)
)
def test_whatever_is_sent_the_answer_is_a_valid_traceparent_of_the_same_id(header: str) -> None:
    found = trace.begin(header)
    again = trace.begin(found.traceparent)

    assert again.request_id == found.request_id
    assert again.span_id != found.span_id


@pytest.mark.parametrize(
    "header",
    [
        "",
        "hello",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01-more",
        f"00-{TRACE}-{SPAN}-01-",
        f"00-{TRACE}-{SPAN}-1",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE[:-1]}-{SPAN}-01",
        f"0-{TRACE}-{SPAN}-01",
        f"{VALID}\n",
        f"{VALID},{VALID}",
        VALID.replace("4", "٤"),
        "0" * 100_000,
    ],
)
def test_an_invalid_traceparent_counts_as_none(header: str) -> None:
    found = trace.begin(header)

    assert is_new(found, header)
    assert not found.sampled


def test_a_later_version_may_say_more() -> None:
    assert trace.begin(f"01-{TRACE}-{SPAN}-01-more").request_id == TRACE
    assert trace.begin(f"cc-{TRACE}-{SPAN}-00").traceparent.startswith(f"00-{TRACE}-")
    assert trace.begin(f"01-{TRACE}-{SPAN}-01more").request_id != TRACE


def test_without_a_traceparent_every_request_has_an_id_of_its_own() -> None:
    assert len({trace.begin().request_id for _ in range(100)}) == 100


def test_every_answer_says_its_id(make_app: Callable[..., Flask]) -> None:
    client = make_app().test_client()
    for path in ("/model/metadata", "/nowhere"):
        answer = client.get(path, headers={"traceparent": VALID})

        assert answer.headers["X-Request-Id"] == TRACE
        assert re.fullmatch(f"00-{TRACE}-[0-9a-f]{{16}}-01", answer.headers["traceparent"])
        assert SPAN not in answer.headers["traceparent"]
    assert client.get("/nowhere", headers={"traceparent": VALID}).json["request_id"] == TRACE


def test_without_one_the_answer_has_a_new_traceparent(make_app: Callable[..., Flask]) -> None:
    answer = make_app().test_client().get("/model/metadata", headers={"traceparent": "nonsense"})

    assert answer.headers["traceparent"].startswith(f"00-{answer.headers['X-Request-Id']}-")


def test_the_id_is_forgotten_after_the_request(make_app: Callable[..., Flask]) -> None:
    make_app().test_client().get("/model/metadata")

    assert trace.request_id.get() == ""
