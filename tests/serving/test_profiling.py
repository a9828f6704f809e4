"""What a model with a profile counts of its requests, for whoever looks for drift."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from tests.serving.scrape import predict, scraped

from modelyard import statistics
from modelyard.errors import ModelyardError
from modelyard.manifest import profile as profiles
from modelyard.manifest.profile import Binned, Named, Profile
from modelyard.serving import profiling
from modelyard.serving.app import create_app
from modelyard.serving.commands import main
from modelyard.serving.served import Served
from modelyard.serving.settings import Settings

PROFILE = Profile(
    asset="bright",
    version="1.2.3",
    items=40,
    inputs={
        "brightness": Binned(edges=[100.0, 200.0], counts=[10, 20, 10]),
        "shorter_side": Binned(edges=[6.0], counts=[40, 0]),
    },
    answers={"labels": Binned(edges=[1.0], counts=[30, 10])},
    classes=Named(names=["bright"], counts=[30, 10]),
)


@pytest.fixture
def app(served: Served) -> Flask:
    """A model with a profile."""
    return create_app(replace(served, profile=PROFILE), Settings())


def test_requests_are_counted_in_the_bins_of_the_profile(app: Flask, photo: bytes) -> None:
    client = app.test_client()
    for _ in range(3):
        predict(client, photo)
    predict(client, b"no picture")

    found = scraped(client)
    live = {key[1:]: value for key, value in found.items() if key[0] == "modelyard_profiled_total"}
    assert live == {
        ("100", "brightness"): 0, ("200", "brightness"): 3, ("+Inf", "brightness"): 0,
        ("6", "shorter_side"): 3, ("+Inf", "shorter_side"): 0,
        ("1", "labels"): 0, ("+Inf", "labels"): 3,
        ("bright", "class"): 0, ("other", "class"): 3,
    }  # fmt: skip


def test_the_profile_stands_beside_them(app: Flask) -> None:
    found = scraped(app.test_client())

    assert found["modelyard_profile_items", "200", "brightness"] == 20
    assert found["modelyard_profile_items", "bright", "class"] == 30
    assert found["modelyard_profiled_total", "bright", "class"] == 0, "also what never came is there, as nothing"


def test_a_model_without_a_profile_counts_nothing_of_its_inputs(make_app: Callable[..., Flask], photo: bytes) -> None:
    client = make_app().test_client()
    predict(client, photo)

    assert not [key for key in scraped(client) if key[0].startswith("modelyard_profile")]


def test_what_it_costs_is_a_stage_of_the_request(app: Flask, photo: bytes) -> None:
    client = app.test_client()
    predict(client, photo)

    assert scraped(client)["modelyard_stage_seconds_sum", "profile"] > 0


def test_requests_that_come_fast_are_measured_within_a_budget(
    app: Flask, photo: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(sent: Any, learned: Mapping[str, float]) -> dict[str, float]:
        time.sleep(profiling.SAVED / 2)
        return {"brightness": 1.0}

    monkeypatch.setattr(statistics.Statistics, "measure", lambda _self, sent, learned: slow(sent, learned))
    client = app.test_client()
    for _ in range(30):
        predict(client, photo)

    found = scraped(client)
    assert 2 <= found["modelyard_profiled_total", "100", "brightness"] <= 4
    assert found["modelyard_profiled_total", "other", "class"] == 30, "answers cost nothing: all are counted"


def test_a_statistic_that_fails_spoils_no_answer_and_is_told_once(
    app: Flask, photo: bytes, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> dict[str, float]:
        raise ZeroDivisionError

    monkeypatch.setattr(statistics.Statistics, "measure", broken)
    client = app.test_client()
    with caplog.at_level(logging.ERROR, "modelyard.profiling"):
        codes = [predict(client, photo).status_code for _ in range(3)]

    assert codes == [200, 200, 200]
    assert [record.message for record in caplog.records] == ["an input can't be measured for the profile"]


@pytest.mark.parametrize(
    ("pairs", "foremost"),
    [
        ([(1, 0.2), (0, 0.9)], ("dark", 0.9)),
        ([(1, None), (0, None)], ("bright", None)),
        ([("a name", 0.5)], ("a name", 0.5)),
        ([(7, 0.5)], ("7", 0.5)),
        ([("other", 0.5)], ("class other", 0.5)),
        ([], ("none", None)),
    ],
)
def test_an_answer_counts_as_its_most_likely_class(pairs: Any, foremost: tuple[str, float | None]) -> None:
    assert profiling.foremost(pairs, ("dark", "bright")) == foremost


def test_a_confidence_that_is_no_number_is_left_out(served: Served) -> None:
    known = PROFILE.model_copy(update={"answers": {"confidence": Binned(edges=[0.5], counts=[1, 1])}})
    task = replace(served.task, observe=lambda _: [(0, math.nan)])
    client = create_app(replace(served, profile=known, task=task), Settings()).test_client()
    predict(client, b"no picture")

    assert scraped(client)["modelyard_profiled_total", "+Inf", "confidence"] == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "profile.json: Invalid JSON"),
        ('{"asset": "x"}', "profile.json: version: Field required"),
        ("x" * 200_000, "larger than a profile can be"),
        (PROFILE.model_dump_json().replace("[100.0,200.0]", "[200.0,100.0]"), "edges must ascend"),
        (PROFILE.model_dump_json().replace("[10,20,10]", "[10,20]"), "one count more than edges"),
    ],
)
def test_a_profile_that_is_none_is_refused_and_says_how_to_get_one(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "profile.json").write_text(text)
    with pytest.raises(ModelyardError) as refused:
        profiles.read(tmp_path)

    assert said in str(refused.value)
    assert "modelyard profile" in str(refused.value)


def test_the_image_says_that_it_has_a_profile(served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "asset.json").write_text(served.deployment.model_dump_json())
    monkeypatch.setenv("MODELYARD_ASSET", str(tmp_path))
    without = CliRunner().invoke(main, ["info"]).output
    (tmp_path / "profile.json").write_text(PROFILE.model_dump_json())

    assert "profile:          none" in without
    assert "profile:          4 statistics of 40 items" in CliRunner().invoke(main, ["info"]).output
