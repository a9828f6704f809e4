"""GET /metrics: what is counted and timed, for Prometheus."""

from __future__ import annotations

from flask import Response
from flask_restx import Api, Resource

from modelyard.serving.metrics import Metrics

_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def resource(api: Api, metrics: Metrics) -> type[Resource]:
    """The route."""

    class Scrape(Resource):
        @api.response(200, "Counters, gauges and histograms in Prometheus' text format 0.0.4.")
        @api.doc("metrics", produces=["text/plain"])
        def get(self) -> Response:
            """What is counted and timed."""
            return Response(metrics.text(), content_type=_TYPE)

    return Scrape
