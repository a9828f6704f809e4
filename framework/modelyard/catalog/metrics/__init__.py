"""How answers of a task are held to the truth: one file a task, by the task's name.

Each file has

- `METRICS: Mapping[str, Metric]`, what is measured, the headline first;
- `measure(answers: Sequence[ANSWER], truths: Sequence[TRUTH]) -> dict[str, float]`, the value of each, over all items;
  its docstring says what a truth is.

They are computed by the field's own libraries (scikit-learn, mir_eval, jiwer, …), which only the builder has.
"""
