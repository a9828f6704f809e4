"""Metrics of human pose estimation: COCO's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from modelyard.catalog.evaluation import precision
from modelyard.catalog.evaluation.metric import Metric, Row
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
    near = [value for row in rows for value in row["oks"]]
    return {
        **precision.summarise(rows),
        "oks": float(np.mean(near)) if near else 1.0,
        "miscount": float(np.mean([row["miscount"] for row in rows])),
    }
