"""What a plan reads from a real registry: images made by hand there, and no engine."""

from __future__ import annotations

import datetime
import io
import json
import os
import re
import uuid
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from rich.console import Console
from scripts.benchmarks import _generated

from modelyard.catalog import ingredients, labels
from modelyard.catalog.planning import overview, refresh
from modelyard.catalog.planning.plan import Planned, plan
from modelyard.catalog.planning.refresh import Refreshing
from modelyard.catalog.records import evidence, moves
from modelyard.catalog.registry import Registry
from modelyard.catalog.registry.connection import Connection
from modelyard.catalog.workspace import Workspace
from modelyard.cli.main import cli
from modelyard.errors import ModelyardError
from modelyard.manifest.catalog import Refresh

pytestmark = pytest.mark.engine

NAME = "model-00000"
PYTHON = "python:3.13-slim-trixie"
NOW = datetime.datetime(2026, 6, 15, 12, tzinfo=datetime.UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A catalog of three assets, with a folder of its own in the registry."""
    port = os.environ.get("MODELYARD_REGISTRY_PORT", "5000")
    _generated.write(tmp_path, 3, f"127.0.0.1:{port}/test-{uuid.uuid4().hex[:8]}")
    return tmp_path


def registry_of(root: Path) -> Registry:
    return Registry(Workspace(root).catalog.registry)


def planned(root: Path, refreshing: Refreshing | None = None) -> list[Planned]:
    return plan(Workspace(root), registry_of(root), refreshing=refreshing)


def first(root: Path, refreshing: Refreshing | None = None) -> Planned:
    (image,) = plan(Workspace(root), registry_of(root), [NAME], refreshing=refreshing)
    return image


def push(root: Path, one: Planned, tags: Iterable[str], created: str, **more: str) -> str:
    """An image of a plan's, as a release would push it."""
    made_of = {labels.KEY: one.key, labels.INGREDIENTS: json.dumps(dict(one.ingredients)), **more}
    return _generated.image(registry_of(root).prefix, one.asset.name, tags, made_of, created)


def publish(root: Path, created: str = "2026-06-01T10:00:00.123456789Z", **more: str) -> str:
    one = first(root)
    return push(root, one, [f"key-{one.key}", *_generated.all_tags(one)], created, **more)


def typed(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["-C", str(root), "plan", *arguments], catch_exceptions=False)


def of_age(days: int, now: datetime.datetime = NOW, **more: Any) -> Refreshing:
    return Refreshing(Refresh.model_validate({"max_age": f"{days}d", **more}), PYTHON, print, now)


def test_the_lines_stand_in_columns_and_the_last_one_counts(root: Path) -> None:
    publish(root)
    (root / "assets/model-00001/asset.yaml").write_text(
        (root / "assets/model-00001/asset.yaml").read_text("utf-8").replace("version: 1.0.0", "version: 10.0.0"),
        "utf-8",
    )

    done = typed(root)

    assert done.stdout.splitlines() == [
        "model-00000  1.0.0   cpu  published",
        "model-00001  10.0.0  cpu  to build",
        "  first: no image is published yet",
        "model-00002  1.0.0   cpu  to build",
        "  first: no image is published yet",
        "2 to build, 1 published",
    ]


def test_a_terminal_gets_colours_and_a_pipe_none(root: Path) -> None:
    images = planned(root)
    terminal, pipe = io.StringIO(), io.StringIO()

    overview.show_plan(Console(file=terminal, force_terminal=True, color_system="standard", highlight=False), images)
    overview.show_plan(Console(file=pipe, highlight=False), images)

    assert "\x1b[1;33mto build\x1b[0m" in terminal.getvalue()
    assert re.sub(r"\x1b\[[0-9;]*m", "", terminal.getvalue()) == pipe.getvalue()


def test_the_exit_code_says_whether_there_is_work_only_where_it_is_asked_to(root: Path) -> None:
    assert typed(root).exit_code == 0
    assert typed(root, "--exit-code").exit_code == 1

    publish(root)

    assert typed(root, NAME, "--exit-code").exit_code == 0


def test_the_matrix_is_of_what_needs_work(root: Path) -> None:
    one, other, _ = planned(root)
    publish(root)
    push(root, other, [other.key_tag], "2026-06-01T10:00:00Z")

    entries = json.loads(typed(root, "--matrix").stdout)["include"]

    assert [(entry["name"], entry["state"]) for entry in entries] == [
        ("model-00001", "to finish"),
        ("model-00002", "to build"),
    ]
    assert (
        entries[0]["cause"] == "lacks report; lacks SBOM; lacks provenance; lacks 1.0.0-cpu; lacks 1.0.0; lacks latest"
    )
    assert entries[1]["key"] != one.key
    assert json.loads(typed(root, NAME, "--matrix").stdout) == {"include": []}


def test_a_change_of_data_alone_is_told_as_one(root: Path) -> None:
    publish(root)
    (root / "assets" / NAME / "samples/notes.txt").write_text("Other notes.\n", "utf-8")

    assert first(root).cause == ("data: samples/notes.txt changed",)


@pytest.mark.parametrize("made_of", ["no JSON", "[]"])
def test_a_label_of_another_form_is_no_obstacle(root: Path, made_of: str) -> None:
    one = first(root)
    _generated.image(registry_of(root).prefix, NAME, _generated.all_tags(one), {labels.INGREDIENTS: made_of})

    assert first(root).cause == ("code: the published image doesn't say in a known form what it was made of",)


# --- refresh ---------------------------------------------------------------------------------------


def test_an_image_that_is_young_enough_is_left_alone(root: Path) -> None:
    publish(root, created="2026-06-01T10:00:00.123456789Z")

    assert first(root, of_age(30)).state == "published"


def test_an_image_that_is_too_old_is_to_be_built_for_the_time_under_a_tag_of_its_own(root: Path) -> None:
    digest = publish(root, created="2026-04-01T10:00:00Z")

    one = first(root, of_age(30))

    assert one.state == "to build"
    assert one.cause == ("time: it is from 2026-04-01, 75 days old, and catalog.yaml allows 30 days",)
    assert one.key_tag == f"key-{one.key}-r20260615"
    assert one.outdated is not None
    assert one.outdated.digest == digest
    assert first(root).state == "published", "only --refresh looks at the clock"


def test_an_image_that_does_not_say_its_age_is_refreshed(root: Path) -> None:
    publish(root, created="yesterday")

    assert first(root, of_age(30)).cause == (
        "time: the image doesn't say when it was made, and catalog.yaml allows 30 days",
    )


def refreshed(root: Path, day: str, tags: Iterable[str]) -> str:
    one = first(root)
    created = f"{day[:4]}-{day[4:6]}-{day[6:]}T09:00:00Z"
    return push(root, one, [refresh.tag(one.key, day), *tags], created, **{labels.REFRESHED: day})


def test_after_a_refresh_a_plain_plan_says_published_and_the_same_day_has_no_other(root: Path) -> None:
    publish(root, created="2026-04-01T10:00:00Z")
    digest = refreshed(root, "20260615", _generated.all_tags(first(root)))

    for one in (first(root), first(root, of_age(30)), first(root, of_age(1, NOW + datetime.timedelta(hours=3)))):
        assert one.state == "published"
        assert one.published is not None
        assert one.published.digest == digest
    assert first(root, of_age(30, NOW + datetime.timedelta(days=31))).key_tag.endswith("-r20260716")


def test_a_refresh_that_died_before_its_tags_moved_is_finished_on_a_later_day(root: Path) -> None:
    old = publish(root, created="2026-04-01T10:00:00Z")
    digest = refreshed(root, "20260614", [])

    plain, one = first(root), first(root, of_age(30))

    assert plain.state == "published"
    assert plain.published is not None
    assert plain.published.digest == old
    assert one.state == "to finish"
    assert one.published is not None
    assert one.published.digest == digest
    assert one.unfinished == ("report", "SBOM", "provenance", "1.0.0", "latest")
    assert one.key_tag.endswith("-r20260614")


def test_a_refresh_that_died_between_its_tags_is_finished_forward(root: Path) -> None:
    publish(root, created="2026-04-01T10:00:00Z")
    digest = refreshed(root, "20260614", ["1.0.0"])

    one = first(root, of_age(30))

    assert one.state == "to finish"
    assert one.published is not None
    assert one.published.digest == digest
    assert "latest" in one.unfinished


def test_a_quiet_refresh_is_remembered_and_its_day_counts(root: Path) -> None:
    publish(root, created="2026-04-01T10:00:00Z")
    one = first(root, of_age(30))
    assert one.outdated is not None

    refresh.remember(registry_of(root), NAME, one.key, "20260615", one.outdated)

    assert first(root, of_age(30)).state == "published"
    assert first(root, of_age(30, NOW + datetime.timedelta(days=20))).state == "published"
    assert first(root, of_age(30, NOW + datetime.timedelta(days=40))).state == "to build"


def test_a_rollback_of_a_refresh_is_not_undone_by_the_next(root: Path) -> None:
    old = publish(root, created="2026-04-01T10:00:00Z")
    one = first(root)
    bad = refreshed(root, "20260614", _generated.all_tags(one))
    registry = registry_of(root)
    image, withdrawn = registry.manifest(NAME, old), registry.manifest(NAME, bad)
    assert image is not None
    assert withdrawn is not None
    for kind in evidence.KINDS.values():
        registry.attach(NAME, withdrawn, kind, b"{}", created=moves.now())
    withdrawal = moves.Move(
        kind="rollback",
        to=old,
        instead_of=bad,
        withdrawn=(bad,),
        version="1.0.0",
        variant="cpu",
        key=one.key,
        commit=None,
        reason="it is slow",
        made=moves.now(),
    )
    moves.record(registry, NAME, image, withdrawal)
    for tag in ("1.0.0", "latest"):
        registry.tag(NAME, tag, image)

    plain, again = first(root), first(root, of_age(30))

    assert plain.state == "published"
    assert plain.published is not None
    assert plain.published.digest == old
    assert again.state == "held"
    assert "it is slow" in again.held[0]


def test_a_refreshed_image_is_published_even_where_the_first_tag_of_its_key_is_gone(root: Path) -> None:
    refreshed(root, "20260601", _generated.all_tags(first(root)))

    assert first(root).state == "published"


def test_a_refresh_that_failed_is_not_tried_again_that_day(root: Path) -> None:
    publish(root, created="2026-04-01T10:00:00Z")
    one = first(root, of_age(30))
    evidence.block(registry_of(root), evidence.make(one, [], None), one.key_tag)

    assert first(root, of_age(30)).state == "quarantined"
    assert first(root).state == "published", "the image that is published did not fail"
    assert first(root, of_age(30, NOW + datetime.timedelta(days=1))).state == "to build"


def test_a_python_image_that_moved_is_a_cause(root: Path) -> None:
    registry = registry_of(root)
    then = _generated.image(registry.prefix, "python", ["3.13-slim-trixie"], {})
    publish(root, **{labels.PYTHON_DIGEST: then})
    reference = f"{registry.prefix}/python:3.13-slim-trixie"
    said: list[str] = []
    policy = Refresh(updates=True)
    assert first(root, Refreshing(policy, reference, said.append, NOW)).state == "published"

    now = _generated.image(registry.prefix, "python", ["3.13-slim-trixie"], {"new": "yes"})

    (cause,) = first(root, Refreshing(policy, reference, said.append, NOW)).cause
    assert cause == f"time: {reference} moved from {then[:19]}… to {now[:19]}…"
    assert said == []


def test_a_registry_of_python_images_that_is_out_of_reach_is_noted_once_and_no_cause(root: Path) -> None:
    publish(root, **{labels.PYTHON_DIGEST: "sha256:12"})
    said: list[str] = []
    refreshing = Refreshing(Refresh(updates=True), "127.0.0.1:9/a/python:3", said.append, NOW)

    assert first(root, refreshing).state == "published"
    assert first(root, refreshing).state == "published"
    (line,) = said
    assert line.startswith("whether 127.0.0.1:9/a/python:3 moved is not known: ")


def test_a_catalog_that_says_nothing_of_ages_can_not_be_refreshed(root: Path) -> None:
    with pytest.raises(ModelyardError, match=r"write refresh: \{ max_age: 30d \} there"):
        typed(root, "--refresh")


def test_the_command_reads_the_policy_of_the_catalog(root: Path) -> None:
    with (root / "catalog.yaml").open("a") as file:
        file.write("refresh: { max_age: 30d }\n")
    publish(root, created="2020-01-01T00:00:00Z")

    (image,) = json.loads(typed(root, NAME, "--refresh", "--json").stdout)["images"]

    assert image["state"] == "to build"
    assert image["cause"][0].startswith("time: it is from 2020-01-01, ")
    assert re.fullmatch(r"\d{8}", image["refreshed"])


# --- scale -----------------------------------------------------------------------------------------


def test_a_published_image_costs_two_requests_and_the_base_is_read_once(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _generated.publish(planned(root), registry_of(root).prefix)
    asked: Counter[str] = Counter()
    digested: Counter[str] = Counter()
    request, digest = Connection.request, ingredients._digest

    def counted(self: Connection, method: str, path: str, **options: Any) -> Any:
        asked[path.split("/")[3] if path.count("/") > 3 else path] += 1
        return request(self, method, path, **options)

    def counted_digest(file: Path) -> str:
        digested[str(file)] += 1
        return digest(file)

    monkeypatch.setattr(Connection, "request", counted)
    monkeypatch.setattr(ingredients, "_digest", counted_digest)

    images = planned(root)

    assert [image.state for image in images] == ["published"] * 3
    assert asked == {"/v2/": 1, **{image.asset.name: 2 for image in images}}
    assert set(digested.values()) == {1}
    assert any("framework/modelyard/serving" in file for file in digested)


def test_an_image_that_is_to_be_built_costs_a_bounded_number_of_requests(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _generated.publish(planned(root), registry_of(root).prefix)
    (root / "Dockerfile.base").write_text("FROM scratch\n", "utf-8")
    asked: list[str] = []
    request = Connection.request

    def counted(self: Connection, method: str, path: str, **options: Any) -> Any:
        asked.append(path)
        return request(self, method, path, **options)

    monkeypatch.setattr(Connection, "request", counted)

    images = planned(root)

    assert {image.cause for image in images} == {("framework: Dockerfile.base changed",)}
    assert len(asked) <= 1 + 6 * len(images)


def test_what_was_lost_beside_a_published_image_is_found_by_a_release(root: Path) -> None:
    publish(root)

    (one,) = plan(Workspace(root), registry_of(root), [NAME], thorough=True)

    assert one.state == "to finish"
    assert one.unfinished == ("report", "SBOM", "provenance")
    assert first(root).state == "published", "a plain plan goes by the tags"
