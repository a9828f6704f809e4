"""Gates: what is good enough, what is worse, and what nobody can tell."""

from __future__ import annotations

from collections.abc import Sequence

from modelyard.catalog.evaluation import changes, measures
from modelyard.catalog.evaluation.baseline import Baseline
from modelyard.catalog.evaluation.gate import judge
from modelyard.catalog.records.evaluated import Corrupted, Evaluated, Observed
from modelyard.catalog.records.quality import Figure, Measured
from modelyard.catalog.records.report import Checked
from modelyard.manifest.asset import Bar, Evaluation, Partition, Robustness

NO_BASELINE = Baseline(None)


def observed(right: Sequence[bool], part: str = "a", start: int = 0) -> list[Observed]:
    """Answers to questions whose right answers are yes and no in turns."""
    found = []
    for number, one in enumerate(right):
        truth = "yes" if number % 2 else "no"
        row = {"truth": truth, "said": truth if one else "other", "probability": 1.0}
        found.append(Observed(name=f"item {start + number}", slices={"part": part}, row=row))
    return found


def evaluated(items: list[Observed], corrupted: dict[str, list[Observed]] | None = None) -> Evaluated:
    def figures(some: Sequence[Observed]) -> dict[str, Figure]:
        values = measures.of("text-classification").summarise([one.row for one in some if one.row is not None])
        return {name: Figure(value=value) for name, value in values.items()}

    parts = sorted({one.slices["part"] for one in items})
    by_part = {part: [one for one in items if one.slices["part"] == part] for part in parts}
    return Evaluated(
        n=len(items), metrics=figures(items), name="x", version="1.0.0", task="text-classification", data="d",
        origin="Made here", latency=0.1, items=items,
        slices={"part": {part: Measured(n=len(some), metrics=figures(some)) for part, some in by_part.items()}},
        corrupted={
            key: Corrupted(n=len(some), metrics=figures(some), items=some) for key, some in (corrupted or {}).items()
        },
    )  # fmt: skip


def declared(**fields: object) -> Evaluation:
    return Evaluation.model_validate({"origin": "Made here", **fields})


def verdicts(lines: Sequence[Checked]) -> dict[str, bool]:
    return {line.name: line.passed for line in lines}


ACCURACY = {"accuracy": Bar(min=0.8, max_drop=0.02)}
GOOD = [True] * 95 + [False] * 5


def test_a_figure_below_its_floor_is_not_good_enough() -> None:
    fine, poor = (evaluated(observed([True] * right + [False] * (100 - right))) for right in (80, 79))
    assert verdicts(list(judge(fine, declared(metrics=ACCURACY), NO_BASELINE)))["quality accuracy"]
    lines = list(judge(poor, declared(metrics=ACCURACY), NO_BASELINE))
    assert not verdicts(lines)["quality accuracy"]
    assert "0.7900" in lines[1].said
    assert "at least 0.8" in lines[1].said


def test_the_first_of_its_line_is_said_to_be_compared_with_nothing() -> None:
    lines = list(judge(evaluated(observed(GOOD)), declared(metrics=ACCURACY), NO_BASELINE))
    assert "first of its line: nothing to compare with" in lines[1].said


def test_the_same_answers_pass_however_few_there_are() -> None:
    few = evaluated(observed([True] * 5 + [False]))
    lines = list(judge(few, declared(metrics=ACCURACY), Baseline(few)))
    assert all(line.passed for line in lines)
    assert "as the published image" in lines[1].said


def test_answers_that_got_worse_are_stopped_and_better_ones_are_not() -> None:
    before, after = evaluated(observed(GOOD)), evaluated(observed([True] * 85 + [False] * 15))
    assert not verdicts(list(judge(after, declared(metrics=ACCURACY), Baseline(before))))["quality accuracy"]
    assert verdicts(list(judge(before, declared(metrics=ACCURACY), Baseline(after))))["quality accuracy"]


def test_many_answers_that_moved_must_show_that_they_are_no_worse() -> None:
    """As many right as before, but others: with so few items nobody can tell that nothing was lost."""
    before = evaluated(observed([True] * 90 + [False] * 10))
    after = evaluated(observed([False] * 10 + [True] * 90))
    (line,) = [
        line for line in judge(after, declared(metrics=ACCURACY), Baseline(before)) if line.name == "quality accuracy"
    ]
    assert not line.passed
    assert line.measures["worse"] == 0
    assert line.measures["worse at most"] > 0.02


