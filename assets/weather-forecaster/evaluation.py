"""The weeks of 2015, in Seattle and New York: the training saw nothing of them."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from modelyard.catalog.evaluation.item import Item
from modelyard.catalog.metrics.time_series_forecasting import Outcome

QUANTITIES = ("temp_max", "temp_min", "precipitation", "wind")
PAST, STEPS = 28, 7
FIRST = np.datetime64("2015-01-01")
SEASONS = ("winter", "spring", "summer", "autumn")


def items(data: Path) -> Iterator[Item]:
    """Every week of the year for each place, judged once for each quantity, so that each has figures of its own."""
    places = defaultdict(list)
    with (data / "weather.csv").open(encoding="utf-8", newline="") as opened:
        for line in csv.DictReader(opened):
            places[line["location"]].append(line)
    for place, lines in places.items():
        days = np.array([line["date"] for line in lines], "datetime64[D]")
        table = np.array([[float(line[name]) for name in QUANTITIES] for line in lines])
        for start in range(int(np.searchsorted(days, FIRST)), len(days) - STEPS + 1, STEPS):
            past, future = table[start - PAST : start], table[start : start + STEPS]
            columns = dict(zip(QUANTITIES, past.T.tolist(), strict=True))
            sent = json.dumps({"date": [line["date"] for line in lines[start - PAST : start]], **columns}).encode()
            season = SEASONS[int(str(days[start])[5:7]) % 12 // 3]
            for column, name in enumerate(QUANTITIES):
                yield Item(
                    f"{place} {days[start]} {name}",
                    sent,
                    Outcome({name: past[:, column]}, {name: future[:, column]}),
                    slices={"quantity": name, "place": place, "season": season},
                )
