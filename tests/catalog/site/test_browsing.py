"""Pages about many models: found, narrowed down, subscribed to, compared, read by other programs."""

from __future__ import annotations

import datetime
import hashlib
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from tests.catalog.records.memory import MemoryRegistry
from tests.catalog.site import made

from modelyard.catalog.site import api, changes, comparing, facets, feed, pages, render
from modelyard.catalog.site.changes import Change
from modelyard.catalog.site.model import Asset, Catalog, File
from modelyard.catalog.site.pages import Beside
from modelyard.manifest.catalog import Withdrawn

ATOM = "{http://www.w3.org/2005/Atom}"
STATIC = Path(render.__file__).parent / "static"
MINISEARCH = "03c27931eb603af1d3358579e9885eafdb6a2f5fa9929557b3e77d7e99d06d03"
"""Digest of `dist/umd/index.js` in the npm package minisearch 7.2.0, whose licence, MIT, stands beside it."""


@pytest.fixture(scope="module")
def whole() -> tuple[Catalog, list[Asset]]:
    memory = MemoryRegistry()
    memory.publish("cat-finder", "1.0.0", "2026-01-01T00:00:00+00:00", made.quality("cat-finder", "1.0.0", 0.8))
    memory.publish("cat-finder", "1.1.0", "2026-01-02T00:00:00+00:00", made.quality("cat-finder", "1.1.0", 0.9))
    memory.stop("cat-finder", "1.2.0", "2026-01-03T00:00:00+00:00")
    memory.publish("bird-caller", "2.0.0", "2026-01-02T12:00:00+00:00")
    memory.publish("old-timer", "1.0.0", "2025-12-01T00:00:00+00:00")
    said = {
        "cat-finder": made.described("Cat Finder", labels=["tabby cat", "tiger"], papers=["https://arxiv.test/1"]),
        "bird-caller": made.described("Bird Caller", "audio-classification", domain="Audio", license="MIT"),
        "old-timer": made.described("Old Timer"),
    }
    gone = Withdrawn(why="it is late", instead="cat-finder", on=datetime.date(2026, 1, 4))
    return made.catalog(memory, said, {"old-timer": gone})


def test_the_library_that_searches_is_the_one_that_was_published() -> None:
    folder = STATIC / "minisearch-7.2.0"
    assert hashlib.sha256((folder / "minisearch.js").read_bytes()).hexdigest() == MINISEARCH
    assert "Permission is hereby granted" in (folder / "LICENSE.txt").read_text("utf-8")


def test_what_is_searched_in_has_names_labels_and_papers(whole: tuple[Catalog, list[Asset]]) -> None:
    script = made.page(whole[0], "static/search.js")
    index = json.loads(script.removeprefix("globalThis.modelyardIndex = ").removesuffix(";\n"))
    rows = [dict(zip(index["fields"], row, strict=True)) for row in index["rows"]]
    cat = next(row for row in rows if row["name"] == "cat-finder")
    assert index["labels"][cat["labels"]] == "tabby cat tiger"
    assert "https://arxiv.test/1" in cat["words"]
    # Each row has its value of each facet.
    tasks = next(values for key, _, values in index["facets"] if key == "task")
    assert tasks[cat["facets"][0][0]][0] == "image-classification"


def test_labels_have_their_bounds_however_many_there_are() -> None:
    memory = MemoryRegistry()
    said = {f"m-{n}": made.described(f"M {n}", labels=[f"{n}" * 100] * 300) for n in range(50)}
    whole, _ = made.catalog(memory, said)
    assert len(made.page(whole, "static/search.js")) < 1_100_000


def test_every_facet_s_value_has_its_count_and_listed_ones_their_page(whole: tuple[Catalog, list[Asset]]) -> None:
    found = facets.all_options(whole[0].assets)
    assert [(one.value, one.n) for one in found["license"]] == [("apache-2-0", 2), ("mit", 1)]
    assert "Bird Caller" in made.page(whole[0], "lists/domain-audio.html")
    home = made.page(whole[0], "index.html")
    assert 'href="lists/task-image-classification.html"' in home
    assert "Old Timer" not in home


