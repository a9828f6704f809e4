"""The errors that a person can act on.

Every message says what was wrong, where, and what to do about it, in one line: it is
printed as it stands by the command line and sent as it stands by the server.
"""

from __future__ import annotations


class ModelyardError(Exception):
    """Something that the maintainer, the contributor or the machine can mend.

    The command line prints the message and exits with 1; anything else that is raised is
    a defect of Modelyard and keeps its traceback.
    """


class BadInput(ModelyardError):
    """What the client sent can't be answered; the client can mend it.

    Raise it from a pipeline's steps too, for an input that the pipeline refuses.

    Args:
        message: What is wrong with the input and what to send instead.
        code: The HTTP status that says so, one of 400 to 499.
    """

    def __init__(self, message: str, code: int = 400) -> None:
        super().__init__(message)
        self.code = code


class Overloaded(ModelyardError):
    """More requests are waiting than the queue holds; the same request may pass later.

    Args:
        retry_after: Seconds after which it is worth trying again.
    """

    def __init__(self, message: str, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after
