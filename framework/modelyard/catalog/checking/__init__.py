"""Holding a built image to what its asset declares and to the image that is published."""
