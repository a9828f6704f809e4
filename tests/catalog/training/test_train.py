"""`modelyard train` makes an asset's weights once, says how good they are, and writes them where they belong."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import uuid
from collections.abc import Callable
from pathlib import Path

import PIL.Image
import pytest
from tests.catalog.registry.servers import RealRegistry, free_address
from tests.catalog.training.conftest import Yard

from modelyard.catalog.building.fetching import fetch_all
from modelyard.catalog.training.ingredients import Brought
from modelyard.errors import ModelyardError

pytestmark = pytest.mark.engine


@pytest.fixture
def yard(make: Callable[[str], Yard], real: RealRegistry) -> Yard:
    return make(f"{real.address}/test-{uuid.uuid4().hex[:8]}")


def trained(yard: Yard) -> dict[str, str]:
    return json.loads((yard.folder / "trained/words.json").read_text())


def test_the_asset_s_folder_gets_the_weights_a_report_and_a_picture_of_the_curves(yard: Yard) -> None:
    done = yard.trainer.train(yard.asset)

    assert done.anew
    assert done.report.metrics == {"accuracy": 1.0}
    assert [sorted(epoch) for epoch in done.report.epochs] == [["accuracy", "loss", "val_loss"]] * 3
    written = json.loads((yard.folder / "trained/report.json").read_text())
    assert written == done.report.model_dump(mode="json")
    picture = PIL.Image.open(io.BytesIO((yard.folder / "trained/curves.png").read_bytes()))
    assert picture.width > picture.height > 200
    assert len(picture.convert("RGB").getcolors(100_000) or []) > 4


def test_asset_yaml_names_what_was_made_and_keeps_its_comments(yard: Yard) -> None:
    before = (yard.folder / "asset.yaml").read_text()

    report = yard.trainer.train(yard.asset).report

    weights = (yard.folder / "trained/words.json").read_bytes()
    (declared,) = yard.asset.weights
    assert declared.source == f"train:good@{report.key}"
    assert declared.sha256 == hashlib.sha256(weights).hexdigest()
    after = (yard.folder / "asset.yaml").read_text()
    assert after == before.replace("train:good@untrained", declared.source).replace("f" * 64, declared.sha256)


def test_what_the_registry_has_is_not_trained_again_on_another_machine(yard: Yard) -> None:
    first = yard.trainer.train(yard.asset).report
    manifest = (yard.folder / "asset.yaml").read_text()
    for file in (yard.folder / "trained").iterdir():
        file.unlink()
    yard.edit("asset.yaml", first.key, "untrained")

    second = yard.trainer.train(yard.asset)

    assert not second.anew
    assert second.report == first
    assert trained(yard)
    assert (yard.folder / "asset.yaml").read_text() == manifest


def test_the_command_says_that_it_was_trained_already(yard: Yard) -> None:
    first = yard.modelyard("train", "good", "--local")
    second = yard.modelyard("train", "good", "--local")

    assert first.exit_code == second.exit_code == 0, first.output + second.output
    assert first.stdout.startswith("good: accuracy 1 (3 epochs, ")
    assert "wrote asset.yaml: words.json from train:good@" in first.stdout
    assert second.stdout.startswith("good: trained already, the registry has ")
    assert "wrote" not in second.stdout


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("train.py", "range(3)", "range(2)"),
        ("words.py", ".lower()", ""),
        ("asset.yaml", "seed: 7", "seed: 8"),
        ("labels.txt", "rude\nkind", "kind\nrude"),
    ],
)
def test_other_code_seed_or_labels_are_another_training(yard: Yard, file: str, before: str, after: str) -> None:
    first = yard.trainer.train(yard.asset)
    yard.edit(file, before, after)

    second = yard.trainer.train(yard.asset)

    assert second.anew
    assert second.report.key != first.report.key


def test_what_only_the_pipeline_and_the_card_say_is_no_other_training(yard: Yard) -> None:
    yard.trainer.train(yard.asset)
    yard.edit("pipeline.py", "class Good", "# A comment.\n\n\nclass Good")
    yard.edit("asset.yaml", "limits: None.", "limits: Many.")

    assert not yard.trainer.train(yard.asset).anew


def test_training_twice_gives_the_same_figures(yard: Yard) -> None:
    first = yard.trainer.train(yard.asset).report
    second = yard.trainer.train(yard.asset, again=True)

    assert second.anew
    assert second.report.metrics == first.metrics
    assert second.report.files == first.files


def test_a_training_that_gives_other_figures_the_second_time_is_refused(yard: Yard) -> None:
    yard.edit("train.py", "right / len(held_out)", "0.9 + random.SystemRandom().random() / 100")
    yard.edit("asset.yaml", "tolerance: 0.01", "tolerance: 0.0")
    yard.trainer.train(yard.asset)
    kept = {file.name: file.read_bytes() for file in (yard.folder / "trained").iterdir()}

    with pytest.raises(ModelyardError, match="and the same training gave 0.9.* before: they may be 0 apart"):
        yard.trainer.train(yard.asset, again=True)

    assert {file.name: file.read_bytes() for file in (yard.folder / "trained").iterdir()} == kept


def test_weights_that_miss_a_figure_are_kept_nowhere(yard: Yard) -> None:
    yard.edit("train.py", "right / len(held_out)", "0.5")

    with pytest.raises(ModelyardError, match=r"^good: accuracy is 0\.5, and must be 0\.9 at least$"):
        yard.trainer.train(yard.asset)

    assert not (yard.folder / "trained").exists()
    assert "untrained" in (yard.folder / "asset.yaml").read_text()
    assert yard.registry.tags("trained/good") == []


def test_a_build_gets_the_weights_from_the_registry_or_else_from_the_folder(yard: Yard) -> None:
    yard.trainer.train(yard.asset)
    content = (yard.folder / "trained/words.json").read_bytes()

    def fetched() -> bytes:
        local = yard.trainer.local
        for blob in local.cache.root.glob("*/*"):
            blob.rename(yard.root / uuid.uuid4().hex)
        return fetch_all(yard.workspace, local.cache, yard.asset, local.progress)["words.json"].read_bytes()

    (yard.folder / "trained/words.json").unlink()
    assert fetched() == content
    (yard.folder / "trained/words.json").write_bytes(content)
    yard.edit("asset.yaml", "train:good@", "train:other@")
    assert fetched() == content


def test_without_a_registry_the_weights_are_in_the_folder_alone(make: Callable[[str], Yard]) -> None:
    yard = make(f"{free_address()}/nobody")

    done = yard.trainer.train(yard.asset)

    assert done.anew
    assert trained(yard)


def test_reviewed_feedback_is_learned_from_besides(yard: Yard, tmp_path: Path) -> None:
    sent = base64.b64encode(b"blockhead").decode()
    lines = [{"timestamp": "2026-01-01T00:00:00Z", "id": "1", "model": "good", "input": sent, "expected": "rude"}] * 30
    feedback = tmp_path / "feedback.jsonl"
    feedback.write_text("".join(json.dumps(line) + "\n" for line in lines))

    plain = yard.trainer.train(yard.asset).report
    assert "blockhead" not in trained(yard)
    taught = yard.trainer.train(yard.asset, Brought(feedback=feedback)).report

    assert taught.key != plain.key
    assert trained(yard)["blockhead"][0] > 0


def test_the_labels_follow_the_data_that_somebody_brings(yard: Yard, tmp_path: Path) -> None:
    own = tmp_path / "animals"
    for label, text in (("cat", "meow purr"), ("dog", "bark woof"), ("rude", "fool")):
        (own / label).mkdir(parents=True)
        for number in range(20):
            (own / label / f"{number}.txt").write_text(text)

    done = yard.trainer.train(yard.asset, Brought(own=own))

    assert done.report.labels == ["rude", "cat", "dog"]
    assert (yard.folder / "labels.txt").read_text() == "rude\ncat\ndog\n"
    assert set(trained(yard)) == {"meow", "purr", "bark", "woof", "fool"}
    assert any("labels.txt" in line for line in done.said)
    assert not yard.trainer.train(yard.asset, Brought(own=own)).anew


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("examples = tr", "raise OSError('a\\nb')\n    _ = tr", r"train\.py line 10: OSError: a b"),
        ("training.finish(accuracy=right / len(held_out))", "pass", r"train\.py didn't call training\.finish"),
        ("right / len(held_out)", "float('nan')", "good: accuracy is no number"),
        ("accuracy=right", "precision=right", r"the training tells no 'accuracy'"),
        ('"words.json").write', '"others.json").write', r"wrote others\.json to its output, and .* are words\.json"),
        ("import random", "import random, nothing_of_that_name", "ModuleNotFoundError: No module named"),
        ("def train(", "def train(:", "it is no Python"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_train_py_is_told_in_one_line(yard: Yard, before: str, after: str, said: str) -> None:
    yard.edit("train.py", before, after)

    with pytest.raises(ModelyardError, match=said) as caught:
        yard.trainer.train(yard.asset)

    assert "\n" not in str(caught.value)
    assert not (yard.folder / "trained").exists()


def test_an_asset_with_somebody_else_s_weights_has_nothing_to_train(yard: Yard) -> None:
    manifest = (yard.folder / "asset.yaml").read_text()
    start, end = manifest.index("training:"), manifest.index("samples:")
    (yard.folder / "asset.yaml").write_text(manifest[:start] + manifest[end:])

    done = yard.modelyard("train", "good", "--local")

    assert done.exit_code == 1
    assert "declares no `training`" in str(done.exception)
