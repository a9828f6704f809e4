"""What pages show: nothing that they are given becomes markup, and the same gives the same."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any, cast, get_args

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from markupsafe import Markup
from pydantic import BaseModel
from tests.catalog.records.memory import MemoryRegistry

from modelyard.catalog.records import chronicling
from modelyard.catalog.records.chronicling import Index
from modelyard.catalog.registry import Registry
from modelyard.catalog.site import composing, pages, prose
from modelyard.catalog.site.composing import Given
from modelyard.catalog.site.model import Asset, Catalog, Page, Picture, Sample, Stamp
from modelyard.catalog.site.pages import Beside
from modelyard.catalog.site.templating import Templates
from modelyard.manifest.catalog import Withdrawn

STAMP = Stamp("2026-01-05T00:00:00+00:00", "registry.test/folder", "sha256:0")
TEMPLATES = Templates("Some Catalog", pages.navigation())
DATA = "application/ld+json"
"""A script that is data: browsers run nothing of it."""
MARKDOWN = {"blockquote", "br", "code", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "strong", "ul"}
"""What a card's prose may become."""
HOSTILE = [
    '<script>alert("x")</script>',
    "\"><img src=x onerror='x'>",
    "{{ 7 * 7 }}",
    "</style><svg onload=x>",
    "&lt;b>",
]


def known(memory: MemoryRegistry, **more: Any) -> Given:
    registry = cast(Registry, memory)
    told = chronicling.gather(registry, "some-model", None, Index()).chronicle
    given = Given("some-model", registry.repository("some-model"), told, None, wanted=True, withdrawn=None)
    return dataclasses.replace(given, **more)


@pytest.fixture(scope="module")
def memory() -> MemoryRegistry:
    memory = MemoryRegistry()
    memory.publish("some-model", "1.0.0", "2026-01-01T00:00:00+00:00")
    memory.publish("some-model", "1.1.0", "2026-01-02T00:00:00+00:00")
    memory.stop("some-model", "1.2.0", "2026-01-03T00:00:00+00:00")
    return memory


def composed(memory: MemoryRegistry) -> Asset:
    picture = Picture(path="pictures/0.webp", width=4, height=3, said="a cat")
    sample = Sample(
        "cat.jpg", "a cat", picture, "CC0-1.0", "Drawn", '{"cat": 1}', {"top": 1}, picture, "sounds/0.wav", "a text",
        picture, "what counted",
    )  # fmt: skip
    return composing.compose(known(memory), [sample], STAMP)


def shown(asset: Asset) -> str:
    """Everything that is made of one asset, and of a catalog of it alone."""
    made = [*pages.of_asset(asset, Beside(lambda _digest: None))]
    made += [*pages.of_catalog(Catalog("Some Catalog", [asset.listed], STAMP))]
    return "".join(TEMPLATES.render(one, STAMP).decode() for one in made if isinstance(one, Page))


class Markings(HTMLParser):
    """The elements of a page, their attributes' names, and what its scripts are."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.scripts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        source = dict(attrs).get("src") or ""
        ours = tag == "script" and source.removeprefix("../").startswith("static/")
        self.elements |= set() if ours else {tag}
        self.attributes |= {name for name, _ in attrs}
        if tag == "script":
            self.scripts.append(dict(attrs).get("src") or dict(attrs).get("type") or "nothing")


def filled(value: Any, text: str) -> Any:
    """The same with every text replaced, but for those that are of a few that the code itself writes."""
    if isinstance(value, Markup):
        return prose.to_markup(text)
    if isinstance(value, str):
        return text
    if isinstance(value, BaseModel):
        kept = {"name", "tone"} if {"tone"} <= set(type(value).model_fields) else {"kind"}
        changed = {
            name: filled(one, text) for name, one in value if name not in kept and not _lacks_models(value, name)
        }
        return value.model_copy(update=changed)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {one.name: filled(getattr(value, one.name), text) for one in dataclasses.fields(value)}
        return dataclasses.replace(value, **fields)
    if isinstance(value, Mapping):
        return dict.fromkeys([text], filled(next(iter(value.values()), ""), text))
    return type(value)(filled(one, text) for one in value) if isinstance(value, list | tuple) else value


def _lacks_models(value: BaseModel, name: str) -> bool:
    """Whether it is a mapping to models with none in it: no text can stand in their place."""
    kind = next(reversed(get_args(type(value).model_fields[name].annotation)), None)
    return getattr(value, name) == {} and isinstance(kind, type) and issubclass(kind, BaseModel)


@settings(max_examples=25, deadline=None)
@for_all(text=st.sampled_from(HOSTILE) | st.text(max_size=30).map(lambda text: f"<script>{text}</script>"))
def test_no_text_becomes_markup(memory: MemoryRegistry, text: str) -> None:
    plain, hostile = (Markings(shown(filled(composed(memory), one))) for one in ("words", text))
    assert hostile.elements <= plain.elements | MARKDOWN
    assert hostile.attributes <= plain.attributes
    assert "style" not in hostile.elements
    assert len(hostile.scripts) == len(plain.scripts)
    assert all(one == DATA or one.lstrip("./").startswith("static/") for one in hostile.scripts)
    assert "style" not in hostile.attributes
    assert not [name for name in hostile.attributes if name.startswith("on")]


def test_the_same_gives_the_same(memory: MemoryRegistry) -> None:
    assert shown(composed(memory)) == shown(composed(memory))


def test_nothing_on_a_page_is_fetched_from_elsewhere(memory: MemoryRegistry) -> None:
    page = shown(composed(memory))
    assert 'src="http' not in page
    assert 'src="//' not in page


def test_a_candidate_that_failed_is_told_beside_what_stays(memory: MemoryRegistry) -> None:
    state = composed(memory).listed.state
    assert state.name == "held back"
    assert state.said == "1.2.0 of 2026-01-03 failed quality accuracy, so 1.1.0 stays."


def test_a_withdrawn_asset_says_why_and_has_nothing_to_run(memory: MemoryRegistry) -> None:
    withdrawn = Withdrawn(why="its labels were wrong", instead="other-model")
    asset = composing.compose(known(memory, wanted=False, withdrawn=withdrawn), [], STAMP)
    assert not asset.run
    page = shown(asset)
    assert "Withdrawn: its labels were wrong" in page
    assert 'href="../models/other-model.html"' in page


def test_a_rollback_is_told_with_its_reason() -> None:
    memory = MemoryRegistry()
    first = memory.publish("some-model", "1.0.0", "2026-01-01T00:00:00+00:00")
    memory.publish("some-model", "1.1.0", "2026-01-02T00:00:00+00:00")
    memory.move("some-model", first, "1.0.0", "2026-01-03T00:00:00+00:00", "rollback")
    state = composing.compose(known(memory), [], STAMP).listed.state
    assert state.said == "Rolled back to 1.0.0 on 2026-01-03: it was <wanted>"


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//elsewhere.test", "docs/x.md", "http:"]
)
def test_a_link_of_a_card_leads_to_the_web_or_nowhere(address: str) -> None:
    assert "href" not in prose.to_markup(f"[here]({address})")
    assert prose.link(address).href is None


def test_a_card_s_prose_has_no_markup_and_no_pictures_of_its_own() -> None:
    text = prose.to_markup(
        "# Title\n\nSee <b>this</b> ![x](https://elsewhere.test/x.png).\n\n## Limits\n\n| a |\n|---|\n| 1 |"
    )
    assert "<b>" not in text
    assert "<img" not in text
    assert "Title" not in text
    assert "<h3>Limits</h3>" in text
    assert "<table" in text
