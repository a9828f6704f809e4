"""The site of a generated catalog: rendered from nothing and after one asset changed, what its pages weigh, its search.

Seconds are those of a clock, with the processor's behind them: beside other work the clock tells little.
"""

from __future__ import annotations

import base64
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from modelyard.catalog import labels
from modelyard.catalog.records import chronicling, gallery
from modelyard.catalog.records.chronicle import Chronicle, Layer, Told
from modelyard.catalog.records.chronicling import Kept
from modelyard.catalog.records.moves import Move
from modelyard.catalog.records.quality import Bin, Calibration, Disparity, Figure, Measured, Quality
from modelyard.catalog.records.report import Machine
from modelyard.catalog.registry import Registry
from modelyard.catalog.workspace import find
from scripts.benchmarks import _generated

_SIZES = tuple(map(int, os.environ.get("MODELYARD_BENCH_ASSETS", "200,1000").split(",")))
_VERSIONS = 10
_RUNS = 3
_PICTURE = 12_000
_GOALS = {"nothing": "≤ 20 s", "one": "≤ 2 s"}
_HOME, _ASSET = 150_000, 300_000
_KEYSTROKE = "≤ 50 ms"
_SEARCHES = ["image clasifier", "tabby cat", "apache", "brwon bear", "litert photo", "model 00417", "zzz"]
_TYPED = """(searches) => {
  const input = document.querySelector("#q"), found = [];
  for (const text of searches) for (let n = 1; n <= text.length; n += 1) {
    input.value = text.slice(0, n);
    const began = performance.now();
    input.dispatchEvent(new Event("input"));
    document.body.getBoundingClientRect();
    found.push(performance.now() - began);
  }
  return found;
}"""


def measure() -> Iterator[tuple[str, str, str]]:
    """Needs a registry on this machine; what it pushes there stays, and is used again by the next run.

    `MODELYARD_BENCH_ASSETS` says of how many assets, such as `200,1000`.
    """
    host = find(Path()).catalog.registry.partition("/")[0]
    for size in _SIZES:
        prefix = f"{host}/bench-site-{size}"
        _publish(Registry(prefix), size)
        with tempfile.TemporaryDirectory(prefix="modelyard-bench-") as name:
            folder = Path(name)
            _generated.write(folder / "catalog", size, prefix)
            yield from _rows(folder, size, Registry(prefix))


def _rows(folder: Path, size: int, registry: Registry) -> Iterator[tuple[str, str, str]]:
    goals = _GOALS if size == 1_000 else {"nothing": "", "one": ""}
    what = f"{size:,} assets with {_VERSIONS} versions each"
    yield f"modelyard site, {what}, from nothing", _said([_timed(folder, size)]), goals["nothing"]
    times = []
    for _ in range(_RUNS):
        _publish_one(registry, _VERSIONS, f"model-{random.randrange(size):05}", again=True)  # noqa: S311
        times.append(_timed(folder, 1))
    yield f"the same after one asset changed, median of {_RUNS}", _said(times), goals["one"]
    yield "the same after nothing changed", _said([_timed(folder, 0)]), ""
    site = folder / "site"
    static = sum(file.stat().st_size for file in (site / "static").glob("*.css"))
    home = (site / "index.html").stat().st_size + static + (site / "static" / "browse.js").stat().st_size
    heaviest = max(file.stat().st_size for file in (site / "models").glob("*.html")) + static
    yield "home with its styles and script, without pictures", f"{home / 1e3:.0f} KB", f"≤ {_HOME / 1e3:.0f} KB"
    found = sum((site / name).stat().st_size for name in ("static/search.js", "static/minisearch-7.2.0/minisearch.js"))
    yield "what is searched in, loaded when somebody begins", f"{found / 1e3:.0f} KB", ""
    keystrokes = _keystrokes(site)
    middle, slow = statistics.median(keystrokes), sorted(keystrokes)[int(0.95 * len(keystrokes))]
    yield "a keystroke of a search, drawn: median, 95th percentile", f"{middle:.0f} ms, {slow:.0f} ms", _KEYSTROKE
    yield "heaviest asset page with its styles", f"{heaviest / 1e3:.0f} KB", f"≤ {_ASSET / 1e3:.0f} KB"


def _said(times: list[tuple[float, float]]) -> str:
    clock, processor = (statistics.median(column) for column in zip(*times, strict=True))
    return f"{clock:.2f} s ({processor:.2f} s)"


def _keystrokes(site: Path) -> list[float]:
    """Milliseconds from each key of some searches until its results are laid out."""
    browser = subprocess.run(["scripts/browser"], capture_output=True, text=True, check=True).stdout.strip()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        page.goto((site / "index.html").absolute().as_uri())
        page.locator("#q").fill("warm")
        expect(page.locator("#found-heading")).to_contain_text("model", ignore_case=True, timeout=120_000)
        found: list[float] = page.evaluate(_TYPED, _SEARCHES)
        chromium.close()
    return found


