"""A small network that foretells quantiles, on the daily weather of two cities or on somebody's own table."""

import csv
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from days import PAST, QUANTILES, QUANTITIES, STEPS, compressed, season

from modelyard import ModelyardError, Series, tasks
from modelyard.catalog.training.training import Training

keras = tf.keras
UNTIL = np.datetime64("2015-01-01")
"""The evaluation is of the days from then on: nothing of them is learned from."""
EPOCHS = 120
MEMBERS = 3
HIDDEN = 64
EVERY = 5
"""One month in so many tells when to stop."""


class Windows(NamedTuple):
    """Four weeks each and the week that followed: [n, PAST, quantities], [n, 4], [n, STEPS, quantities], [n]."""

    past: np.ndarray
    season: np.ndarray
    future: np.ndarray
    held_out: np.ndarray
    """1 where the whole week lies in a month that is held out, 0 where none of it does, -1 else."""


def train(training: Training) -> None:
    places = read(training.data / "weather.csv", UNTIL) if training.own is None else read(training.own)
    windows = together([of(days, table) for days, table in places.values()])
    if training.feedback:
        windows = together([windows, taught(training)])
    fit, held = windows.held_out == 0, windows.held_out == 1
    if not fit.any() or not held.any():
        raise ModelyardError("the table has too few days: bring a year at least, without gaps")
    mean, deviation = windows.past[fit].mean((0, 1)), windows.past[fit].std((0, 1)) + 1e-3
    targets = (windows.future - mean) / deviation

    members = build(mean, deviation)
    members.compile(keras.optimizers.Adam(2e-3), loss=quantile_loss)
    slower = keras.callbacks.ReduceLROnPlateau(patience=6, factor=0.4)
    members.fit(
        [windows.past[fit], windows.season[fit]],
        targets[fit],
        validation_data=([windows.past[held], windows.season[held]], targets[held]),
        batch_size=64,
        epochs=EPOCHS,
        callbacks=[slower, *training.callbacks(EPOCHS, patience=15)],
        verbose=0,
    )
    network = whole(members, mean, deviation)
    said = network.predict([windows.past[held], windows.season[held]], verbose=0)
    error = np.abs(said[..., QUANTILES.index(0.5)] - windows.future[held]).mean((0, 1))
    persistence = np.abs(windows.past[held][:, -1:] - windows.future[held]).mean((0, 1))
    raw = members.predict([windows.past[held], windows.season[held]], verbose=0)
    loss = float(np.mean(quantile_loss(targets[held], raw)))
    training.finish(loss=loss, skill=float((1 - error / persistence).mean()))
    network.save(training.output / "weather.keras")


def build(mean: np.ndarray, deviation: np.ndarray) -> keras.Model:
    """Members that learn side by side: [n, MEMBERS, STEPS, quantities, quantiles], in standard deviations."""
    past = keras.Input((PAST, len(QUANTITIES)), name="past")
    when = keras.Input((4,), name="season")
    scaled = keras.layers.Normalization(mean=mean, variance=deviation**2)(past)
    noisy = keras.layers.GaussianNoise(0.1)(scaled)
    average = keras.layers.GlobalAveragePooling1D()
    short = [keras.layers.Flatten()(noisy[:, -3:]), average(noisy[:, -7:]), average(noisy), when]
    everything = keras.layers.Concatenate()([keras.layers.Flatten()(noisy), *short[1:]])
    members = []
    for _ in range(MEMBERS):
        hidden = dense(HIDDEN, "relu")(keras.layers.Dropout(0.3)(everything))
        # What matters most, yesterday and the season, also goes past the hidden layer.
        features = keras.layers.Concatenate()([keras.layers.Dropout(0.3)(hidden), *short])
        numbers = keras.layers.Reshape((STEPS, len(QUANTITIES), 3))(dense(STEPS * len(QUANTITIES) * 3)(features))
        middle = numbers[..., 1:2]
        low = middle - keras.ops.softplus(numbers[..., 0:1])
        high = middle + keras.ops.softplus(numbers[..., 2:3])
        members.append(keras.ops.concatenate([low, middle, high], -1))
    return keras.Model([past, when], keras.ops.stack(members, 1))


