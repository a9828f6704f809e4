"""PyTorch's files of weights, read without PyTorch, and the networks that the weights belong to."""
