"""How answers of a task are held to the truth: one file a task, by the task's name.

Each file has

- `METRICS: Mapping[str, Metric]`, what is measured, the headline first;
- `observe(answer: ANSWER, truth: TRUTH) -> Row`, all that the metrics need to know of one item, as JSON has it; its
  docstring says what a truth is;
- `summarise(rows: Sequence[Row]) -> dict[str, float]`, the value of each metric over some items. It is asked often, for
  samples drawn from the rows: what takes long belongs into `observe`.

They are computed by the field's own libraries (scikit-learn, mir_eval, jiwer, …), which only the builder has.
"""
