"""From a map that says how likely each pixel is text to a rectangle around each line.

It follows `DBPostProcess` in `ch_ppocr_det/utils.py` of rapidocr 3.10.0 (Liao et al., "Real-time Scene Text Detection
with Differentiable Binarization", 2020), which uses OpenCV and Clipper. Here its steps stand in NumPy: parts that hang
together are found among runs of pixels, a rectangle is grown by moving its edges, and the mean of the map in it comes
from sums along the rows. Holes in a part give no rectangle of their own, because the map is not text in them.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

TEXT = 0.3
"""A pixel that is text is likelier than this."""
LIKELY = 0.5
"""So is the mean of a line."""
GROWN = 1.6
"""The network marks lines thinner than they are; by this times area / perimeter each edge moves out."""
THINNEST = 3
MOST = 1_000
"""Lines of one picture that are looked at."""

Points = NDArray[np.float64]


def lines(likely: NDArray[np.float32]) -> list[Points]:
    """The rectangles around the lines of text.

    Args:
        likely: [height, width], how likely each pixel is text.

    Returns:
        float64 [4, 2] each, x and y of the corners in the map's pixels: top left, top right, bottom right, bottom left.
    """
    sums = np.zeros((likely.shape[0], likely.shape[1] + 1))
    np.cumsum(likely, axis=1, dtype=np.float64, out=sums[:, 1:])
    found = []
    for number, outline in enumerate(parts(widened(likely > TEXT))):
        if number == MOST:
            break
        along, across = smallest(hull(outline))
        sides = np.array([np.ptp(along[1]), np.ptp(across[1])])
        if sides.min() < THINNEST or mean_inside(sums, ordered(corners(along, across))) < LIKELY:
            continue
        distance = sides.prod() * GROWN / (2 * sides.sum())
        if sides.min() + 2 * distance < THINNEST + 2:
            continue
        grown = [(axis, (ends[0] - distance, ends[1] + distance)) for axis, ends in (along, across)]
        found.append(ordered(corners(*grown)))
    return found


def widened(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Each pixel set that is, or whose neighbour to the left, above or both is."""
    wide = mask.copy()
    wide[:, 1:] |= mask[:, :-1]
    tall = wide.copy()
    tall[1:] |= wide[:-1]
    return tall


def parts(mask: NDArray[np.bool_]) -> Iterator[NDArray[np.int64]]:
    """The outermost pixels of each part that hangs together, sideways or at corners.

    Runs of pixels are joined with those that they touch in the row above.

    Args:
        mask: [height, width].

    Yields:
        int64 [points, 2], x and y of the first and last pixel of each of its rows, in the order of its rows.
    """
    width = mask.shape[1]
    edges = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1]
    if not len(rows):
        return
    # Rows one after another, with room between them, so that runs of all rows are sorted by one number.
    stride = width + 2
    above = (rows - 1) * stride
    first = np.searchsorted(rows * stride + ends, above + starts, "left")
    last = np.searchsorted(rows * stride + starts, above + ends, "right")
    touched = np.maximum(last - first, 0)
    lower = np.repeat(np.arange(len(rows)), touched)
    upper = np.arange(touched.sum()) - np.repeat(np.cumsum(touched) - touched, touched) + np.repeat(first, touched)
    group = grouped(len(rows), lower, upper)
    order = np.lexsort((rows, group))
    rows, starts, ends, group = rows[order], starts[order], ends[order], group[order]
    new_row = np.flatnonzero(np.diff(rows, prepend=-1) | np.diff(group, prepend=-1))
    left, right = np.minimum.reduceat(starts, new_row), np.maximum.reduceat(ends, new_row) - 1
    points = np.stack([np.stack([left, right], 1), np.stack([rows[new_row]] * 2, 1)], 2)
    for part in np.split(points, np.flatnonzero(np.diff(group[new_row])) + 1):
        yield part.reshape(-1, 2)


