"""How well a pipeline answers: the whole of it, held to labelled data."""
