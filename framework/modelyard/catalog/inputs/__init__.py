"""What is made of each kind of input: one file a kind, by the name of its own file; see `kinds.py`."""
