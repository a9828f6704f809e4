"""The formats that weights come in, one a file; `format.py` says what such a file declares."""
