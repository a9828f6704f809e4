"""The container engine, Python's image, and containers that are shut in: speaking to one, looking into it."""
