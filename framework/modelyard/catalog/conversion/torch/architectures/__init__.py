"""The networks that PyTorch's weights are converted for, one a file; `architecture.py` says what it declares."""
