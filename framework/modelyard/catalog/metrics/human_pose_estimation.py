"""Metrics of human pose estimation: COCO's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from modelyard.catalog.evaluation import precision
from modelyard.catalog.evaluation.metric import At, Metric, Row
from modelyard.tasks.human_pose_estimation import Person, Poses, matched, similarity

METRICS = {
    "ap": Metric("average precision of the people, the mean over ten object keypoint similarities of 0.5 to 0.95"),
    "ap50": Metric("average precision at an object keypoint similarity of 0.5"),
    "oks": Metric("object keypoint similarity, the mean over the people who are there; 0 for who was not found"),
    "miscount": Metric("people found too many or too few, the mean over the pictures", "lower", "people"),
}


def observe(answer: Poses, truth: Sequence[Person]) -> Row:
    """What is known of one picture.

    Args:
        answer: What the model said.
        truth: The people who are there, with the parts that are labelled; their scores mean nothing. The size of a
            person is that of the box around these parts.
    """
    found = [similarity(person, other) for person, other in matched(truth, answer.people)]
    alike = [[similarity(person, other) for other in answer.people] for person in truth]
    return {
        **precision.observe([person.score for person in answer.people], alike),
        "oks": found + [0.0] * (len(truth) - len(found)),
        "miscount": abs(len(answer.people) - len(truth)),
    }


def summarise(rows: Sequence[Row]) -> dict[str, float]:
    """The value of each metric."""
    return prepared(rows)(np.arange(len(rows)))


def prepared(rows: Sequence[Row]) -> At:
    """The value of each metric over the rows at some places."""
    precisions = precision.prepared(rows)
    near = np.array([sum(row["oks"]) for row in rows])
    people = np.array([len(row["oks"]) for row in rows])
    miscount = np.array([row["miscount"] for row in rows])

    def at(places: NDArray[np.int64]) -> dict[str, float]:
        there = people[places].sum()
        return {
            **precisions(places),
            "oks": float(near[places].sum() / there) if there else 1.0,
            "miscount": float(miscount[places].mean()),
        }

    return at
