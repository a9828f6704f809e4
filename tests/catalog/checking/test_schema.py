"""Whether an answer has the form that its task declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard import tasks
from modelyard.catalog.authoring.answers import example
from modelyard.catalog.checking.schema import WORDS, faults, of_answer


def words(schema: Mapping[str, Any]) -> Iterator[str]:
    """Every word of a schema, but for names of fields."""
    yield from schema
    for below in schema.get("properties", {}).values():
        yield from words(below)
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), Mapping):
            yield from words(schema[name])


@pytest.mark.parametrize("name", tasks.names())
def test_every_word_of_every_task_is_understood(name: str) -> None:
    assert set(words(of_answer(tasks.load(name).schema))) <= WORDS


@pytest.mark.parametrize("name", tasks.names())
def test_the_documented_answer_has_its_form_and_one_without_a_field_has_not(name: str) -> None:
    task = tasks.load(name)
    schema, answer = of_answer(task.schema), {"status": "ok", **example(task)}

    assert list(faults(answer, schema)) == []
    for field in answer:
        lacking = {key: value for key, value in answer.items() if key != field}
        assert list(faults(lacking, schema)) == [f"{field} is missing"]
    assert list(faults({**answer, "status": "error"}, schema))


CASES: list[tuple[dict[str, Any], Any, str]] = [
    ({"type": "string"}, 3, "the answer is 3, no string"),
    ({"type": "integer"}, True, "no integer"),
    ({"type": "integer"}, 3.0, "no integer"),
    ({"type": "number"}, "3", "no number"),
    ({"type": "number"}, None, "no number"),
    ({"type": "number", "maximum": 1}, 1.5, "against maximum 1"),
    ({"type": "number", "minimum": 0}, -1, "against minimum 0"),
    ({"type": "array", "maxItems": 2}, [1, 2, 3], "against maxItems 2"),
    ({"type": "array", "minItems": 2}, [1], "against minItems 2"),
    ({"type": "array", "items": {"type": "integer"}}, [1, "2"], "[1] is '2', no integer"),
    ({"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}, [[1], [2, 2.5]], "[1][1] is 2.5"),
    ({"enum": ["ok"]}, "good", "against enum ['ok']"),
    ({"type": "object", "properties": {"a": {"type": "string"}}}, {"a": 1}, "a is 1, no string"),
    ({"type": "object", "additionalProperties": {"type": "number"}}, {"b": "x"}, "b is 'x', no number"),
    ({"type": "object", "additionalProperties": False}, {"b": 1}, "b is not in the schema"),
    ({"type": "object", "properties": {"a": {"type": "object", "required": ["b"]}}}, {"a": {}}, "a.b is missing"),
    ({"type": "string", "format": "byte"}, "é", "no base64"),
]


@pytest.mark.parametrize(("schema", "value", "said"), CASES)
def test_what_is_wrong_is_told_with_its_place(schema: dict[str, Any], value: object, said: str) -> None:
    assert said in "; ".join(faults(value, schema))


@pytest.mark.parametrize(("schema", "value"), [(schema, value) for schema, value, _ in CASES])
def test_the_library_for_json_schema_agrees(schema: dict[str, Any], value: object) -> None:
    if schema.get("format") == "byte" or isinstance(value, float):
        pytest.skip("JSON Schema has no such format, and takes 3.0 for a whole number")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(value, schema)


def test_null_is_a_value_only_where_the_schema_says_so() -> None:
    assert list(faults(None, {"type": "number", "x-nullable": True})) == []
    assert list(faults(None, {"type": "number", "x-nullable": False}))


def test_a_number_that_json_does_not_have_is_none() -> None:
    assert list(faults(float("nan"), {"type": "number"}))
    assert list(faults(float("inf"), {"type": "number"}))


NUMBER = (
    st.integers(-3, 3) | st.integers() | st.floats(-3, 3) | st.floats() | st.booleans() | st.none() | st.just(10**400)
)
ITEM = st.fixed_dictionaries(
    {"type": st.sampled_from(["integer", "number"])},
    optional={"minimum": st.integers(-3, 3), "maximum": st.floats(-3, 3), "x-nullable": st.booleans()},
)


@given(st.lists(NUMBER, max_size=6), ITEM)
def test_of_a_list_of_numbers_is_said_what_is_said_of_each(values: list[Any], item: dict[str, Any]) -> None:
    each = [said for number, one in enumerate(values) for said in faults(one, item, f"[{number}]")]
    assert list(faults(values, {"type": "array", "items": item})) == each


def test_what_is_nested_without_end_is_refused() -> None:
    schema: dict[str, Any] = {"type": "array"}
    schema["items"] = schema
    value: list[Any] = []
    for _ in range(100):
        value = [value]
    assert "nested too deeply" in "; ".join(faults(value, schema))
