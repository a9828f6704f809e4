"""Commands for people and CI."""
