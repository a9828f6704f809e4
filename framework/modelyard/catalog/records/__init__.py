"""What is written down about an image, beside it in the registry, and where its tags point and why."""
