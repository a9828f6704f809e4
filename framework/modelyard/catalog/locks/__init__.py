"""Locks: what each is solved from, and moving them."""
