"""From heat maps and part affinity fields to people: peaks, the limbs between them, who they belong to.

It follows `pafprocess.cpp` and `estimator.py` of tf-pose-estimation, as Model Asset eXchange ran them, with two things
mended: a part belongs to one person only, and a peak's place is refined below the grid. The method is that of
"Realtime Multi-Person 2D Pose Estimation using Part Affinity Fields" (https://arxiv.org/abs/1611.08050).

Places are measured in cells of the network's grid, from the left or top edge: the middle of the first cell is 0.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

COUNT = 18
"""Parts of a body; the 19th heat map is the background's."""
LIMBS = (
    (1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10), (1, 11),
    (11, 12), (12, 13), (1, 0), (0, 14), (14, 16), (0, 15), (15, 17), (2, 16), (5, 17),
)  # fmt: skip
"""The parts that a field leads from and to."""
FIELDS = (12, 20, 14, 16, 22, 24, 0, 2, 4, 6, 8, 10, 28, 30, 34, 32, 36, 18, 26)
"""Where each limb's field stands among the 38 maps: its x there, its y in the next."""
BEGINNING = 17
"""Limbs that a person may begin with. The last two, from shoulder to ear, only join."""

FINE = 4
"""Peaks are looked for on a grid so many times as fine as the network's."""
TAPS, SPREAD = 12, 5.63
"""The filter before it, in fine cells: a bell that ends after so many each way, and its standard deviation."""
LEAST_PEAK = 0.05
MOST_PEAKS = 100
"""Of one part in one picture; what lies beyond is noise, and every pair of peaks costs."""
STEPS = 10
"""Places on a limb at which the field is read."""
LEAST_ALONG, LEAST_STEPS = 0.05, 9
"""At so many of them, the field must go along the limb, so strongly."""
LONGEST = 23.0
"""Cells from which on a limb is the less believed the longer it is: half of the height that MAX served at."""
LEAST_PARTS, LEAST_CERTAINTY = 4, 0.4
"""A person has so many parts, and so much of peaks and limbs for each of them."""


@dataclass(frozen=True)
class Peaks:
    """The places where one part may be.

    Attributes:
        places: [n, 2], x and y.
        scores: [n], the heat there.
    """

    places: Floats
    scores: Floats


@dataclass
class Body:
    """One person.

    Attributes:
        parts: The place in its part's peaks, by part.
        certainty: Scores of all peaks and limbs, added up.
    """

    parts: dict[int, int] = field(default_factory=dict)
    certainty: float = 0.0


