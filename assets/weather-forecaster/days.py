"""What the network sees of the days, the same when it learns and when it is asked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

QUANTITIES = ("temp_max", "temp_min", "precipitation", "wind")
"""°C, °C, mm, m/s: the columns of vega-datasets' weather.csv that are numbers."""
RAIN = QUANTITIES.index("precipitation")
PAST = 28
"""Days that the network sees."""
STEPS = 7
"""Days that it looks ahead."""
QUANTILES = (0.1, 0.5, 0.9)
YEAR = 365.25


def compressed(days: NDArray[np.floating]) -> NDArray[np.float32]:
    """Days as the network sees them: of rain the logarithm, because most days have little and few very much.

    Args:
        days: [..., days, quantities].
    """
    seen = np.array(days, np.float32)
    seen[..., RAIN] = np.log1p(seen[..., RAIN])
    return seen


def expanded(days: NDArray[np.floating]) -> NDArray[np.float64]:
    """Quantiles as the network gives them, in the units of the data; there is no negative rain or wind.

    Args:
        days: [..., days, quantities, quantiles].
    """
    said = np.array(days, np.float64)
    said[..., RAIN, :] = np.expm1(said[..., RAIN, :])
    return np.where(_signed(), said, np.maximum(said, 0))


def season(day: np.datetime64) -> NDArray[np.float32]:
    """float32 [4]: where in the year a day stands, as one and two waves a year."""
    angle = 2 * np.pi * float((day - day.astype("datetime64[Y]")) / np.timedelta64(1, "D")) / YEAR
    return np.array([np.cos(angle), np.sin(angle), np.cos(2 * angle), np.sin(2 * angle)], np.float32)


def _signed() -> NDArray[np.bool_]:
    return np.array([[name.startswith("temp")] for name in QUANTITIES])