def whole(members: keras.Model, mean: np.ndarray, deviation: np.ndarray) -> keras.Model:
    """The mean of the members, [n, STEPS, quantities, quantiles], in the units of the input."""
    said = keras.ops.mean(members.outputs[0], 1) * deviation[:, np.newaxis] + mean[:, np.newaxis]
    return keras.Model(members.inputs, keras.layers.Identity(name="week")(said))


def dense(units: int, activation: str | None = None) -> keras.layers.Layer:
    return keras.layers.Dense(units, activation, kernel_regularizer=keras.regularizers.L2(1e-4))


def quantile_loss(true: tf.Tensor, said: tf.Tensor) -> tf.Tensor:
    """The pinball loss (Koenker and Bassett, 1978), the mean over all numbers of a window: [n]."""
    above = tf.cast(true, tf.float32)[:, np.newaxis, ..., np.newaxis] - said
    levels = np.array(QUANTILES, np.float32)
    return tf.reduce_mean(tf.maximum(levels * above, (levels - 1) * above), axis=(1, 2, 3, 4))


def read(file: Path, until: np.datetime64 | None = None) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Days and [days, quantities] of each place; a table without the column `location` is of one place."""
    lines = defaultdict(list)
    with file.open(encoding="utf-8-sig", newline="") as opened:
        for line in csv.DictReader(opened):
            lines[line.pop("location", "")].append(line)
    places = {}
    for place, some in lines.items():
        series = Series({name: [line[name] for line in some] for name in some[0] if name != "date"}, None)
        table = series.values(QUANTITIES)
        days = np.array([line["date"] for line in some], "datetime64[D]")
        if (np.diff(days) != np.timedelta64(1, "D")).any():
            raise ModelyardError(f"{file.name}: the days of {place or 'the place'} have gaps or another order")
        before = slice(None) if until is None else days < until
        places[place] = days[before], table[before]
    return places


def of(days: np.ndarray, table: np.ndarray) -> Windows:
    """All windows of one place."""
    seen = compressed(table)
    starts = range(PAST, len(days) - STEPS + 1)
    chosen = days.astype("datetime64[M]").astype(int) % EVERY == 2
    shares = [chosen[start : start + STEPS].mean() for start in starts]
    return Windows(
        np.array([seen[start - PAST : start] for start in starts], np.float32).reshape(-1, PAST, len(QUANTITIES)),
        np.array([season(days[start - 1]) for start in starts], np.float32).reshape(-1, 4),
        np.array([seen[start : start + STEPS] for start in starts], np.float32).reshape(-1, STEPS, len(QUANTITIES)),
        np.array([int(share) if share in (0, 1) else -1 for share in shares], int),
    )


def taught(training: Training) -> Windows:
    """What reviewed feedback says of the weeks that came."""
    decode = tasks.load("time-series-forecasting").decode
    windows = []
    for one in training.feedback:
        series, came = Series.parse(one.data), decode(one.truth)
        values = series.values(QUANTITIES)[-PAST:]
        if series.times is None or len(values) < PAST or came.values.shape != (STEPS, len(QUANTITIES)):
            raise ModelyardError(f"{one.where}: give {PAST} days with their dates, and the {STEPS} that came")
        order = [came.quantities.index(name) for name in QUANTITIES]
        day = series.times[-1].astype("datetime64[D]")
        windows.append((compressed(values), season(day), compressed(came.values[:, order]), 0))
    return Windows(*map(np.array, zip(*windows, strict=True)))


def together(some: Iterable[Windows]) -> Windows:
    return Windows(*(np.concatenate(parts) for parts in zip(*some, strict=True)))
