"""The `modelyard` command, a thin layer over the rest."""
