"""The catalog's site as Lighthouse judges it, on a phone and on a desktop, and what its pages weigh."""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from modelyard.catalog.site.show import Show
from scripts import node

_RUNS = int(os.environ.get("MODELYARD_BENCH_RUNS", "3"))
_GOAL = 95
_CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
_LIGHTEST = {"home": 150_000, "asset page": 300_000}
_SECONDS = 300
_FLAGS = "--headless=new --no-sandbox --disable-gpu --no-proxy-server"


def measure() -> Iterator[tuple[str, str, str]]:
    """Needs the published catalog, a Chromium (`scripts/browser` finds one) and npm; publishes nothing.

    `MODELYARD_BENCH_PAGES` names other pages, such as `status.html,docs/index.html`; `MODELYARD_BENCH_SITE` a site that
    is rendered already; `MODELYARD_BENCH_KEEP` a folder for what Lighthouse says; `MODELYARD_BENCH_RUNS` how many runs.
    """
    chromium = subprocess.run(["scripts/browser"], capture_output=True, text=True, check=True).stdout.strip()
    with tempfile.TemporaryDirectory(prefix="modelyard-bench-") as name:
        folder = Path(os.environ.get("MODELYARD_BENCH_SITE") or Path(name, "site"))
        show = replace(Show.of(Path(), folder), every=math.inf)
        if not folder.is_dir():
            show.render()
        address = _shown(show)
        for page, path in _pages(folder).items():
            for form in ("mobile", "desktop"):
                runs = [_scores(chromium, f"{address}{path}", form, Path(name)) for _ in range(_RUNS)]
                scores = [sorted(run[category] for run in runs)[_RUNS // 2] for category in _CATEGORIES]
                yield f"{page}, {form}: {', '.join(_CATEGORIES)}", ", ".join(map(str, scores)), f"≥ {_GOAL} each"
            weight = _weight(folder, path)
            goal = f"≤ {_LIGHTEST[page] / 1e3:.0f} KB" if page in _LIGHTEST else ""
            yield f"{page}, with its styles and scripts, without pictures", f"{weight / 1e3:.0f} KB", goal


def _pages(folder: Path) -> dict[str, str]:
    named = os.environ.get("MODELYARD_BENCH_PAGES")
    if named:
        return {path: path for path in named.split(",")}
    heaviest = max((folder / "models").glob("*.html"), key=lambda file: file.stat().st_size)
    return {"home": "index.html", "asset page": f"models/{heaviest.name}"}


def _shown(show: Show) -> str:
    heard: list[str] = []
    there = threading.Event()

    def told(address: str) -> None:
        heard.append(address)
        there.set()

    threading.Thread(target=show.serve, args=(0, told), daemon=True).start()
    there.wait()
    return heard[0]


def _scores(chromium: str, address: str, form: str, folder: Path) -> dict[str, int]:
    """The score of each category, of 100."""
    told = folder / "lighthouse.json"
    subprocess.run(
        [node.program("node"), str(node.installed("lighthouse") / "lighthouse"), address, "--quiet",
         "--no-enable-error-reporting", f"--chrome-flags={_FLAGS}", f"--only-categories={','.join(_CATEGORIES)}",
         *(["--preset=desktop"] if form == "desktop" else []), "--output=json", f"--output-path={told}"],
        env={**node.environment(), "CHROME_PATH": chromium}, check=True, timeout=_SECONDS, capture_output=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(told.read_bytes())
    if keep := os.environ.get("MODELYARD_BENCH_KEEP"):
        Path(keep, f"{address.rpartition('/')[2]}-{form}.json").write_bytes(told.read_bytes())
    return {name: round(100 * float(one["score"] or 0)) for name, one in found["categories"].items()}


def _weight(folder: Path, path: str) -> int:
    """Bytes of a page, its stylesheets and its scripts, with those that they import."""
    page = folder / path
    text = page.read_text("utf-8")
    wanted = [page.parent / src for src in re.findall(r'(?:src|href)="([^":]+\.(?:css|js|svg))"', text)]
    seen: set[Path] = set()
    while wanted:
        file = wanted.pop().resolve()
        if file in seen or not file.is_file():
            continue
        seen.add(file)
        if file.suffix == ".js":
            wanted += [file.parent / name for name in re.findall(r'from "(\.[^"]+)"', file.read_text("utf-8"))]
    return sum(file.stat().st_size for file in {page.resolve(), *seen})
