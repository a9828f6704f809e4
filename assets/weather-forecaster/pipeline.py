"""Four weeks of daily weather, a small network trained here, the week that follows with intervals."""

from pathlib import Path

import numpy as np
from days import PAST, QUANTILES, QUANTITIES, STEPS, compressed, expanded, season

from modelyard import BadInput, Forecast, Interval, Pipeline, Series, Tensors

DAY = np.timedelta64(1, "D")
PLAUSIBLE = {"temp_max": (-60, 55), "temp_min": (-80, 45), "precipitation": (0, 1_000), "wind": (0, 60)}
"""From the smallest to the largest number taken for °C, mm and m/s."""


class WeatherForecaster(Pipeline[Series, Forecast]):
    """Foretells a week of temperatures, rain and wind from the last 28 days."""

    def load(self, weights: Path) -> None:
        self.model = self.runtime.load(weights / "weather.keras")

    def preprocess(self, series: Series) -> Tensors:
        days = series.values(QUANTITIES)[-PAST:]
        for name, column in zip(QUANTITIES, days.T, strict=True):
            low, high = PLAUSIBLE[name]
            if column.min() < low or column.max() > high:
                raise BadInput(
                    f"{name} goes from {column.min():.4g} to {column.max():.4g}: send temperatures in °C, "
                    "precipitation in mm and wind in m/s"
                )
        if len(days) < PAST:
            raise BadInput(f"the table has {len(days)} days: send the last {PAST} at least")
        if series.times is None:
            raise BadInput("the table has no column 'date': the forecast depends on the season")
        last = series.times[-PAST:]
        if gaps := np.flatnonzero(np.diff(last) != DAY).tolist():
            before, after = last[gaps[0] : gaps[0] + 2].astype("datetime64[D]")
            raise BadInput(f"after {before} comes {after}: send one row for each day, without gaps")
        return {"past": compressed(days)[np.newaxis], "season": season(last[-1])[np.newaxis]}

    def postprocess(self, tensors: Tensors, series: Series) -> Forecast:
        (said,) = tensors.values()
        low, middle, high = np.moveaxis(expanded(said[0]), -1, 0)
        interval = Interval(round(QUANTILES[2] - QUANTILES[0], 3), low, high)
        assert series.times is not None
        coming = series.times[-1].astype("datetime64[D]") + np.arange(1, STEPS + 1)
        return Forecast(QUANTITIES, middle, tuple(np.datetime_as_string(coming).tolist()), interval)