@for_all(st.lists(st.text(min_size=1, max_size=60), min_size=2, max_size=2, unique_by=str.casefold))
def test_two_texts_have_one_address_only_where_spaces_and_signs_alone_differ(texts: list[str]) -> None:
    first, second = map(facets.slug, texts)
    assert set(first) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    plain = [text.casefold().translate(str.maketrans("._/", "   ")).replace("-", " ").split() for text in texts]
    assert first != second or plain[0] == plain[1]


def test_the_status_says_why_and_what_to_use(whole: tuple[Catalog, list[Asset]]) -> None:
    page = made.page(whole[0], "status.html")
    assert "1.2.0 of 2026-01-03 failed quality accuracy, so 1.1.0 stays." in page
    assert "Withdrawn: it is late" in page
    assert page.index("Cat Finder") < page.index("Bird Caller")  # who needs somebody comes first


def test_a_thousand_models_stand_on_pages_that_load() -> None:
    listed = made.compose(MemoryRegistry(), "some-model", made.described("Some Model"))[1].listed
    many = [listed.model_copy(update={"name": f"model-{n}"}) for n in range(1_000)]
    made_of = {one.path: one for one in pages.of_catalog(Catalog("Some Catalog", many, made.STAMP))}
    assert {"index.html", "models-17.html", "status-5.html", "lists/domain-vision.4.html"} <= set(made_of)
    whole = Catalog("Some Catalog", many, made.STAMP)
    styles = sum(file.stat().st_size for file in STATIC.glob("browse.*"))
    assert len(made.page(whole, "index.html")) + styles < 120_000


def test_changes_are_told_the_newest_first_with_their_reasons(whole: tuple[Catalog, list[Asset]]) -> None:
    assert [(one.kind, one.title, one.version) for one in whole[0].changes] == [
        ("withdrawn", "Old Timer", ""),
        ("blocked", "Cat Finder", "1.2.0"),
        ("released", "Bird Caller", "2.0.0"),
        ("released", "Cat Finder", "1.1.0"),
        ("released", "Cat Finder", "1.0.0"),
        ("released", "Old Timer", "1.0.0"),
    ]
    assert whole[0].changes[0].why == ["it is late", "use cat-finder instead"]
    assert whole[0].changes[1].why == ["quality accuracy: 0.9"]


def atom(content: bytes) -> ElementTree.Element:
    """A feed, held to what RFC 4287 wants of one."""
    root = ElementTree.fromstring(content)
    entries = root.findall(f"{ATOM}entry")
    for one in (root, *entries):
        for name in ("id", "title", "updated"):
            assert len(one.findall(f"{ATOM}{name}")) == 1
        assert one.findtext(f"{ATOM}id", "").startswith("urn:uuid:")
        updated = datetime.datetime.fromisoformat(one.findtext(f"{ATOM}updated", ""))
        assert updated.tzinfo is not None
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    assert len({one.findtext(f"{ATOM}id") for one in entries}) == len(entries)
    return root


def test_the_feed_is_valid_and_keeps_its_names(whole: tuple[Catalog, list[Asset]]) -> None:
    root = atom(feed.make(whole[0]))
    assert len(root.findall(f"{ATOM}entry")) == len(whole[0].changes)
    assert root.findtext(f"{ATOM}updated") == "2026-01-04T00:00:00+00:00"
    elsewhere = atom(feed.make(Catalog(**{**whole[0].__dict__, "address": "https://models.test/"})))
    names = [[one.text for one in found.iter(f"{ATOM}id")] for found in (root, elsewhere)]
    assert names[0] == names[1]
    assert elsewhere.find(f"{ATOM}link[@rel='self']").attrib["href"] == "https://models.test/feed.xml"  # type: ignore[union-attr]


