"""What asset.yaml says that figures must reach: one file a section of `evaluation`."""
