"""How parts of each kind of input are taken away: one file a kind, by the name of its field."""
