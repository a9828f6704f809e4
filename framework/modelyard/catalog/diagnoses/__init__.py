"""What doctor looks at: one file per check, found by its name."""
