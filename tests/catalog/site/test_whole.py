"""The whole site, as files: valid, with links that lead somewhere, nothing from elsewhere, and light pages."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
from scripts import node
from tests.catalog.site import made_up

ADDRESS = "https://models.test/catalog/"
_RULES = {
    "extends": ["html-validate:recommended", "html-validate:a11y"],
    "rules": {
        # A point of style, not of HTML: jinja leaves blanks at ends of lines, and quotes are quoted where they must be.
        "no-trailing-whitespace": "off",
        "no-raw-characters": ["error", {"relaxed": True}],
        "long-title": "off",
        "doctype-style": ["error", {"style": "lowercase"}],
        "aria-label-misuse": ["error", {"allowAnyNamable": True}],
        # What a reader sets on the form beside a model is taken at once: there is nothing to submit.
        "wcag/h32": "off",
        # What scrolls is reached by the keyboard: a group or a region with a name.
        "prefer-native-element": ["error", {"exclude": ["region", "group"]}],
    },
}


class Page(HTMLParser):
    """What a page leads to and what it can be led to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.anchors.add(given["id"])
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif "href" in given and given.get("rel") not in ("canonical", None):
            self.fetched.append(given["href"])
        self.fetched += [given[name] for name in ("src", "poster", "data") if name in given and tag != "a"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    made_up.write(folder, made_up.given(), ADDRESS)
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Page]:
    """Every page, by its path."""
    return {file.relative_to(site).as_posix(): Page(file.read_text("utf-8")) for file in sorted(site.rglob("*.html"))}


def within(page: str, href: str) -> tuple[str, str]:
    """The file of the site that a link leads to, and the place in it."""
    path, fragment = urldefrag(href)
    if path.startswith("/"):
        return unquote(path.removeprefix(urlsplit(ADDRESS).path)), fragment
    parts = [*Path(page).parent.parts, *unquote(urlsplit(path).path).split("/")] if path else [page]
    found: list[str] = []
    for part in parts:
        if part == "..":
            found.pop()
        elif part != ".":
            found.append(part)
    return "/".join(found), unquote(fragment)


def test_every_link_and_every_anchor_of_the_site_is_there(site: Path, pages: dict[str, Page]) -> None:
    def broken() -> Iterator[str]:
        for path, page in pages.items():
            for href in page.links:
                if urlsplit(href).scheme:
                    continue
                target, fragment = within(path, href)
                if not (site / target).is_file():
                    yield f"{path}: {href}: there is no {target}"
                elif fragment and target in pages and fragment not in pages[target].anchors:
                    yield f"{path}: {href}: {target} has no #{fragment}"

    assert not list(broken())


def test_links_lead_to_the_site_or_the_web(pages: dict[str, Page]) -> None:
    schemes = {urlsplit(href).scheme for page in pages.values() for href in page.links}
    assert schemes <= {"", "http", "https"}


def test_what_a_page_is_made_of_is_there_and_none_of_it_is_elsewhere(site: Path, pages: dict[str, Page]) -> None:
    wanted = {within(path, src) for path, page in pages.items() for src in page.fetched if not src.startswith("data:")}
    assert not [path for path, _ in wanted if not (site / path).is_file()]


def test_stylesheets_and_scripts_fetch_nothing_from_elsewhere(site: Path) -> None:
    for file in [*site.rglob("*.css"), *site.rglob("*.js")]:
        text = file.read_text("utf-8")
        assert not re.search(r"url\(\s*['\"]?(https?:)?//|@import", text), file.name
        assert not re.search(r"""(import|from|fetch\()\s*["'](https?:)?//""", text), file.name


def test_every_page_is_valid(site: Path) -> None:
    settings, told = site.parent / "rules.json", site.parent / "told.json"
    settings.write_text(json.dumps(_RULES), "utf-8")
    checker = node.installed("html-validate") / "html-validate"
    command = [node.program("node"), str(checker), "--config", str(settings), "--formatter", "json", "**/*.html"]
    with told.open("w") as file:  # Node ends before a pipe has all that it wrote
        subprocess.run(command, cwd=site, env=node.environment(), stdout=file, timeout=300, check=False)
    faults = [
        f"{file['filePath']}:{one['line']}: {one['message']} ({one['ruleId']})"
        for file in json.loads(told.read_text("utf-8"))
        for one in file["messages"]
    ]
    assert not faults[:40]


@pytest.mark.parametrize("path", ["index.html", "models/fine.html", "status.html", "docs/index.html", "404.html"])
def test_a_page_names_itself_and_says_what_it_is_about(site: Path, path: str) -> None:
    text = (site / path).read_text("utf-8")
    assert re.search(r"<title>[^<]+ · Some Catalog</title>", text)
    assert re.search(r'<meta name="description" content="[^"]{20,300}">', text)
    assert re.search(r'<meta property="og:title" content="[^"]+">', text)
    assert ('rel="canonical"' in text) == (path != "404.html")


def test_a_page_has_one_address_below_that_of_the_site(site: Path) -> None:
    assert f'rel="canonical" href="{ADDRESS}"' in (site / "index.html").read_text("utf-8")
    assert f'rel="canonical" href="{ADDRESS}docs/"' in (site / "docs" / "index.html").read_text("utf-8")
    assert f'rel="canonical" href="{ADDRESS}models/fine.html"' in (site / "models" / "fine.html").read_text("utf-8")


def test_the_page_for_what_is_missing_is_right_at_any_depth(site: Path) -> None:
    page = Page((site / "404.html").read_text("utf-8"))
    assert all(href.startswith("/catalog/") for href in [*page.fetched, *page.links] if href[0] != "#")


def test_the_first_page_and_a_model_s_weigh_little(site: Path) -> None:
    def weight(path: str) -> int:
        page = Page((site / path).read_text("utf-8"))
        parts = {within(path, src)[0] for src in page.fetched}
        files = [site / path, *(site / part for part in parts if part.endswith((".css", ".js", ".svg")))]
        return sum(file.stat().st_size for file in files)

    assert weight("index.html") <= 150_000
    assert weight("models/fine.html") <= 300_000
