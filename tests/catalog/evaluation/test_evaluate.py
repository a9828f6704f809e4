"""`modelyard evaluate`: the figures, the parts, and what a model refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from threading import Lock

import pytest

from modelyard.catalog.evaluation import evaluate, labelled, measures, telling
from modelyard.catalog.evaluation.evaluate import Held
from modelyard.catalog.evaluation.item import Item
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset

TEXTS = [
    ("good", "positive", "movies"),
    ("bad", "negative", "movies"),
    ("fine", "positive", "news"),
    ("so", "negative", "news"),
]


def items() -> Iterator[Item]:
    for text, label, source in TEXTS:
        yield Item(text, text.encode(), label, {"loud": True}, {"source": source})


def held() -> Held:
    return Held("d" * 64, items())


def answer(data: bytes, parameters: Mapping[str, str]) -> tuple[int, bytes]:
    """Takes every text for a kind one, but for the bad one."""
    share = 0.1 if data == b"bad" else 0.9
    classes = {"positive": share, "negative": 1 - share}
    best_first = dict(sorted(classes.items(), key=lambda one: -one[1]))
    return 200, json.dumps({"status": "ok", "predictions": [best_first]}).encode()


def test_the_figures_of_the_task_are_told_over_all_items_and_over_each_part(asset: Asset) -> None:
    found = evaluate.evaluate(asset, held(), answer, 2)
    assert (found.n, found.metrics["accuracy"].value) == (4, 0.75)
    by_source = found.slices["source"]
    assert {name: (part.n, part.metrics["accuracy"].value) for name, part in by_source.items()} == {
        "movies": (2, 1.0),
        "news": (2, 0.5),
    }
    text = telling.to_text(found, {"accuracy": 0.8})
    assert "4 items" in text
    assert "the card says 0.8" in text
    assert "news, 2: accuracy 0.5000" in text


def test_parameters_travel_as_a_client_writes_them(asset: Asset) -> None:
    sent: list[Mapping[str, str]] = []
    lock = Lock()

    def noting(data: bytes, parameters: Mapping[str, str]) -> tuple[int, bytes]:
        with lock:
            sent.append(parameters)
        return answer(data, parameters)

    evaluate.evaluate(asset, held(), noting, 2)
    assert sent == [{"loud": "true"}] * 4


def test_an_item_that_is_refused_is_named_with_the_reason_and_counts_in_no_figure(asset: Asset) -> None:
    def refusing(data: bytes, parameters: Mapping[str, str]) -> tuple[int, bytes]:
        return (400, b'{"status": "error", "message": "too short"}') if data == b"so" else answer(data, parameters)

    found = evaluate.evaluate(asset, held(), refusing, 2)
    assert found.refused == {"so": "400 too short"}
    assert (found.n, found.metrics["accuracy"].value) == (3, 1.0)
    assert "refused so: 400 too short" in telling.to_text(found, {})


def test_a_model_that_answers_nothing_has_no_figures(asset: Asset) -> None:
    with pytest.raises(ModelyardError, match="answers none of 4 labelled items; good: 500"):
        evaluate.evaluate(asset, held(), lambda data, parameters: (500, b"?"), 2)


def test_what_is_said_while_it_goes_on_is_how_many_are_done_and_of_how_many(asset: Asset) -> None:
    told: list[tuple[int, int | None]] = []
    evaluate.evaluate(asset, Held("d" * 64, items(), expected=4), answer, 1, lambda *counts: told.append(counts))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_task_without_metrics_says_which_have_some() -> None:
    with pytest.raises(ModelyardError, match="no file of metrics for the task 'text-classificatoin': did you mean"):
        measures.of("text-classificatoin")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("def items(data): yield from ()", "items gives none"),
        ("def items(data): yield 'a'", "items gives str, and not Item"),
        ("def items(data):\n    yield Item('a', b'', 1)\n    yield Item('a', b'', 2)", "two items are called 'a'"),
        ("def items(data):\n    yield Item('a', b'', 1)\n    1 / 0", r"raised ZeroDivisionError.* at evaluation.py:4"),
        ("def items(data): return 1 / 0", r"raised ZeroDivisionError.* at evaluation.py:2"),
        ("import nothing_of_this_name", "can't be loaded: ModuleNotFoundError"),
        ("ITEMS = []", "has no function `items"),
    ],
)
def test_code_that_gives_no_items_is_told_in_one_line(workspace: Workspace, asset: Asset, code: str, said: str) -> None:
    (workspace.folder("sentiment") / "evaluation.py").write_text(
        f"from modelyard.catalog.evaluation.item import Item\n{code}\n"
    )
    with pytest.raises(ModelyardError, match=f"assets/sentiment/evaluation.py.*{said}"):
        list(labelled.items(workspace, asset, {}))


def test_an_asset_without_labelled_data_says_why(workspace: Workspace, asset: Asset) -> None:
    (workspace.folder("sentiment") / "evaluation.py").unlink(missing_ok=True)
    with pytest.raises(ModelyardError, match="evaluation.py is missing"):
        labelled.items(workspace, asset, {})
    unmeasured = asset.model_copy(
        update={"evaluation": None, "card": asset.card.model_copy(update={"unmeasured": "nobody labelled any"})}
    )
    with pytest.raises(ModelyardError, match="no labelled data: nobody labelled any"):
        labelled.items(workspace, unmeasured, {})


def test_data_that_is_made_needs_no_files(workspace: Workspace, asset: Asset) -> None:
    (workspace.folder("sentiment") / "evaluation.py").write_text(
        "from modelyard.catalog.evaluation.item import Item\n"
        "def items(data):\n"
        "    for number in range(3):\n"
        "        yield Item(f'tone {number}', b'', number)\n"
    )
    found = list(labelled.items(workspace, asset, {}))
    assert [item.truth for item in found] == [0, 1, 2]


def test_the_code_that_gives_items_may_have_dataclasses(workspace: Workspace, asset: Asset) -> None:
    (workspace.folder("sentiment") / "evaluation.py").write_text(
        "from __future__ import annotations\n"
        "from dataclasses import dataclass\n"
        "from modelyard.catalog.evaluation.item import Item\n"
        "@dataclass(frozen=True)\n"
        "class Tone:\n"
        "    pitch: float\n"
        "def items(data):\n"
        "    yield Item('tone', b'', Tone(440.0).pitch)\n"
    )
    found = list(labelled.items(workspace, asset, {}))
    assert [item.truth for item in found] == [440.0]
