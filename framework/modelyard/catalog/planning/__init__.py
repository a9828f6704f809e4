"""What is to be done, and why: what a commit changes, what isn't published, what grew old."""
