"""What images are held to before publication: one file a check, found by its name; see modelyard.catalog.check."""