def peaks(heat: Floats) -> list[Peaks]:
    """Where each part may be, the best peaks of it.

    Args:
        heat: [height, width, 18].
    """
    maps = np.ascontiguousarray(heat.transpose(2, 0, 1))
    smooth = _smoothed(np.ascontiguousarray(_smoothed(maps).transpose(0, 2, 1)))
    # A flat view, whose border is lower than any peak: so every peak has eight neighbours, at fixed distances.
    flat, column = smooth.reshape(-1), smooth.shape[2]
    at = np.flatnonzero(flat > LEAST_PEAK)
    for way in (1, column - 1, column, column + 1):
        # Of equal neighbours the first one counts.
        at = at[flat[at] >= flat[at + way]]
        at = at[flat[at] > flat[at - way]]
    part, place = np.divmod(at, smooth.shape[1] * column)
    x, y = np.divmod(place, column)
    right = _beyond(flat[at - column], flat[at], flat[at + column])
    down = _beyond(flat[at - 1], flat[at], flat[at + 1])
    places = np.stack([x - 0.5 + right, y - 0.5 + down], axis=1).astype(np.float32) / FINE
    scores = maps[part, (y - 1) // FINE, (x - 1) // FINE]
    found = []
    for number in range(COUNT):
        mine = np.flatnonzero(part == number)
        mine = mine[np.argsort(-scores[mine], kind="stable")[:MOST_PEAKS]]
        found.append(Peaks(places[mine], scores[mine]))
    return found


def bodies(found: Sequence[Peaks], fields: Floats) -> list[Body]:
    """The people whose parts the peaks are.

    Args:
        found: The peaks of each part.
        fields: [height, width, 38], the part affinity fields.
    """
    people: list[Body] = []
    whose: dict[tuple[int, int], Body] = {}

    def give(person: Body, part: int, peak: int) -> None:
        person.parts[part] = peak
        person.certainty += float(found[part].scores[peak])
        whose[part, peak] = person

    for limb, (one, other) in enumerate(LIMBS):
        for first, second, score in _connections(found[one], found[other], fields, FIELDS[limb]):
            begins, ends = whose.get((one, first)), whose.get((other, second))
            person = begins or ends
            if person is None:
                if limb >= BEGINNING:
                    continue
                person = Body()
                people.append(person)
                give(person, one, first)
                give(person, other, second)
            elif begins is None or ends is None:
                part, peak = (other, second) if ends is None else (one, first)
                if part in person.parts:
                    continue
                give(person, part, peak)
            elif begins is not ends:
                assert begins is not None
                if begins.parts.keys() & ends.parts.keys():
                    continue
                begins.parts.update(ends.parts)
                begins.certainty += ends.certainty
                whose.update(dict.fromkeys(ends.parts.items(), begins))
                people = [body for body in people if body is not ends]
            else:
                # Both ends are the same person's already: as in the original, that adds nothing.
                continue
            person.certainty += score
    return [
        body
        for body in people
        if len(body.parts) >= LEAST_PARTS and body.certainty / len(body.parts) >= LEAST_CERTAINTY
    ]


def _connections(first: Peaks, second: Peaks, fields: Floats, map: int) -> list[tuple[int, int, float]]:
    """The pairs of peaks that a limb joins, each peak at most once, the best pair first."""
    way = second.places[np.newaxis] - first.places[:, np.newaxis]
    length = np.linalg.norm(way, axis=2)
    steps = np.arange(STEPS, dtype=np.float32) / STEPS
    at = first.places[:, np.newaxis, np.newaxis] + way[:, :, np.newaxis] * steps[:, np.newaxis]
    height, width, _ = fields.shape
    x = np.clip(at[..., 0].astype(np.intp), 0, width - 1)
    y = np.clip(at[..., 1].astype(np.intp), 0, height - 1)
    # Two parts may share a place, which is no limb.
    ahead = way / np.maximum(length, 1e-6)[..., np.newaxis]
    along = fields[y, x, map] * ahead[..., :1] + fields[y, x, map + 1] * ahead[..., 1:]
    score = along.mean(axis=2) + np.minimum(0, LONGEST / np.maximum(length, 1e-6) - 1)
    good = (np.sum(along > LEAST_ALONG, axis=2) >= LEAST_STEPS) & (score > 0)
    pairs = np.argwhere(good)
    taken: tuple[set[int], set[int]] = (set(), set())
    joined = []
    for one, other in pairs[np.argsort(-score[good], kind="stable")].tolist():
        if one not in taken[0] and other not in taken[1]:
            joined.append((one, other, float(score[one, other])))
            taken[0].add(one)
            taken[1].add(other)
    return joined


def _beyond(before: Floats, here: Floats, after: Floats) -> Floats:
    """How far the top of a parabola through three neighbours is from the middle one; 0 at the border."""
    bend = 2 * here - before - after
    known = (before != 0) & (after != 0) & (bend > 0)
    return np.where(known, (after - before) / np.where(known, 2 * bend, 1), 0).clip(-0.5, 0.5)


def _smoothed(maps: Floats) -> Floats:
    """Maps on the fine grid along their last axis, with zeros before and after.

    The rows are taken in pieces so small that NumPy's library multiplies each on the thread that asks: threads of its
    own, which wait for each other, cost a busy server more than the product does.

    Args:
        maps: [18, rows, cells].
    """
    count, rows, cells = maps.shape
    return (maps.reshape(rows, count, cells) @ _smoothing(cells).T).reshape(count, rows, -1)


@lru_cache(maxsize=64)
def _smoothing(cells: int) -> Floats:
    """float32 [FINE * cells + 2, cells]: what each cell adds to each fine one, between two rows of zeros."""
    fine = cells * FINE
    bell = np.exp(-0.5 * (np.arange(-TAPS, TAPS + 1) / SPREAD) ** 2)
    distance = np.abs(np.subtract.outer(np.arange(fine), np.arange(fine)))
    kernel = np.where(distance <= TAPS, bell[TAPS + np.minimum(distance, TAPS)], 0) / bell.sum()
    smoothing = np.zeros((fine + 2, cells), np.float32)
    smoothing[1:-1] = kernel.reshape(fine, cells, FINE).sum(axis=2)
    return smoothing