def _timed(folder: Path, made: int) -> tuple[float, float]:
    """Seconds of a clock, and of the processor."""
    before, began = os.times(), time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "modelyard.cli", "-C", str(folder / "catalog"), "site", "--json", "--output",
         str(folder / "site")],
        env=os.environ
        | {"PYTHONPATH": str(folder / "catalog" / "framework"), "MODELYARD_CACHE": str(folder / "cache")},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    took, after = time.monotonic() - began, os.times()
    busy = after.children_user + after.children_system - before.children_user - before.children_system
    if len(json.loads(done.stdout)["made"]) != made:
        raise SystemExit(f"{made} assets should have been made anew, but: {done.stdout[-200:]}")
    return took, busy


def _publish(registry: Registry, size: int) -> None:
    """Pushes what is missing: images without layers, a gallery each, and chronicles of a real one's size."""
    there = chronicling.index(registry).last
    missing = [name for name in (f"model-{index:05}" for index in range(size)) if name not in there]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(partial(_publish_one, registry, _VERSIONS), missing))


def _publish_one(registry: Registry, versions: int, name: str, *, again: bool = False) -> None:
    chance = random.Random(f"{name} {time.time() if again else 0}")  # noqa: S311
    images = []
    for number in range(versions):
        version, key = f"1.{number}.0", f"{chance.getrandbits(128):032x}"
        tags = [f"key-{key}", f"{version}-cpu", version, *(["latest"] if number == versions - 1 else [])]
        digest = _generated.image(registry.prefix, name, tags, {labels.KEY: key, labels.NAME: name})
        images.append(_told(chance, name, digest, key, version, tags[1:]))
    newest = registry.manifest(name, images[-1].digest)
    assert newest is not None
    shown = registry.attach(name, newest, gallery.ARTIFACT_TYPE, _gallery(chance, name), created=images[-1].made)
    images[-1] = images[-1].model_copy(update={"documents": {"gallery": shown}})
    made = Chronicle(name=name, described=None, images=images[::-1], stopped=[])
    chronicling.keep(registry, Kept(f"{name}.{chronicling.stamp(registry, name)}.{versions * 5}", made))


def _told(chance: random.Random, name: str, digest: str, key: str, version: str, tags: list[str]) -> Told:
    made = f"2026-01-{int(version.split('.')[1]) + 1:02}T00:00:00+00:00"
    return Told(
        digest=digest, key=key, version=version, variant="cpu", runtime="litert", task="image-classification",
        title="Image Classifier", summary="Says which of 1,000 things a photo shows.", license="Apache-2.0", made=made,
        tags=tags, cause=["code: pipeline.py changed", "dependencies: numpy 2.4.0 became 2.4.1"], verdict="passed",
        checks=38, failed=[], measures={"image size": 257.0, "ready": 0.8, "memory": 196.0},
        quality=_quality(chance, name),
        figures={}, machine=Machine(processor="x86_64", cores=2, system="Linux"),
        moves=[Move(kind="release", to=digest, instead_of=None, version=version, variant="cpu", key=key, commit=None,
                    reason="code", made=made)],
        documents={},
        licences={f"package-{n}": "MIT" for n in range(120)} if "latest" in tags else {},
        layers=[Layer(size=chance.randrange(1_000, 50_000_000), made_by="COPY a folder in /opt") for _ in range(6)],
    )  # fmt: skip


def _quality(chance: random.Random, name: str) -> Quality:
    def figure() -> Figure:
        value = chance.random()
        return Figure(value=value, low=max(0.0, value - 0.02), high=min(1.0, value + 0.02))

    def measured(n: int) -> Measured:
        return Measured(n=n, metrics={"accuracy": figure(), "top5_accuracy": figure(), "log_loss": figure()})

    gap = Disparity(difference=figure(), ratio=figure(), best="source 1", worst="source 2")
    bins = [Bin(low=n / 10, high=n / 10 + 0.1, n=30, confidence=n / 10, accuracy=n / 10) for n in range(10)]
    return Quality(
        **measured(300).model_dump(), name=name, version="1.0.0", task="image-classification", data="0" * 32,
        origin="Made up", latency=0.01,
        slices={part: {f"{part} {n}": measured(60) for n in range(5)} for part in ("source", "size")},
        disparities={"source": {"accuracy": gap}},
        calibration=Calibration(error=figure(), brier=figure(), bins=bins),
        corrupted={f"{how} {severity}": measured(50) for how in ("noise", "blur", "jpeg") for severity in (1, 3, 5)},
    )  # fmt: skip


def _gallery(chance: random.Random, name: str) -> bytes:
    def picture() -> gallery.Picture:
        data = base64.b64encode(chance.randbytes(_PICTURE)).decode()
        return gallery.Picture(media_type="image/webp", width=480, height=320, data=data)

    shown = [
        gallery.Shown(
            name=f"{n}.jpg", parameters={}, license="CC0-1.0", origin="Made up", media_type="image/jpeg",
            said="cat 90.0 %", answer={"status": "ok"}, picture=picture(),
        )
        for n in range(3)
    ]  # fmt: skip
    return gallery.Gallery(name=name, version="1.0.0", shown=shown).model_dump_json().encode()
