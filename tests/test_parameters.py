"""Request parameters are the keyword arguments of a pipeline's steps, and take what their types and bounds allow."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelyard.errors import BadInput
from modelyard.parameters import BoundParameter, Parameter, parameters_of, parse_parameters

Threshold = Annotated[float, Parameter("Objects less likely than this are left out.", 0, 1)]


class Steps:
    """The steps of a pipeline, as far as parameters go."""

    def preprocess(self, image: object) -> None: ...

    def postprocess(
        self,
        tensors: object,
        image: object,
        *,
        threshold: Threshold = 0.7,
        most: Annotated[int, Parameter("How many.", minimum=1, maximum=1_000_000)] = 10,
        kind: Annotated[str, Parameter("Which.", choices=("cat", "dog"))] = "cat",
        names: bool = False,
    ) -> None: ...


DECLARED = {one.name: one for one in parameters_of(Steps().postprocess)}


def parse(name: str, text: str) -> Any:
    """What becomes of a parameter that a client writes."""
    return parse_parameters(DECLARED.values(), {name: text})[name]


def test_keyword_arguments_are_parameters_and_nothing_else_is() -> None:
    assert list(DECLARED) == ["threshold", "most", "kind", "names"]
    assert parameters_of(Steps().preprocess) == ()


def test_a_function_declares_the_same_as_its_method() -> None:
    assert parameters_of(Steps.postprocess) == parameters_of(Steps().postprocess)


def test_a_parameter_is_described_for_swagger() -> None:
    assert DECLARED["threshold"].schema() == {
        "name": "threshold",
        "type": "number",
        "description": "Objects less likely than this are left out.",
        "default": 0.7,
        "minimum": 0,
        "maximum": 1,
    }
    assert DECLARED["kind"].schema()["enum"] == ["cat", "dog"]
    assert DECLARED["names"].schema() == {"name": "names", "type": "boolean", "description": "", "default": False}


def test_what_a_request_leaves_out_is_left_to_the_step() -> None:
    assert parse_parameters(DECLARED.values(), {}) == {}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("threshold", "0.25", 0.25),
        ("threshold", " 1 ", 1.0),
        ("threshold", "1e-3", 0.001),
        ("most", "1", 1),
        ("most", "+7", 7),
        ("kind", "dog", "dog"),
        ("names", "TRUE", True),
        ("names", "0", False),
        ("names", "off", False),
    ],
)
def test_a_value_is_read_as_its_type(name: str, text: str, value: Any) -> None:
    assert parse(name, text) == value
    assert type(parse(name, text)) is type(value)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("threshold", "high", "parameter threshold='high': it must be a number"),
        ("threshold", "", "parameter threshold='': it must be a number"),
        ("threshold", "nan", "parameter threshold='nan': it must be a finite number"),
        ("threshold", "-inf", "parameter threshold='-inf': it must be a finite number"),
        ("threshold", "1e999", "parameter threshold='1e999': it must be a finite number"),
        ("threshold", "-0.1", "parameter threshold='-0.1': it must be at least 0"),
        ("threshold", "1.1", "parameter threshold='1.1': it must be at most 1"),
        ("most", "1.5", "parameter most='1.5': it must be a whole number"),
        ("most", "0", "parameter most='0': it must be at least 1"),
        ("most", "1000001", "parameter most='1000001': it must be at most 1000000"),
        ("kind", "cow", "parameter kind='cow': it must be one of cat, dog"),
        ("names", "maybe", "parameter names='maybe': it must be true or false"),
        ("kind", "x" * 1_001, f"parameter kind='{'x' * 40}…': it must be at most 1,000 characters long"),
        ("most", "9" * 10_000, f"parameter most='{'9' * 40}…': it must be at most 1,000 characters long"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_refusal_names_the_parameter_and_what_it_takes(name: str, text: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse(name, text)
    assert str(caught.value) == said
    assert caught.value.code == 400


@settings(deadline=None)
@given(name=st.sampled_from(sorted(DECLARED)), text=st.text(max_size=1_100))
def test_any_text_is_a_value_within_bounds_or_bad_input(name: str, text: str) -> None:
    try:
        value = parse(name, text)
    except BadInput:
        return
    assert type(value) is DECLARED[name].type
    rule = DECLARED[name].rule
    assert rule.minimum is None or rule.minimum <= value
    assert rule.maximum is None or value <= rule.maximum
    assert not rule.choices or value in rule.choices


@settings(deadline=None)
@given(value=st.floats(0, 1))
def test_every_number_within_bounds_is_taken_as_it_is(value: float) -> None:
    assert parse("threshold", repr(value)) == value


@pytest.mark.parametrize(("bound", "told"), [(0.05, "0.05"), (1.0, "1"), (16_777_217, "16777217"), (-3, "-3")])
def test_a_bound_is_told_as_its_author_wrote_it(bound: float, told: str) -> None:
    parameter = BoundParameter("x", float, 0.0, Parameter("", minimum=bound))
    with pytest.raises(BadInput, match=f"it must be at least {told}$"):
        parameter.parse(str(bound - 1))


def test_a_parameter_without_a_default_is_a_defect_of_the_pipeline() -> None:
    def step(tensors: object, *, threshold: float) -> None: ...

    with pytest.raises(TypeError, match=r"step\(…, threshold\): a parameter needs a default"):
        parameters_of(step)


def test_a_parameter_that_no_client_can_write_is_a_defect_of_the_pipeline() -> None:
    def step(tensors: object, *, boxes: list[int] = []) -> None: ...  # noqa: B006

    with pytest.raises(TypeError, match=r"step\(…, boxes\): a parameter is a float, int, bool or str, not list\[int\]"):
        parameters_of(step)
