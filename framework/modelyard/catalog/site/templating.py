"""Laying pages out: jinja2, strict about names, with everything escaped."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from modelyard.catalog.site import charts
from modelyard.catalog.site.model import Page, Stamp, number

FOLDER = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Entry:
    """An entry of the navigation.

    Attributes:
        label: What it says.
        path: The page that it leads to.
    """

    label: str
    path: str


@dataclass(frozen=True)
class Templates:
    """What all pages of a site share.

    Attributes:
        title: What the catalog is called.
        navigation: The entries at the head of each page.
        address: Where the site is, with a slash at its end; empty where nobody said it.
    """

    title: str
    navigation: tuple[Entry, ...]
    address: str = ""

    def render(self, page: Page, stamp: Stamp) -> bytes:
        """The page, in UTF-8.

        Args:
            page: What to show.
            stamp: What it is made from.
        """
        link = partial(_rooted, self.address) if page.anywhere else partial(relative, page.path)
        address = "" if page.anywhere else self.address
        values = {**page.values, "page": page, "stamp": stamp, "link": link, "address": address}
        environment = _environment(self.title, self.navigation)
        return environment.get_template(page.template).render(values).encode()


@cache
def _environment(title: str, navigation: tuple[Entry, ...]) -> Environment:
    """What compiled the templates; once in each process."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    environment.filters.update(number=number, size=size, seconds=seconds, day=day, short=short, canonical=canonical)
    environment.globals.update(catalog=title, navigation=navigation, charts=charts.shelf())
    return environment


def size(megabytes: float) -> str:
    """Megabytes for people."""
    return f"{megabytes / 1000:.2f} GB" if megabytes >= 1000 else f"{megabytes:.0f} MB"


def seconds(value: float) -> str:
    """Seconds for people."""
    return f"{value:.1f} s" if value < 10 else f"{value:.0f} s"


def day(made: str) -> str:
    """The day of a time."""
    return made[:10] or "unknown"


def short(digest: str) -> str:
    """As much of a digest or a key as tells it from others."""
    return digest.removeprefix("sha256:")[:12]


def canonical(path: str) -> str:
    """A page's one address below the site's, where a folder and its first page are the same."""
    return path.removesuffix("index.html") if f"/{path}".endswith("/index.html") else path


def relative(page: str, path: str) -> str:
    """Where a file of the site is, seen from a page of it."""
    return "../" * page.count("/") + path


def _rooted(address: str, path: str) -> str:
    """Where a file of the site is, seen from any address of its server."""
    return f"{urlsplit(address).path or '/'}{path}"
