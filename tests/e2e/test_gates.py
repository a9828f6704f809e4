"""Gates: a model that answers worse than it must, or than the published one, is not published."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import pytest

from modelyard.catalog.records import evidence
from modelyard.catalog.registry import Registry
from tests.e2e.conftest import Catalog
from tests.e2e.tiny import TINY, tiny_catalog

pytestmark = pytest.mark.engine

# Grey squares on black or brown: half of them clearly bright, and some barely, where a bolder rule goes wrong first.
EVALUATION = """
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import PIL.Image

from modelyard.catalog.evaluation.item import Item

def items(data: Path) -> Iterator[Item]:
    for number in range(40):
        faint = number % 4 == 0
        truth = np.zeros((16, 16), np.uint8)
        truth[2 : 6 + number % 8, 3:12] = 1
        picture = np.where(truth[..., None] > 0, 140 if faint else 220, (20, 10, 0)).astype(np.uint8)
        file = io.BytesIO()
        PIL.Image.fromarray(picture).save(file, "PNG")
        yield Item(f"square {number}", file.getvalue(), truth, slices={"light": "faint" if faint else "clear"})
"""

DECLARED = """
evaluation:
  origin: Squares that were drawn
  metrics:
    mean_iou: { min: 0.5, max_drop: 0.05 }
    pixel_accuracy: { max_drop: 0.5 }
  slices:
    light: { origin: Drawn so, min_n: 10, max_drop: { mean_iou: 0.1 }, max_gap: { mean_iou: 0.6 } }
  robustness: { metric: mean_iou, n: 6, leave_out: [rotation], max_drop: 0.3 }
