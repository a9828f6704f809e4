"""Where feedback is kept: a file that grows by a line each, or somebody else's address."""

from __future__ import annotations

import errno
import fcntl
import http.client
import logging
import os
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from modelyard.errors import ModelyardError, Overloaded
from modelyard.serving.settings import Settings
from modelyard.version import VERSION

_POST_SECONDS = 3.0
_MOST_POSTS = 2
"""Posts at a time: an address that doesn't answer must not hold the threads that ask the model."""
_RETRY_SECONDS = 10
_RETRY_FULL_SECONDS = 3_600

log = logging.getLogger("modelyard")

Keep = Callable[[bytes], None]
"""Keeps one line; Overloaded where it can't be kept now."""


def open_place(settings: Settings) -> Keep | None:
    """The place for feedback that the settings name, if any.

    Raises:
        ModelyardError: It is no such place, or can't be written to.
    """
    if settings.feedback_file and settings.feedback_url:
        raise ModelyardError(
            "settings FEEDBACK_FILE and FEEDBACK_URL: feedback goes to one place, set only one of them"
        )
    if settings.feedback_file:
        return File(settings.feedback_file, settings.feedback_file_size).append
    if settings.feedback_url:
        return Address(settings.feedback_url).post
    return None


class File:
    """A file of lines, which other containers may append to as well.

    Raises:
        ModelyardError: It can't be written to.
    """

    def __init__(self, path: str, most: int) -> None:
        self._path = path
        self._most = most
        self._lock = threading.Lock()
        try:
            os.close(self._open())
        except OSError as error:
            raise ModelyardError(
                f"setting FEEDBACK_FILE={path!r}: it can't be written ({error.strerror}): mount a folder for it that "
                f"user {os.getuid()} may write to"
            ) from None

    def append(self, line: bytes) -> None:
        """Adds a line whole, or not at all.

        Raises:
            Overloaded: The file is full, or the disk is, or is gone.
        """
        try:
            with self._lock, self._alone() as descriptor:
                size = os.fstat(descriptor).st_size
                if size + len(line) > self._most:
                    raise Overloaded(
                        "the file for feedback is full: it is for who runs this container to empty it",
                        retry_after=_RETRY_FULL_SECONDS,
                    )
                if os.write(descriptor, line) < len(line):
                    with suppress(OSError):
                        os.ftruncate(descriptor, size)
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            log.warning("feedback can't be appended to FEEDBACK_FILE: %s", error.strerror)
            raise _later() from None

    @contextmanager
    def _alone(self) -> Iterator[int]:
        """The file, opened anew because whoever empties it may move it away, and ours until it is closed."""
        descriptor = self._open()
        try:
            # Not every file system has locks; without, a line is still written at once.
            with suppress(OSError):
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)

    def _open(self) -> int:
        return os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)


class Address:
    """An address that takes JSON by POST.

    Raises:
        ModelyardError: It is no such address.
    """

    def __init__(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            good = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
            good = good and (parts.port is None or parts.port > 0) and url.isascii() and url.isprintable()
        except ValueError:
            good = False
        # The address itself stays unsaid: it may hold a secret.
        if not good or " " in url:
            raise ModelyardError(
                "setting FEEDBACK_URL: it must be http://HOST/… or https://HOST/…, without a user's name"
            )
        self._url = url
        self._opener = urllib.request.build_opener(_NoRedirects)
        self._posts = threading.BoundedSemaphore(_MOST_POSTS)

    def post(self, line: bytes) -> None:
        """Sends a line there.

        Raises:
            Overloaded: Nobody takes it, or others are being sent already.
        """
        if not self._posts.acquire(blocking=False):
            raise _later()
        try:
            headers = {"Content-Type": "application/json", "User-Agent": f"modelyard/{VERSION}"}
            request = urllib.request.Request(self._url, line, headers)  # noqa: S310 (checked above)
            with self._opener.open(request, timeout=_POST_SECONDS):
                pass
        except (OSError, http.client.HTTPException) as error:
            log.warning("feedback can't be posted to FEEDBACK_URL: %s", _reason(error))
            raise _later() from None
        finally:
            self._posts.release()


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirected POST would become a GET, and the feedback would be lost without a word."""

    def redirect_request(self, *_arguments: Any) -> None:
        """Follows none."""


def _later() -> Overloaded:
    return Overloaded("feedback can't be kept right now: send it again later", retry_after=_RETRY_SECONDS)


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"it answers {error.code}"
    return str(getattr(error, "reason", error)) or type(error).__name__