@settings(max_examples=20)
@for_all(st.text(max_size=40))
def test_no_text_breaks_the_feed(text: str) -> None:
    change = Change(
        kind="released", name="some-model", title=text, version=text, variant="cpu", digest=text,
        made="2026-01-01T00:00:00Z", why=[text],
    )  # fmt: skip
    atom(feed.make(Catalog("Some Catalog", [], made.STAMP, changes=[change])))


def test_a_time_that_is_none_is_no_change() -> None:
    memory = MemoryRegistry()
    memory.publish("some-model", "1.0.0", "yesterday")
    assert changes.of(*made.compose(memory, "some-model")) == []


def test_two_versions_stand_side_by_side_with_their_intervals(whole: tuple[Catalog, list[Asset]]) -> None:
    asset = next(one for one in whole[1] if one.listed.name == "cat-finder")
    assert asset.chronicle is not None
    (pair,) = comparing.neighbours(asset.chronicle.images)
    assert not pair.told
    rows = {row.name: row for part in pair.parts for row in part.rows}
    assert rows["accuracy"].first == "0.8000 (0.7800 to 0.8200)"
    assert rows["accuracy"].apart == "+0.1000"
    assert rows["source web, accuracy"].second == "0.9000 (0.8800 to 0.9200)"
    assert rows["image size"].first == "257 MB"


@pytest.mark.parametrize(
    ("turned", "said"), [(False, "+0.1000 (+0.0800 to +0.1100, 90 %)"), (True, "-0.1000 (-0.1100 to -0.0800, 90 %)")]
)
def test_an_image_that_was_held_to_the_other_when_it_was_checked_says_how_sure_the_difference_is(
    turned: bool, said: str
) -> None:
    memory = MemoryRegistry()
    memory.publish("some-model", "1.0.0", "2026-01-01T00:00:00Z", made.quality("some-model", "1.0.0", 0.8))
    memory.publish("some-model", "1.1.0", "2026-01-02T00:00:00Z", made.quality("some-model", "1.1.0", 0.9), moved=0.1)
    asset = made.compose(memory, "some-model")[1]
    assert asset.chronicle is not None
    newer, older = asset.chronicle.images
    pair = comparing.compare(newer, older) if turned else comparing.compare(older, newer)
    assert {row.name: row for part in pair.parts for row in part.rows}["accuracy"].apart == said


def test_figures_of_other_data_are_never_subtracted() -> None:
    memory = MemoryRegistry()
    memory.publish("some-model", "1.0.0", "2026-01-01T00:00:00Z", made.quality("some-model", "1.0.0", 0.8, data="a"))
    memory.publish("some-model", "1.1.0", "2026-01-02T00:00:00Z", made.quality("some-model", "1.1.0", 0.9, data="b"))
    asset = made.compose(memory, "some-model")[1]
    assert asset.chronicle is not None
    (pair,) = comparing.neighbours(asset.chronicle.images)
    assert pair.told == comparing.APART
    assert not [row for part in pair.parts for row in part.rows if row.name == "accuracy" and row.apart]


def test_what_other_programs_read_is_as_its_schema_says(whole: tuple[Catalog, list[Asset]]) -> None:
    schema: dict[str, Any] = json.loads(api.schema())
    index = json.loads(made.page(whole[0], "index.json"))
    jsonschema.validate(index, schema)
    assert {one["name"]: one["image"] for one in index["models"]}["old-timer"] == ""
    record = {"$defs": schema["$defs"], "$ref": "#/$defs/Record"}
    for asset in whole[1]:
        found = [one for one in pages.of_asset(asset, Beside(lambda _digest: None)) if isinstance(one, File)]
        (content,) = (one.content for one in found if one.path == f"models/{asset.listed.name}.json")
        jsonschema.validate(json.loads(content), record)
