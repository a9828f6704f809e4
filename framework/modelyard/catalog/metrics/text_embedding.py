"""Metrics of text embedding: are those texts' vectors near that people find alike?"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from modelyard.catalog.evaluation.metric import At, Metric, Row
from modelyard.tasks.text_embedding import TextEmbedding

METRICS = {
    "triplets": Metric("share of the triplets of a text, one that is more like it and one that is less, told right"),
    "spearman": Metric("rank correlation of the cosines with how alike the texts are (scipy's spearmanr)"),
}


@dataclass(frozen=True)
class Judged:
    """How alike a text is to others.

    Attributes:
        key: What other texts call it; no two alike.
        alike: How alike it is to others, by their keys, on any scale; none for a text that others are compared with.
    """

    key: str
    alike: Mapping[str, float]


def observe(answer: TextEmbedding, truth: Judged) -> Row:
    """What is known of one text.

    Args:
        answer: What the model said.
        truth: How alike it is to others.
    """
    # At half the precision, so that a report stays small: a cosine is right to 0.001 or so.
    vector = answer.vector / max(float(np.linalg.norm(answer.vector)), 1e-30)
    return {
        "key": truth.key,
        "alike": dict(truth.alike),
        "vector": base64.b64encode(vector.astype("<f2").tobytes()).decode(),
    }


def fault(_row: Row) -> float:
    """Nothing can be said of one item: a text alone is neither right nor wrong."""
    return float("nan")


def summarise(rows: Sequence[Row]) -> dict[str, float]:
    """The value of each metric, over those judged pairs whose texts are both among the rows; 0 where none is."""
    return prepared(rows)(np.arange(len(rows)))


def prepared(rows: Sequence[Row]) -> At:
    """The value of each metric over the rows at some places; vectors are read once."""
    vectors = np.array([np.frombuffer(base64.b64decode(row["vector"]), "<f2") for row in rows]).astype(np.float32)
    return lambda places: _summarised([rows[at] for at in places], vectors[places])


def _summarised(rows: Sequence[Row], vectors: NDArray[np.float32]) -> dict[str, float]:
    places = {row["key"]: at for at, row in enumerate(rows)}
    pairs = [
        (at, places[other], alike)
        for at, row in enumerate(rows)
        for other, alike in row["alike"].items()
        if other in places
    ]
    if not pairs:
        return dict.fromkeys(METRICS, 0.0)
    first, second = (np.array([pair[side] for pair in pairs]) for side in (0, 1))
    judged = np.array([alike for _, _, alike in pairs])
    cosines = (vectors[first] * vectors[second]).sum(axis=1)
    told = list(_triplets(first, judged, cosines))
    varied = np.ptp(cosines) > 0 and np.ptp(judged) > 0
    return {
        "triplets": float(np.mean(told)) if told else 0.0,
        "spearman": float(spearmanr(cosines, judged).statistic) if varied else 0.0,
    }


def _triplets(texts: NDArray[np.int64], judged: NDArray[np.float64], cosines: NDArray[np.float32]) -> Iterator[bool]:
    """Whether the cosines of each two pairs of one text, of which one is more alike, say so; `texts` is sorted."""
    for part in np.split(np.arange(len(texts)), np.flatnonzero(np.diff(texts)) + 1):
        more, less = np.nonzero(np.subtract.outer(judged[part], judged[part]) > 0)
        yield from cosines[part][more] > cosines[part][less]
