"""Weights: found at their source, held to their sha256, cached by it and unpacked."""
