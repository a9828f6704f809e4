"""The page of one asset: what it is, how to run it, how good it is, what is in it, and every image that it had."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from markupsafe import Markup

from modelyard.catalog.site.model import Asset, File, Page, Release
from modelyard.catalog.site.pages import Beside
from modelyard.catalog.site.sections import api, quality
from modelyard.serving.routes import page as container_page

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' data: blob:; "
    "connect-src 'self' blob: http://127.0.0.1:* http://localhost:* https:; base-uri 'none'; form-action 'none'"
)
"""What an asset's page may do. Beyond what all pages may, it asks a container that the reader names: on the reader's
own machine, or behind https; browsers let no page that came by https ask another by http. Nothing that it is given is
run or framed, and what it asks gets neither cookies nor a referrer."""

_LONGEST_KEY, _MOST_KEYS = 80, 5
_EVIDENCE = {
    "report": ("report", "Report", "every check, every figure, and what it was built from"),
    "SBOM": ("sbom", "SBOM", "what is installed in it"),
    "provenance": ("provenance", "Provenance", "how and from what it was built, as in-toto has it"),
    "verdict": ("verdict", "Verdict", "signed, as a DSSE envelope"),
    "API": ("swagger", "API", "its description in OpenAPI 2.0"),
    "attack": ("attack", "Attack", "what somebody who can only ask made of it"),
}


@dataclass(frozen=True)
class Entry:
    """A section of the page.

    Attributes:
        id: Where it begins.
        label: What the contents call it.
        file: What lays it out.
    """

    id: str
    label: str
    file: str


@dataclass(frozen=True)
class Download:
    """A document to download.

    Attributes:
        path: Its file, from the root of the site.
        label: What it is.
        said: What it holds.
        size: Bytes.
    """

    path: str
    label: str
    said: str
    size: int


def of_asset(asset: Asset, beside: Beside) -> Iterable[Page | File]:
    """`models/NAME.html`, and below `models/NAME/` what it gives to download."""
    offered = [one for one in asset.releases if any(tag.startswith("latest") for tag in one.tags)]
    first = next((one for one in offered if one.digest == asset.listed.digest), None)
    found = list(_evidence(asset, offered, beside))
    of_first = {kind: file.content for file, one, kind in found if one is first}
    told = quality.told(asset.quality, of_first.get("attack")) if asset.quality else None
    values = {
        "asset": asset,
        "api": api.parse(of_first["API"]) if "API" in of_first else None,
        "told": told,
        "downloads": [_download(file, one, kind, len(offered) > 1) for file, one, kind in found],
        "signed": bool(first and first.signed),
        "keys": _keys(of_first["verdict"]) if "verdict" in of_first else [],
        "contents": _contents(asset),
        "bench": _bench(),
        "policy": POLICY,
        "linked": _linked(asset),
    }
    yield Page(f"models/{asset.listed.name}.html", "asset.html", values, place="Models")
    yield from (file for file, _, _ in found)


def _contents(asset: Asset) -> list[Entry]:
    """The sections that there is something to say in."""
    published = bool(asset.listed.digest)
    there = [
        (bool(asset.run), Entry("run", "Run", "run")),
        (bool(asset.samples), Entry("gallery", "Answers", "gallery")),
        (bool(asset.run), Entry("try", "Try it", "try")),
        (bool(asset.measures), Entry("quality", "Quality", "quality")),
        (bool(asset.prose or asset.facts), Entry("card", "Model card", "card")),
        (published, Entry("api", "API", "api")),
        (bool(asset.labels), Entry("labels", "Labels", "labels")),
        (published, Entry("inside", "Inside", "inside")),
        (bool(asset.releases or asset.failures), Entry("versions", "History", "history")),
    ]
    return [entry for shown, entry in there if shown]


def _evidence(asset: Asset, offered: Iterable[Release], beside: Beside) -> Iterator[tuple[File, Release, str]]:
    """What stands beside the images that people get: each file, with its image and its kind."""
    for one in offered:
        for kind, (name, _, _) in _EVIDENCE.items():
            digest = next((digest for what, digest in one.documents.items() if what == kind), None)
            content = beside.read(digest) if digest else None
            if content is not None:
                path = f"models/{asset.listed.name}/{name}-{one.variant}.json"
                yield File(path, content), one, kind


def _download(file: File, one: Release, kind: str, several: bool) -> Download:
    _, label, said = _EVIDENCE[kind]
    return Download(file.path, f"{label} ({one.variant})" if several else label, said, len(file.content))


def _keys(envelope: bytes) -> list[str]:
    """The names of the keys that a DSSE envelope says it is signed by; whether it is, `modelyard verify` says."""
    try:
        signatures = json.loads(envelope)["signatures"]
        return [str(one["keyid"])[:_LONGEST_KEY] for one in signatures[:_MOST_KEYS]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []


def _linked(asset: Asset) -> dict[str, Any]:
    """What search engines read, in schema.org's words."""
    one = asset.listed
    given = {
        "name": one.title,
        "description": one.summary,
        "applicationCategory": one.task_title,
        "softwareVersion": one.version,
        "license": f"https://spdx.org/licenses/{one.license}.html" if _is_one_licence(one.license) else one.license,
        "datePublished": one.made,
        "fileSize": f"{one.size:.0f} MB" if one.size is not None else "",
        "operatingSystem": "Linux, in a container",
        "keywords": one.domain,
    }
    about = {name: value for name, value in given.items() if value}
    return {"@context": "https://schema.org", "@type": "SoftwareApplication", **about}


def _is_one_licence(license: str) -> bool:
    return bool(license) and " " not in license and not license.startswith("LicenseRef-")


@cache
def _bench() -> Markup:
    """The part of the container's page that asks and draws: there is one of it."""
    page = (container_page.FOLDER / "index.html").read_text("utf-8")
    return Markup(page.partition("<main>")[2].partition("</noscript>")[2].partition("</main>")[0])  # noqa: S704 (ours)
