"""One file per benchmark, found by its name: `measure()` returns the rows of its table."""
