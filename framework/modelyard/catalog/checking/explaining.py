"""Explanations of what an image answered to its samples, as its own `/model/explain` gives them, within bounds."""

from __future__ import annotations

import base64
import binascii
import io
import json
import time
from collections.abc import Mapping

import PIL.Image

from modelyard import explanations
from modelyard.catalog.checking import exhibit
from modelyard.catalog.checking.candidate import Candidate
from modelyard.catalog.records.gallery import Explained
from modelyard.errors import ModelyardError
from modelyard.explanations.explanation import FEWEST_QUERIES, Wanted
from modelyard.manifest.asset import Sample
from modelyard.serving.samples import EXPLAIN, fields, message

_SECONDS = 5.0
"""Of one image; a release of many images must not take much longer for them."""
_SAMPLES = 6
_SLOWEST = 0.5
"""Seconds of one answer from which on none is explained."""


class Explaining:
    """Explains the first samples of an image that answers quickly enough.

    Args:
        candidate: Whose samples; its image runs.
    """

    def __init__(self, candidate: Candidate) -> None:
        self._candidate = candidate
        field = candidate.task.input.field
        self._predict, self._explain = candidate.running.send(field), candidate.running.send(field, EXPLAIN)
        self._share = _SECONDS / max(1, min(_SAMPLES, len(candidate.good_samples)))
        self._left = _SAMPLES
        self._too_slow = ""
        self._until = time.monotonic() + 2 * _SECONDS

    def __call__(self, sample: Sample, most: int) -> Explained | str:
        """Why a sample is answered as it is, in a picture of at most so many characters; or why that isn't said.

        Raises:
            ModelyardError: The image explains nothing that can be read.
        """
        if self._too_slow:
            return self._too_slow
        if not self._left or time.monotonic() > self._until:
            return "others were explained before it, and there was no time for more"
        self._left -= 1
        data, given = (self._candidate.folder / sample.input).read_bytes(), fields(sample)
        # Twice, because a machine that is at work on other images, too, may be slow for a moment.
        took = min(self._seconds(data, given) for _ in range(2))
        if took > _SLOWEST:
            self._too_slow = f"an answer takes {took:.1f} s, and an explanation many of them: ask {EXPLAIN}"
            return self._too_slow
        queries = min(Wanted.queries, max(FEWEST_QUERIES, int(self._share / took)))
        code, body = self._explain(data, {**given, "queries": str(queries)})
        if code != 200:
            return (message(body)[1:-1] or f"{EXPLAIN} answers {code}")[:300]
        return _read(body, most)

    def _seconds(self, data: bytes, given: Mapping[str, str]) -> float:
        began = time.monotonic()
        self._predict(data, given)
        return time.monotonic() - began


def _read(body: bytes, most: int) -> Explained:
    try:
        found = json.loads(body)
        drawn = PIL.Image.open(io.BytesIO(base64.b64decode(found["picture"])), formats=("PNG",))
        return Explained(target=str(found["target"]), method=str(found["method"]), picture=exhibit.picture(drawn, most))
    except (ValueError, KeyError, TypeError, OSError, binascii.Error) as error:
        raise ModelyardError(f"{EXPLAIN} answers with no explanation ({error!r})") from None


def of(candidate: Candidate) -> exhibit.Explain:
    """What explains the samples of a candidate."""
    return exhibit.unexplained if explanations.of(candidate.task) is None else Explaining(candidate)
