"""Keras files that hold the weights of a network and no word about what is computed with them."""