def grouped(count: int, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each of so many things the lowest number in its group, where pairs are of one group."""
    group = np.arange(count)
    while True:
        low = np.minimum(group[first], group[second])
        joined = group.copy()
        np.minimum.at(joined, group[first], low)
        np.minimum.at(joined, group[second], low)
        while not np.array_equal(shorter := joined[joined], joined):
            joined = shorter
        if np.array_equal(joined, group):
            return group
        group = joined


def hull(outline: NDArray[np.int64]) -> Points:
    """The corners of the convex hull (Andrew's monotone chain); points come sorted by y, then x."""

    def chain(points: list[list[int]]) -> list[list[int]]:
        kept: list[list[int]] = []
        for x, y in points:
            while len(kept) > 1:
                (ax, ay), (bx, by) = kept[-2:]
                if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                    break
                kept.pop()
            kept.append([x, y])
        return kept

    points = outline.tolist()
    return np.array(chain(points)[:-1] + chain(points[::-1])[:-1] or points[:1], np.float64)


Extent = tuple[NDArray[np.float64], tuple[float, float]]
"""A direction, and where along it a rectangle begins and ends."""


def smallest(hull: Points) -> tuple[Extent, Extent]:
    """The rectangle of the smallest area around points: one of its edges lies on an edge of their hull."""
    edges = np.roll(hull, -1, axis=0) - hull
    lengths = np.hypot(*edges.T)
    if not (lengths > 0).any():
        x, y = hull[0]
        return (np.array([1.0, 0.0]), (x, x)), (np.array([0.0, 1.0]), (y, y))
    along = edges[lengths > 0] / lengths[lengths > 0, np.newaxis]
    across = along[:, ::-1] * [-1, 1]
    spans = [(places.min(axis=0), places.max(axis=0)) for places in (hull @ along.T, hull @ across.T)]
    areas = np.prod([end - begin for begin, end in spans], axis=0)
    best = int(np.argmin(areas))
    (a, b), (c, d) = ((float(begin[best]), float(end[best])) for begin, end in spans)
    return (along[best], (a, b)), (across[best], (c, d))


def corners(along: Extent, across: Extent) -> Points:
    """The four corners, one after another."""
    (u, (a, b)), (v, (c, d)) = along, across
    return np.array([a * u + c * v, b * u + c * v, b * u + d * v, a * u + d * v])


def ordered(box: Points) -> Points:
    """The corners from the top left one on, clockwise: top and bottom of the two to the left, and of the others."""
    left, right = np.split(box[np.argsort(box[:, 0], kind="stable")], 2)
    top_left, bottom_left = left[np.argsort(left[:, 1], kind="stable")]
    top_right, bottom_right = right[np.argsort(right[:, 1], kind="stable")]
    return np.array([top_left, top_right, bottom_right, bottom_left])


def mean_inside(sums: NDArray[np.float64], box: Points) -> float:
    """The mean of a map inside a rectangle.

    Args:
        sums: [height, width + 1], sums along the rows of the map.
        box: Its corners, one after another.
    """
    height, width = sums.shape[0], sums.shape[1] - 1
    x, y = np.trunc(box).T
    rows = np.arange(max(0, int(y.min())), min(height - 1, int(y.max())) + 1)
    left, right = np.full(len(rows), np.inf), np.full(len(rows), -np.inf)
    for ax, ay, bx, by in zip(x, y, np.roll(x, -1), np.roll(y, -1), strict=True):
        crossed = (rows >= min(ay, by)) & (rows <= max(ay, by))
        if ay == by:
            least, most = min(ax, bx), max(ax, bx)
        else:
            least = most = ax + (rows[crossed] - ay) * (bx - ax) / (by - ay)
        left[crossed] = np.minimum(left[crossed], least)
        right[crossed] = np.maximum(right[crossed], most)
    inside = left <= right
    rows = rows[inside]
    begin = np.clip(np.round(left[inside]), 0, width - 1).astype(int)
    end = np.clip(np.round(right[inside]), 0, width - 1).astype(int) + 1
    pixels = float((end - begin).sum())
    return float((sums[rows, end] - sums[rows, begin]).sum()) / pixels if pixels else 0.0
