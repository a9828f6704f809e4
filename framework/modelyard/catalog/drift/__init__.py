"""Whether what a model is sent and answers is still what it was evaluated on: its profile, and the comparison."""
