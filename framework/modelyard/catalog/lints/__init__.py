"""The rules that assets are held to: one file a rule, found by its name; see modelyard.catalog.lint."""
