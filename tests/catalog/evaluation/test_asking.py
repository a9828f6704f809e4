"""Items that are answered in an instant share requests; nobody gets another's answer, nor another's refusal."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from modelyard import tasks
from modelyard.catalog.evaluation.asking import Asked, ask
from modelyard.catalog.evaluation.item import Item

TASK = tasks.load("text-classification")


class Model:
    """Names the text that it was sent as the class."""

    def __init__(self, seconds: float = 0.0, refused: Sequence[bytes] = ()) -> None:
        self.requests: list[tuple[bytes, ...]] = []
        self.parameters: list[Mapping[str, str]] = []
        self._seconds, self._refused = seconds, refused

    def __call__(self, data: bytes, parameters: Mapping[str, str], /, *more: bytes) -> tuple[int, bytes]:
        self.requests.append((data, *more))
        self.parameters.append(parameters)
        time.sleep(self._seconds)
        if any(text in self._refused for text in (data, *more)):
            return 400, json.dumps({"status": "error", "message": f"one of {1 + len(more)} is no text"}).encode()
        return 200, self.body([data, *more])

    def body(self, texts: Sequence[bytes]) -> bytes:
        return json.dumps({"status": "ok", "predictions": [{text.decode(): 1.0} for text in texts]}).encode()


def items(count: int, size: int = 1) -> list[Item]:
    return [
        Item(f"item {number}", f"{number}".rjust(size).encode(), f"{number}".rjust(size)) for number in range(count)
    ]


def asked(given: Sequence[Item], model: Any, together: int = 16) -> list[Asked]:
    def observe(answer: Any, truth: str) -> dict[str, Any]:
        return {"right": next(iter(answer.probabilities)) == truth}

    return list(ask(given, TASK, observe, model, 2, lambda done: None, together=together))


def test_each_item_gets_its_own_answer_and_few_requests_are_sent() -> None:
    model = Model()
    found = asked(items(500), model)
    assert [one.name for one in found] == [f"item {number}" for number in range(500)]
    assert all(one.row == {"right": True} for one in found)
    assert sorted(text for texts in model.requests for text in texts) == sorted(item.data for item in items(500))
    assert len(model.requests) < 100
    assert max(map(len, model.requests)) == 16


def test_what_takes_its_time_is_asked_alone() -> None:
    model = Model(seconds=0.21)
    asked(items(14), model)
    assert set(map(len, model.requests)) == {1}


def test_where_a_request_may_hold_one_each_does() -> None:
    model = Model()
    asked(items(100), model, together=1)
    assert set(map(len, model.requests)) == {1}


def test_large_inputs_share_a_request_with_few() -> None:
    model = Model()
    asked(items(100, size=100_000), model)
    assert max(map(len, model.requests)) == 2


def test_items_with_other_parameters_are_asked_in_another_request() -> None:
    given = [Item(str(number), b"0", "0", {"top": number // 50}) for number in range(100)]
    model = Model()
    asked(given, model)
    sent = [
        parameters["top"] for texts, parameters in zip(model.requests, model.parameters, strict=True) for _ in texts
    ]
    assert sorted(sent) == ["0"] * 50 + ["1"] * 50


def test_a_refusal_is_told_of_the_item_that_earned_it_alone() -> None:
    found = asked(items(200), Model(refused=[b"150"]))
    assert {one.name: one.refusal for one in found if one.row is None} == {"item 150": "400 one of 1 is no text"}


@pytest.mark.parametrize(("code", "lost"), [(500, True), (400, True), (503, False)])
def test_what_fails_for_several_alone_is_told_unless_the_machine_was_busy(code: int, lost: bool) -> None:
    def model(data: bytes, _: Mapping[str, str], /, *more: bytes) -> tuple[int, bytes]:
        return (code, b'{"message": "no"}') if more else (200, Model().body([data]))

    refusals = {one.refusal for one in asked(items(200), model) if one.row is None}
    assert (f"{code} no; of 16 in one request, each of which is answered alone" in refusals) == lost
    assert bool(refusals) == lost


class Losing(Model):
    """Loses the last of several answers."""

    def body(self, texts: Sequence[bytes]) -> bytes:
        return super().body(texts[:-1] if len(texts) > 1 else texts)


class Shuffling(Model):
    """Answers several texts in another order."""

    def body(self, texts: Sequence[bytes]) -> bytes:
        return super().body(texts[::-1])


def test_lost_answers_are_not_made_up_for() -> None:
    refusals = [one.refusal for one in asked(items(200), Losing()) if one.row is None]
    assert len(refusals) > 100
    assert "16 inputs in one request got 15 answers" in refusals


def test_answers_in_another_order_are_wrong_answers() -> None:
    right = [one.row["right"] for one in asked(items(200), Shuffling()) if one.row]
    assert sum(right) < 100


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"predictions": 3}', b"?"])
def test_what_is_no_list_of_answers_is_told_of_every_item_in_the_request(body: bytes) -> None:
    def model(data: bytes, _: Mapping[str, str], /, *more: bytes) -> tuple[int, bytes]:
        return 200, body if more else Model().body([data])

    found = asked(items(200), model)
    assert sum(one.row is None for one in found) > 100
    assert all("answer" in one.refusal for one in found if one.row is None)
