"""How far answers move where a word was swapped: each input of a group is asked, and held to each other one.

What is looked at is the largest difference within a group, in the task's own measures. A model that hears nothing but
what was said answers all of a group alike (Kusner et al. 2017; Garg et al. 2019 on texts).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from modelyard.catalog.evaluation import bootstrap
from modelyard.catalog.evaluation.asking import Asked, ask
from modelyard.catalog.evaluation.deadline import Deadline
from modelyard.catalog.evaluation.group import Group
from modelyard.catalog.evaluation.item import Item
from modelyard.catalog.evaluation.metric import Row
from modelyard.catalog.records import evaluated
from modelyard.catalog.records.evaluated import Counterfactual
from modelyard.catalog.records.quality import Figure
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Counterfactuals
from modelyard.serving.samples import SendMany
from modelyard.tasks.task import Task


def swap(
    groups: Sequence[Group],
    declared: Mapping[str, Counterfactuals],
    task: Task[Any, Any],
    send: SendMany,
    jobs: int,
    told: Callable[[int], None],
    deadline: Deadline | None = None,
    together: int = 1,
) -> dict[str, Counterfactual]:
    """What became of each declared set.

    Args:
        groups: All groups, of all sets.
        declared: The sets, by name.
        task: What reads answers, and holds one to another.
        send: The road to the model; several threads use it.
        jobs: How many requests are under way at a time.
        told: Gets the number of the answers so far.
        deadline: When all of them must be there.
        together: How many of them one request may hold.

    Raises:
        ModelyardError: A set is compared by a measure that the task doesn't have.
        TooLong: The answers were not there in time.
    """
    for name, one in declared.items():
        if one.measure not in task.measures:
            raise ModelyardError(f"counterfactuals {name}: {task.name} measures {', '.join(task.measures)}")
    items = [
        Item(f"{group.name} [{word}]", data, None, group.parameters)
        for group in groups
        for word, data in group.inputs.items()
    ]
    asked = iter(list(ask(items, task, lambda answer, _: {"answer": answer}, send, jobs, told, deadline, together)))
    answers = [{word: next(asked) for word in group.inputs} for group in groups]
    found = {}
    for name, one in declared.items():
        some = [(group, said) for group, said in zip(groups, answers, strict=True) if group.set == name]
        found[name] = _set([_group(group, said, one.measure, task) for group, said in some], one.measure, some)
    return found


def means(rows: Sequence[Row]) -> dict[str, float]:
    """The mean over groups of how far their farthest answers are apart, in each measure."""
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]} if rows else {}


def _set(
    groups: list[evaluated.Group], measure: str, asked: Sequence[tuple[Group, Mapping[str, Asked]]]
) -> Counterfactual:
    refused = {one.name: one.refusal for _, said in asked for one in said.values() if one.row is None}
    rows = [group.apart for group in groups]
    ends = bootstrap.intervals(rows, means)
    worst = max(groups, key=lambda group: group.apart[measure])
    return Counterfactual(
        n=len(groups),
        measure=measure,
        largest=worst.apart[measure],
        means={
            name: Figure(value=value, low=ends.get(name, (None, None))[0], high=ends.get(name, (None, None))[1])
            for name, value in means(rows).items()
        },
        farthest=[worst.name, *worst.farthest],
        groups=groups,
        refused=refused,
    )


def _group(group: Group, said: Mapping[str, Asked], measure: str, task: Task[Any, Any]) -> evaluated.Group:
    answers = {word: one.row["answer"] for word, one in said.items() if one.row is not None}
    apart, farthest = dict.fromkeys(task.measures, 0.0), list(answers)[:2]
    for first, second in combinations(answers, 2):
        for name, value in task.difference(answers[first], answers[second]).items():
            if value > apart[name]:
                apart[name] = float(value)
                if name == measure:
                    farthest = [first, second]
    described = [f"{word}: {task.describe(answers[word], ())}" for word in farthest]
    return evaluated.Group(name=group.name, apart=apart, farthest=described)
