"""Keeps TensorFlow's chatter off stderr, where our own words are to be found."""

from __future__ import annotations

import faulthandler
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from .errors import ConversionError


@contextmanager
def quiet() -> Iterator[None]:
    """Holds back all that is written to stderr, and shows it only if there is a defect to explain.

    TensorFlow's C++ half writes to the file descriptor, partly before any setting of it is read, so it is
    the descriptor that is redirected: for the whole process, hence for the command and not for the library.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")  # converting computes nothing that a GPU would help with
    sys.stderr.flush()
    descriptor = 2
    true_stderr = os.dup(descriptor)
    faulthandler.enable(file=true_stderr)  # so that an abort in C++ is not silent
    with tempfile.TemporaryFile() as log:
        os.dup2(log.fileno(), descriptor)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield
        except (ConversionError, OSError):  # they explain themselves
            raise
        except BaseException:
            log.seek(0)
            os.write(true_stderr, log.read())
            raise
        finally:
            sys.stderr.flush()
            os.dup2(true_stderr, descriptor)
            faulthandler.disable()
            os.close(true_stderr)
