"""A figure over versions: lines for a terminal, a picture for a page."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from modelyard.catalog.records import plot
from modelyard.catalog.records.plot import Point

POINTS = [
    Point("1.0.0", 0.80, 0.75, 0.85, "first of its line; first"),
    Point("1.1.0", 0.70, 0.65, 0.75, "blocked; code", good=False),
    Point("1.2.0", 0.90, 0.90, 0.90, "passed; <weights>"),
]


def test_a_line_shows_the_figure_between_the_ends_of_its_interval() -> None:
    first, second, third, axis = plot.text(POINTS).splitlines()
    assert first.index("├") < first.index("●") < first.index("┤")
    assert "○" in second
    assert second.index("┤") <= first.index("●")
    assert "├" not in third
    assert third.endswith("0.9000  passed; <weights>")
    assert axis.split() == ["0.6375", "0.9125"]


def test_the_picture_is_well_formed_and_says_what_it_shows() -> None:
    picture = ElementTree.fromstring(plot.svg(POINTS, "moods: accuracy & more"))
    space = "{http://www.w3.org/2000/svg}"
    assert picture.find(f"{space}title").text == "moods: accuracy & more"  # type: ignore[union-attr]
    circles = picture.findall(f"{space}circle")
    assert [circle.get("fill") for circle in circles] == ["currentColor", "none", "currentColor"]
    across = [float(circle.get("cx", "")) for circle in circles]
    assert across[1] < across[0] < across[2]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(0, 1e3), st.floats(0, 1e3)), min_size=1, max_size=6))
def test_whatever_the_figures_are_every_point_is_drawn_within_the_frame(
    values: list[tuple[float, float, float]],
) -> None:
    points = [Point(f"v{at}", value, value - low, value + high) for at, (value, low, high) in enumerate(values)]
    lines = plot.text(points).splitlines()
    assert len(lines) == len(points) + 1
    assert all("●" in line for line in lines[:-1])
    picture = ElementTree.fromstring(plot.svg(points, "any"))
    _, _, width, _ = map(float, picture.get("viewBox", "").split())
    assert all(0 <= float(one.get("cx", "")) <= width for one in picture.iter("{http://www.w3.org/2000/svg}circle"))