"""


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """A catalog whose one model is published, with its figures."""
    found = tiny_catalog(tmp_path_factory.mktemp("gates"))
    folder = found.root / "assets" / TINY
    manifest = folder / "asset.yaml"
    manifest.write_text(manifest.read_text("utf-8").replace("card:\n", f"{DECLARED}card:\n"), "utf-8")
    (folder / "evaluation.py").write_text(textwrap.dedent(EVALUATION), "utf-8")
    done = found.modelyard("release")
    assert done.returncode == 0, done.stderr
    assert f"{TINY} 1.0.0 (cpu): first of its line" in done.stderr
    assert "quality mean_iou: 1.0000 (1.0000 to 1.0000) over 40 items; at least 0.5; first of its line" in done.stderr
    return found


def edit(catalog: Catalog, before: str, after: str) -> None:
    path = catalog.root / "assets" / TINY / "pipeline.py"
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")


@pytest.fixture(autouse=True)
def _as_it_was(catalog: Catalog) -> object:
    files = {path: path.read_bytes() for path in (catalog.root / "assets" / TINY).glob("*.*")}
    yield
    for path, content in files.items():
        path.write_bytes(content)


def newest(catalog: Catalog) -> str:
    image = Registry(catalog.prefix).manifest(TINY, "latest")
    assert image is not None
    return image.digest


def test_the_figures_stand_beside_the_published_image(catalog: Catalog) -> None:
    registry = Registry(catalog.prefix)
    image = registry.manifest(TINY, "latest")
    assert image is not None
    found = evidence.evaluated(registry, TINY, image)
    assert found is not None
    assert (found.n, found.metrics["mean_iou"].value) == (40, 1.0)
    assert {part: measured.n for part, measured in found.slices["light"].items()} == {"clear": 30, "faint": 10}
    report = evidence.read(registry, TINY, image)
    assert report is not None
    assert report.verdict == "first of its line"


def test_a_change_that_answers_the_samples_and_loses_labelled_items_is_blocked(catalog: Catalog) -> None:
    before = newest(catalog)
    edit(catalog, ">= self.least", ">= self.least + 20")

    done = catalog.modelyard("release")

    assert done.returncode == 1
    assert "ok     sample half.png" in done.stderr
    assert "FAILED quality mean_iou" in done.stderr
    assert "worse than the published image" in done.stderr
    assert "FAILED mean_iou by light: faint" in done.stderr
    assert "ok     quality pixel_accuracy" in done.stderr, "what a metric may lose is its own"
    assert "ok     robust to jpeg" in done.stderr
    assert newest(catalog) == before


def test_a_change_that_answers_as_before_is_published(catalog: Catalog) -> None:
    before = newest(catalog)
    edit(catalog, '"""Change 0."""', '"""Tidier."""')

    done = catalog.modelyard("release")

    assert done.returncode == 0, done.stderr
    assert f"{TINY} 1.0.0 (cpu): passed" in done.stderr
    assert "as the published image (at most 0.05 worse, 95 % confidence, n = 40)" in done.stderr
    assert newest(catalog) != before


def test_a_waiver_publishes_one_image_until_a_day_and_says_so_everywhere(catalog: Catalog) -> None:
    before = newest(catalog)
    edit(catalog, ">= self.least", ">= self.least + 21")
    blocked = catalog.modelyard("release")
    (image,) = json.loads(catalog.modelyard("plan", "--json").stdout)["images"]
    waivers = catalog.root / "waivers.yaml"

    def waive(expires: str) -> None:
        names = ("quality mean_iou", "mean_iou by light", "gap by light", "robust to noise", "robust to scale")
        common = f"asset: {TINY}, key: '{image['key']}', reason: only faint ones, expires: {expires}"
        entries = [f"  - {{{common}, check: {name}}}\n" for name in names]
        waivers.write_text(f"waivers:\n{''.join(entries)}", "utf-8")

    waive("2020-01-01")
    expired = catalog.modelyard("release")
    assert newest(catalog) == before
    waive("2999-12-31")
    try:
        done = catalog.modelyard("release")
    finally:
        waivers.unlink()

    assert blocked.returncode == expired.returncode == 1
    assert f"name the key {image['key']}, the check and a reason in waivers.yaml" in blocked.stderr
    assert "in quarantine" in expired.stderr
    assert done.returncode == 0, done.stderr
    assert f"{TINY} 1.0.0 (cpu): waived" in done.stderr
    assert "waived quality mean_iou" in done.stderr
    assert newest(catalog) != before
    (last, *_) = json.loads(catalog.modelyard("history", TINY, "--json").stdout)["images"]
    assert last["verdict"] == "waived"
    catalog.modelyard("rollback", TINY, "--reason", "the other tests go on from there")


def test_another_bar_is_a_change_of_data_and_is_held_at_once(catalog: Catalog) -> None:
    manifest = catalog.root / "assets" / TINY / "asset.yaml"
    manifest.write_text(manifest.read_text("utf-8").replace("max_gap: { mean_iou: 0.6 }", "max_gap: { mean_iou: 0.5 }"))

    planned = catalog.modelyard("plan")

    assert "data: asset.yaml evaluation changed" in planned.stdout


def test_an_evaluation_that_can_t_be_loaded_blocks_and_says_where(catalog: Catalog) -> None:
    before = newest(catalog)
    (catalog.root / "assets" / TINY / "evaluation.py").write_text("def items(data):\n    return 1 / 0\n", "utf-8")

    done = catalog.modelyard("release")

    assert done.returncode == 1
    assert "items raised ZeroDivisionError('division by zero') at evaluation.py:2" in done.stderr
    assert "Traceback" not in done.stderr
    assert newest(catalog) == before


def test_what_was_answered_is_kept_and_a_candidate_is_told_beside_it(catalog: Catalog) -> None:
    kept = catalog.modelyard("evaluate", TINY, "--mistakes", "2")
    edit(catalog, ">= self.least", ">= self.least + 22")
    asked = catalog.modelyard("evaluate", TINY)
    again = catalog.modelyard("evaluate", TINY)

    assert "as it answered when it was published" in kept.stdout
    assert "answered worst:" in kept.stdout
    assert "evaluate bright" not in kept.stderr, "nothing is asked for what is known"
    assert "against the published image, n = 40" in asked.stdout
    assert "the published image: p50" in asked.stdout, "both are timed in the same run"
    assert "as it answered here before" in again.stdout


def test_reports_of_what_passed_and_what_was_blocked_hold_figures_and_can_be_read_and_compared(
    catalog: Catalog, tmp_path: Path
) -> None:
    edit(catalog, ">= self.least", ">= self.least + 23")
    catalog.modelyard("release")
    page = tmp_path / "report.html"

    shown = catalog.modelyard("report", TINY, "--output", str(page))
    blocked = catalog.modelyard("report", TINY, "--blocked", "--format", "markdown")
    drawn = catalog.modelyard("history", TINY, "--metric", "mean_iou", "--output", str(tmp_path / "iou.svg"))
    compared = catalog.modelyard("compare", TINY, f"{TINY}:1.0.0-cpu")

    assert shown.returncode == 0, shown.stderr
    assert "<h2>Quality</h2>" in page.read_text("utf-8")
    assert "blocked" in blocked.stdout
    assert "| mean_iou | " in blocked.stdout
    assert "●" in drawn.stdout
    assert "○" in drawn.stdout
    assert (tmp_path / "iou.svg").read_text("utf-8").startswith("<svg")
    assert "mean_iou" in compared.stdout
    assert "n = 40" in compared.stdout
