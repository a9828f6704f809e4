"""Training: an asset's own weights, made from data by its code, once for everybody."""
