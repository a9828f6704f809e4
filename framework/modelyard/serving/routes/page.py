"""GET /app: the page that asks the model and draws its answers.

What a client names is only ever looked up: in the files that ship with this package, read once, and
in the manifest's good samples. No path from a request reaches the disk.
"""

from __future__ import annotations

import hashlib
import io
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from modelyard.image import Image
from modelyard.manifest.asset import Sample
from modelyard.serving.encode import to_json
from modelyard.serving.served import Served
from modelyard.serving.settings import Settings
from modelyard.tasks.task import Sent

FOLDER = Path(__file__).parents[1] / "page"
"""The page's files, which the catalog's site shares."""

HEADERS = {
    # Nothing from elsewhere, and nothing inline: a label or a file name that holds markup stays text.
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
        "connect-src 'self'; font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    # Asked again each time, answered with 304: another image on the same port never shows the last one's page.
    "Cache-Control": "no-cache",
}

_PAGE_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_SAMPLE_TYPES = {
    ".bmp": "image/bmp",
    ".csv": "text/csv; charset=utf-8",
    ".flac": "audio/flac",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".gz": "application/gzip",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".png": "image/png",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".txt": "text/plain; charset=utf-8",
    ".wav": "audio/wav",
    ".webp": "image/webp",
}
_PREVIEW_SIDE = 960


def blueprint(served: Served, settings: Settings, *, explained: bool = False) -> Blueprint:
    """The routes of the page; where answers are `explained`, it asks for that too."""
    page = Blueprint("page", __name__)
    files = _shipped()
    samples = {sample.name: sample for sample in served.asset.samples if sample.error is None}
    drawn = issubclass(served.task.input, Image)
    described = to_json({**_describe(served, settings, samples, files, drawn), "explained": explained})

    def read(name: str) -> bytes:
        if name not in samples:
            abort(404)
        return (served.place.asset / samples[name].input).read_bytes()

    @cache
    def preview_of(name: str) -> bytes:
        picture = Image.parse(read(name), settings.bounds).picture()
        picture.thumbnail((_PREVIEW_SIDE, _PREVIEW_SIDE))
        encoded = io.BytesIO()
        picture.save(encoded, "JPEG", quality=85)
        return encoded.getvalue()

    @page.get("/app")
    def app() -> Response:
        return _respond(files["index.html"], _PAGE_TYPES[".html"])

    @page.get("/app/")
    def app_with_slash() -> AnyResponse:
        # Relative, so that it holds behind a proxy that serves this container below a path of its own.
        response = redirect("../app", 308)
        response.autocorrect_location_header = False
        return response

    @page.get("/app/model.json")
    def model() -> Response:
        return _respond(described, "application/json")

    @page.get("/app/samples/<path:name>")
    def sample(name: str) -> Response:
        return _respond(read(name), _SAMPLE_TYPES.get(Path(name).suffix.lower(), "application/octet-stream"))

    @page.get("/app/previews/<path:name>")
    def preview(name: str) -> Response:
        """The sample as every browser can show it: few know TIFF."""
        if not drawn or name not in samples:
            abort(404)
        return _respond(preview_of(name), "image/jpeg")

    @page.get("/app/<path:name>")
    def file(name: str) -> Response:
        if name not in files or name == "index.html":
            abort(404)
        return _respond(files[name], _PAGE_TYPES[Path(name).suffix])

    @page.after_request
    def guard(response: Response) -> Response:
        response.headers.update(HEADERS)
        return response

    return page


def _shipped() -> dict[str, bytes]:
    found = {file.relative_to(FOLDER).as_posix(): file for file in sorted(FOLDER.rglob("*"))}
    return {name: file.read_bytes() for name, file in found.items() if file.suffix in _PAGE_TYPES}


def _describe(
    served: Served, settings: Settings, samples: dict[str, Sample], files: dict[str, bytes], drawn: bool
) -> dict[str, Any]:
    """Everything that the page knows of the model."""
    asset, deployment, kind = served.asset, served.deployment, served.task.input
    drawing = f"drawing/{asset.task}.js"
    return {
        "name": asset.name,
        "title": asset.title,
        "summary": asset.summary,
        "version": asset.version,
        "license": asset.license,
        "weights_licenses": sorted({one.license for one in asset.weights}),
        "source": asset.source,
        "task": {"name": asset.task, "title": served.task.title},
        "variant": deployment.variant,
        "runtime": deployment.runtime,
        "key": served.place.key,
        "input": {
            "kind": kind_of(kind),
            "field": kind.field,
            "media_types": list(kind.media_types),
            "max_bytes": settings.max_body,
        },
        "parameters": [parameter.schema() for parameter in served.parameters],
        "samples": [
            {
                "name": name,
                "parameters": sample.parameters,
                "license": sample.license,
                "origin": sample.origin,
                "preview": drawn,
            }
            for name, sample in samples.items()
        ],
        "labels": list(served.labels),
        "drawing": drawing if drawing in files else "drawing/json.js",
    }


def kind_of(sent: type[Sent]) -> str:
    """How the page takes an input: as an image, a sound, a text, or any other file."""
    family = sent.media_types[0].partition("/")[0]
    return family if family in ("image", "audio", "text") else "file"


def _respond(data: bytes, media_type: str) -> Response:
    response = Response(data, content_type=media_type)
    response.set_etag(hashlib.sha256(data).hexdigest()[:32])
    response.make_conditional(request)
    return response
