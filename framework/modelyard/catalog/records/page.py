"""A report as a page: one file, which any browser shows and prints, without asking anybody for anything."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

from modelyard.catalog.ingredients import summary

if TYPE_CHECKING:
    from modelyard.catalog.records.quality import Figure
    from modelyard.catalog.records.report import Report

_TEMPLATE = "report.html.jinja"


def html(report: Report) -> str:
    """The page of a report; whatever a contributor or a model wrote stands in it as text."""
    return _template().render(report=report, causes=summary(report.cause))


@functools.cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["figure"] = _figure
    return environment.get_template(_TEMPLATE)


def _figure(figure: Figure | None) -> str:
    return "" if figure is None else figure.to_text()
