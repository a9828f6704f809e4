"""How answers of a task are held to the truth: one file a task, by the task's name.

Each file has

- `METRICS: Mapping[str, Metric]`, what is measured, the headline first;
- `observe(answer: ANSWER, truth: TRUTH) -> Row`, all that the metrics need to know of one item, as JSON has it; its
  docstring says what a truth is;
- `summarise(rows: Sequence[Row]) -> dict[str, float]`, the value of each metric over some items. It is asked often, for
  samples drawn from the rows: what takes long belongs into `observe`.

It may have

- `certainty(row: Row) -> tuple[float, bool] | None`, how probable the answer was said to be and whether it is right:
  with it, calibration is measured;
- `prepared(rows: Sequence[Row]) -> At`, what gives the same as `summarise` over those of the rows that stand at some
  places, faster than a list of these rows would be made;
- `fault(row: Row) -> float`, how wrong one row is, more is worse, NaN where nothing can be said of one item alone; if
  left out, it is the headline over the one row. It orders what `modelyard evaluate --mistakes` shows.

They are computed by the field's own libraries (scikit-learn, mir_eval, jiwer, …), which only the builder has.
"""
