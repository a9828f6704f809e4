"""The gates: what they stop of the faults that people make, and whether they leave the rest alone.

    scripts/bench gates                         all of it; goes on where an earlier run ended
    scripts/bench gates --only face-detector    of assets or names that hold that
    scripts/bench gates --family crop           of one family
    scripts/bench gates --mode B                with the samples recorded anew
    scripts/bench gates --table                 runs nothing, and prints what is known

Each fault is made in a copy of the catalog, built, and held to everything that a release holds it to: (A) as it is, and
(B) with the expected answers of the samples recorded anew, as one does who takes the fault for an improvement. What is
found out is kept in .bench/gates.json by the key of the image, so that a change of the catalog is tried again.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from pathlib import Path
from queue import Queue
from typing import Any

from modelyard.errors import ModelyardError
from scripts.benchmarks import _benign, _faults
from scripts.benchmarks._benign.change import Benign
from scripts.benchmarks._faults.fault import FAMILIES, Fault
from scripts.benchmarks._trial import Baseline, Copy, Outcome

_KEPT = Path(".bench/gates.json")
_LOG = Path(".bench/gates.log")
_RUNS = 3
"""Of each change that must not be stopped, with `--again`."""


@dataclass
class Known:
    """What is known of earlier runs, by name, mode and key."""

    file: Path

    def __post_init__(self) -> None:
        self._found = self._read()

    def _read(self) -> dict[str, Any]:
        return dict(json.loads(self.file.read_text("utf-8"))) if self.file.is_file() else {}

    def get(self, name: str, mode: str, key: str) -> Outcome | None:
        """What became of it, where it was tried."""
        found = self._found.get(f"{mode} {key} {name}")
        return Outcome(**found) if found else None

    def last(self, name: str, mode: str) -> Outcome | None:
        """What became of it last, whatever the catalog was then."""
        found = [one for key, one in self._found.items() if key.startswith(f"{mode} ") and key.endswith(f" {name}")]
        return Outcome(**found[-1]) if found else None

    def keep(self, name: str, mode: str, key: str, outcome: Outcome) -> None:
        """Writes it down at once, so that a kill loses nothing."""
        self._found = self._read()  # another run may have written there
        self._found.pop(f"{mode} {key} {name}", None)
        self._found[f"{mode} {key} {name}"] = asdict(outcome)
        self.file.parent.mkdir(exist_ok=True)
        beside = self.file.with_suffix(".new")
        beside.write_text(json.dumps(self._found, indent=1), "utf-8")
        os.replace(beside, self.file)


def options() -> argparse.ArgumentParser:
    """What the command line takes."""
    parser = argparse.ArgumentParser(prog="scripts/bench gates", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", action="append", help="faults and changes whose asset or name holds that; repeatable")
    parser.add_argument("--family", choices=FAMILIES, help="faults of one family")
    parser.add_argument("--mode", choices=("A", "B", "benign"), help="faults as they are, recorded anew, or neither")
    parser.add_argument("--again", action="store_true", help="each change that must not be stopped three times")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time")
    parser.add_argument("--table", action="store_true", help="run nothing, and print what is known")
    return parser


def main(arguments: Sequence[str]) -> int:
    """Runs what the command line asks for, and prints the tables; gives the exit code."""
    asked = options().parse_args(arguments)
    faults = [one for one in _faults.every() if _wanted(one, asked.only) and asked.family in (None, one.family)]
    benign = [
        one
        for one in _benign.every()
        if _wanted(one, asked.only) and asked.family is None and asked.mode in (None, "benign")
    ]
    modes, runs = ("A", "B") if asked.mode is None else (asked.mode,), range(1, (_RUNS if asked.again else 1) + 1)
    known = Known(_KEPT)
    if not asked.table:
        _LOG.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="modelyard-gates-") as folder, _LOG.open("a") as log:
            copies: Queue[Copy] = Queue()
            for number in range(asked.jobs):
                copies.put(Copy(Path.cwd(), Path(folder, str(number)), log))
            work: list[tuple[Fault | Benign, str]] = [(one, "A") for one in _mixed(faults) if "A" in modes]
            work += [(one, f"benign {run}") for one in benign for run in runs]
            work += [(one, "B") for one in _mixed(faults) if "B" in modes]
            Runs(copies, known).each(work, asked.jobs)
    for line in (*_table_of_faults(known, faults), "", *_table_of_benign(known, benign)):
        print(line)
    return 0


def _wanted(one: Fault | Benign, only: Sequence[str] | None) -> bool:
    return not only or any(text in one.title for text in only)


def _mixed(faults: Sequence[Fault]) -> list[Fault]:
    """One of each asset, then the next of each, so that whoever stops it early knows a little of all."""
    seen = Counter[str]()
    places = []
    for fault in faults:
        places.append(seen[fault.asset])
        seen[fault.asset] += 1
    return [fault for _, fault in sorted(zip(places, faults, strict=True), key=lambda pair: pair[0])]


@dataclass
class Runs:
    """Tries changes, several at a time, each in a copy of the catalog of its own.

    Attributes:
        copies: As many as there are threads.
        known: What was found out, and earlier.
    """

    copies: Queue[Copy]
    known: Known
    _baselines: dict[str, Baseline] = field(default_factory=dict)
    _locks: dict[str, threading.Lock] = field(default_factory=lambda: defaultdict(threading.Lock))

    def each(self, work: Sequence[tuple[Fault | Benign, str]], jobs: int) -> None:
        """Tries all of it.

        Args:
            work: A change, and how: `A`, `B` or `benign N`.
            jobs: At a time.
        """
        pool = ThreadPoolExecutor(jobs)
        try:
            for done in as_completed([pool.submit(self._try, one, mode) for one, mode in work]):
                done.result()
        finally:
            pool.shutdown(cancel_futures=True)

    def _try(self, one: Fault | Benign, mode: str) -> None:
        try:
            self._tried(one, mode)
        except ModelyardError as error:  # the machine's: the next run tries it again
            print(f"{mode} {one.title}: not tried: {error}", file=sys.stderr, flush=True)

    def _tried(self, one: Fault | Benign, mode: str) -> None:
        copy = self.copies.get()
        try:
            with self._locks[one.asset]:
                if one.asset not in self._baselines:
                    self._baselines[one.asset] = copy.baseline(one.asset)
            baseline = self._baselines[one.asset]
            key = copy.key(one.asset, one.changes, baseline)
            if self.known.get(one.title, mode, key):
                return
            if key == baseline.key and isinstance(one, Fault):
                raise SystemExit(f"{one.asset}: {one.name}: it changes nothing of the image")
            outcome = self._outcome(copy, one, mode, key, baseline)
        finally:
            self.copies.put(copy)
        with self._locks["known"]:
            self.known.keep(one.title, mode, key, outcome)
        stopped = ", ".join(outcome.gates) or outcome.verdict
        print(f"{mode} {one.asset}: {one.name}: {stopped} ({outcome.seconds:.0f} s)", file=sys.stderr, flush=True)

    def _outcome(self, copy: Copy, one: Fault | Benign, mode: str, key: str, baseline: Baseline) -> Outcome:
        if mode != "B":
            return copy.as_it_is(one.asset, one.changes, baseline)
        # What no sample stopped, recording samples doesn't change.
        before = self.known.get(one.name, "A", key)
        if before and "samples" not in before.gates:
            return before
        return copy.recorded_anew(one.asset, one.changes, baseline)


def _table_of_faults(known: Known, faults: Sequence[Fault]) -> Iterator[str]:
    yield "| family | asset | fault | stopped by | recorded anew | s |"
    yield "|---|---|---|---|---|---|"
    every = [(one, known.last(one.title, "A"), known.last(one.title, "B")) for one in faults]
    rows = [row for row in every if any(row[1:])]
    for fault, first, second in sorted(rows, key=lambda row: FAMILIES.index(row[0].family)):
        seconds = f"{first.seconds:.0f}" if first else ""
        shown = _shown(first, fault.gates), _shown(second, fault.anew)
        yield f"| {fault.family} | {fault.asset} | {fault.name} | {shown[0]} | {shown[1]} | {seconds} |"
    yield ""
    for mode, what in (("A", "as it is"), ("B", "recorded anew")):
        found = [
            (outcome, fault.gates if mode == "A" else fault.anew)
            for fault, *outcomes in rows
            if (outcome := outcomes["AB".index(mode)])
        ]
        if not found:
            continue
        stopped = [outcome for outcome, _ in found if outcome.gates]
        right = [outcome for outcome, declared in found if declared & set(outcome.gates)]
        times = statistics.median(outcome.seconds for outcome, _ in found)
        yield (
            f"{what}: {len(stopped)} of {len(found)} stopped ({len(stopped) / len(found):.1%}), {len(right)} by a gate "
            f"that should ({len(right) / len(found):.1%}); median {times:.0f} s"
        )

    if untried := len(every) - len(rows):
        yield f"not tried: {untried}"


def _shown(outcome: Outcome | None, declared: frozenset[str]) -> str:
    """The gates that stopped it, those that should in bold."""
    if outcome is None:
        return ""
    return ", ".join(f"**{one}**" if one in declared else one for one in outcome.gates) or "not stopped"


def _table_of_benign(known: Known, benign: Sequence[Benign]) -> Iterator[str]:
    yield "| asset | change | outcome | s |"
    yield "|---|---|---|---|"
    tried, count, stopped = 0, 0, 0
    for one in benign:
        outcomes = [found for run in range(1, _RUNS + 1) if (found := known.last(one.title, f"benign {run}"))]
        if not outcomes:
            continue
        tried += 1
        count += len(outcomes)
        stopped += sum(bool(outcome.gates) for outcome in outcomes)
        shown = "; ".join(dict.fromkeys(", ".join(one.gates) or one.verdict for one in outcomes))
        seconds = ", ".join(f"{outcome.seconds:.0f}" for outcome in outcomes)
        yield f"| {one.asset} | {one.name} | {shown} | {seconds} |"
    yield ""
    yield f"{tried} changes that must not be stopped, {count} runs: {stopped} stopped; not tried: {len(benign) - tried}"
