"""How somebody who can only ask makes a model wrong: one file a task, by the task's name.

Each file has

- `BOUND: str`, how much of an input may be changed, in words;
- `scores(answer) -> Mapping[str, float]`, the probability of each class that an answer names;
- `attack(data: bytes, truth: str, oracle: Oracle, chance: numpy.random.Generator) -> Attempt`, one input that is
  answered rightly, changed within the bound until it is answered wrongly or the questions are spent.

Its docstring names the paper.
"""