def test_one_part_that_breaks_while_the_mean_rises_is_stopped() -> None:
    before = evaluated([*observed([True] * 60, "small"), *observed([True] * 150 + [False] * 90, "large", 60)])
    after = evaluated([*observed([True] * 40 + [False] * 20, "small"), *observed([True] * 240, "large", 60)])
    assert after.metrics["accuracy"].value > before.metrics["accuracy"].value
    held = declared(
        metrics=ACCURACY, slices={"part": Partition(origin="Made here", max_drop={"accuracy": 0.1}, min_n=30)}
    )
    lines = list(judge(after, held, Baseline(before)))
    found = verdicts(lines)
    assert found["quality accuracy"]
    assert not found["accuracy by part"]
    assert "small: " in lines[-1].said
    assert "large" not in lines[-1].said


def test_parts_that_are_too_far_apart_are_stopped_and_small_ones_are_only_told() -> None:
    items = [
        *observed([True] * 40, "a"),
        *observed([True] * 20 + [False] * 20, "b", 40),
        *observed([False] * 3, "c", 80),
    ]
    held = declared(slices={"part": Partition(origin="Made here", max_gap={"accuracy": 0.2})})
    lines = list(judge(evaluated(items), held, NO_BASELINE))
    assert not lines[1].passed
    assert "from 0.5000 (b) to 1.0000 (a)" in lines[1].said
    assert "too small to be judged: c (3)" in lines[1].said


def test_a_partition_that_no_item_belongs_to_is_a_mistake() -> None:
    held = declared(slices={"colour": Partition(origin="Nobody", max_gap={"accuracy": 0.2})})
    (_, line) = judge(evaluated(observed(GOOD)), held, NO_BASELINE)
    assert not line.passed
    assert "no part has 30 items: there is none" in line.said


def test_an_item_that_got_no_answer_stops_the_image() -> None:
    refused = Observed(name="odd", slices={"part": "a"}, row=None, refusal="400 too long")
    lines = list(judge(evaluated([*observed(GOOD), refused]), declared(), NO_BASELINE))
    assert not lines[0].passed
    assert "1 of 101 labelled items got no answer: odd: 400 too long" in lines[0].said


def test_what_noise_takes_is_told_and_more_than_before_is_stopped() -> None:
    held = declared(robustness=Robustness(metric="accuracy", max_drop=0.1))
    before = evaluated(observed(GOOD), {"noise 1": observed(GOOD), "noise 2": observed([True] * 80 + [False] * 20)})
    after = evaluated(observed(GOOD), {"noise 1": observed(GOOD), "noise 2": observed([True] * 50 + [False] * 50)})
    same = list(judge(before, held, Baseline(before)))
    assert all(line.passed for line in same)
    assert "accuracy 0.9500 becomes noise 1: 0.9500" in same[-1].said
    assert round(same[-1].measures["relative drop noise 2"], 3) == round(0.15 / 0.95, 3)
    worse = list(judge(after, held, Baseline(before)))
    assert verdicts(worse)["robust to noise"] is False


def test_noise_that_makes_a_model_refuse_is_stopped() -> None:
    silent = [Observed(name="item 0", slices={"part": "a"}, row=None, refusal="400 no picture"), *observed(GOOD[:9])]
    found = evaluated(observed(GOOD))
    found = found.model_copy(
        update={"corrupted": {"noise 1": Corrupted(n=9, metrics={"accuracy": Figure(value=1.0)}, items=silent)}}
    )
    lines = list(judge(found, declared(robustness=Robustness(metric="accuracy")), NO_BASELINE))
    assert verdicts(lines)["robust to noise"] is False
    assert "with 9 of 10 answered" in lines[-1].said


def test_of_a_metric_of_which_less_is_better_more_is_worse() -> None:
    from modelyard.catalog.evaluation.metric import Metric
    from modelyard.catalog.records.quality import Changed

    worse, at_most = changes.worsening(Metric("error", "lower"), Changed(value=0.02, low=0.01, high=0.03, n=50))
    assert (worse, at_most) == (0.02, 0.03)
    worse, at_most = changes.worsening(Metric("share"), Changed(value=0.02, low=0.01, high=0.03, n=50))
    assert (worse, at_most) == (-0.02, -0.01)
