"""What images are held to before publication: one file a check, found by its name; `checking/check.py` runs them."""
