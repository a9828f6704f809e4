"""The catalog's changes as an Atom feed (RFC 4287).

Entries and the feed are called by UUIDs that are made of what they are about (RFC 9562, version 5), so that they keep
their names wherever the site is served; addresses are whole where catalog.yaml has `site_address`, else they are seen
from the feed's own.
"""

from __future__ import annotations

import re
import uuid
from xml.etree import ElementTree

from modelyard.catalog.site.changes import Change, when
from modelyard.catalog.site.model import Catalog

PATH = "feed.xml"

_ATOM = "http://www.w3.org/2005/Atom"
# What XML 1.0 has no place for, escaped or not.
_NO_TEXT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def make(catalog: Catalog) -> bytes:
    """The feed."""
    whole = uuid.uuid5(uuid.NAMESPACE_URL, f"oci://{catalog.stamp.registry}")
    made = [time for one in catalog.changes if (time := when(one.made))]
    ElementTree.register_namespace("", _ATOM)
    feed = ElementTree.Element(f"{{{_ATOM}}}feed")
    _text(feed, "id", whole.urn)
    _text(feed, "title", f"{catalog.title}: changes")
    _text(feed, "updated", max(made).isoformat() if made else _time(catalog.stamp.at))
    _text(ElementTree.SubElement(feed, f"{{{_ATOM}}}author"), "name", catalog.title)
    _text(feed, "generator", "Modelyard")
    if catalog.address:
        _link(feed, "self", f"{catalog.address}{PATH}", "application/atom+xml")
    _link(feed, "alternate", f"{catalog.address}changes.html", "text/html")
    for one in catalog.changes:
        _entry(feed, catalog, whole, one)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(feed, encoding="unicode").encode()


def _entry(feed: ElementTree.Element, catalog: Catalog, whole: uuid.UUID, one: Change) -> None:
    entry = ElementTree.SubElement(feed, f"{{{_ATOM}}}entry")
    what = "\n".join((one.kind, one.name, one.version, one.variant, one.digest, one.made))
    _text(entry, "id", uuid.uuid5(whole, what).urn)
    image = " ".join(filter(None, (one.title, one.version, one.variant if one.variant != "cpu" else "")))
    _text(entry, "title", f"{image}: {one.kind}")
    _text(entry, "updated", _time(one.made))
    _link(entry, "alternate", f"{catalog.address}models/{one.name}.html", "text/html")
    lines = [*one.why, *([f"{catalog.stamp.registry}/{one.name}@{one.digest}"] if one.digest else [])]
    _text(entry, "content", "\n".join(lines), type="text")


def _time(made: str) -> str:
    time = when(made)
    return time.isoformat() if time else made


def _text(parent: ElementTree.Element, tag: str, text: str, **attributes: str) -> None:
    ElementTree.SubElement(parent, f"{{{_ATOM}}}{tag}", attributes).text = _NO_TEXT.sub("", text)


def _link(parent: ElementTree.Element, rel: str, href: str, media_type: str) -> None:
    ElementTree.SubElement(parent, f"{{{_ATOM}}}link", {"rel": rel, "href": href, "type": media_type})
