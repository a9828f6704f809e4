"""A sound as a pipeline sees it."""

from __future__ import annotations

import io
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from modelyard.bounds import Bounds
from modelyard.errors import BadInput, ModelyardError

_KINDS = "WAV, FLAC, Ogg or MP3"
_FORMATS = ("WAV", "WAVEX", "RF64", "W64", "FLAC", "OGG", "MP3", "MPEG", "AIFF", "AU")
_LOWEST_RATE, _HIGHEST_RATE = 1_000, 384_000
_MOST_CHANNELS = 32
_BLOCK = 1 << 16


class Audio:
    """A sound, decoded when its samples are first asked for.

    Whatever it was recorded with (8 to 32 bits, any rate, several channels), a pipeline gets one channel of
    numbers from -1 to 1 at the rate that it names.

    An asset that takes sounds names `soundfile` and `soxr` under `requirements` in asset.yaml: images of other
    assets ship without them.
    """

    field: ClassVar[str] = "audio"
    """The multipart field that clients send a sound in."""
    media_types: ClassVar[tuple[str, ...]] = (
        "audio/wav",
        "audio/x-wav",
        "audio/wave",
        "audio/flac",
        "audio/ogg",
        "audio/mpeg",
    )
    written: ClassVar[bool] = False
    most: ClassVar[int] = 16

    def __init__(self, file: Any, seconds: float, longest: int) -> None:
        self._file = file
        self._longest = longest
        self.seconds = seconds
        """Its length, as the header has it."""

    @classmethod
    def parse(cls, data: bytes, bounds: Bounds = Bounds()) -> Audio:
        """Reads the header of an encoded sound; nothing is decoded yet.

        Args:
            data: A WAV, FLAC, Ogg (Vorbis or Opus) or MP3 file.
            bounds: A sound of more seconds is refused before it is decoded.

        Raises:
            BadInput: The bytes are no such file (400), or the sound is too long (413).
        """
        if not data:
            raise BadInput(f"the sound is empty: send the bytes of a {_KINDS} file")
        soundfile = _package("soundfile")
        try:
            file = soundfile.SoundFile(io.BytesIO(data))
        except (soundfile.SoundFileError, OSError, ValueError, TypeError, RuntimeError):
            raise BadInput(f"this is no sound that can be read: send a {_KINDS} file") from None
        if file.format not in _FORMATS:
            raise BadInput(f"sounds of the kind {file.format} are not read here: send a {_KINDS} file")
        if not _LOWEST_RATE <= file.samplerate <= _HIGHEST_RATE or not 1 <= file.channels <= _MOST_CHANNELS:
            raise BadInput(
                f"the sound says that it has {file.channels} channels at {file.samplerate:,} Hz: send one of at most "
                f"{_MOST_CHANNELS} channels, at {_LOWEST_RATE:,} to {_HIGHEST_RATE:,} Hz"
            )
        seconds = file.frames / file.samplerate
        if seconds > bounds.seconds:
            raise BadInput(f"the sound lasts {seconds:,.0f} s: send one of at most {bounds.seconds:,} s", code=413)
        if file.frames == 0:
            raise BadInput("the sound has no samples: send one that holds something")
        return cls(file, seconds, bounds.seconds)

    @classmethod
    def from_samples(cls, samples: NDArray[np.float32], rate: int) -> Audio:
        """A sound from numbers.

        Args:
            samples: [n], one channel, from -1 to 1; one at least.
            rate: Samples a second, in Hz.
        """
        soundfile = _package("soundfile")
        data = io.BytesIO()
        soundfile.write(data, samples, rate, format="WAV", subtype="FLOAT")
        data.seek(0)
        seconds = len(samples) / rate
        return cls(soundfile.SoundFile(data), seconds, int(seconds) + 1)

    @property
    def rate(self) -> int:
        """Samples a second of the file, in Hz."""
        return int(self._file.samplerate)

    def samples(self, rate: int) -> NDArray[np.float32]:
        """The sound as numbers.

        Args:
            rate: Samples a second, in Hz; another rate is converted with a band-limited filter (soxr, high quality).

        Returns:
            float32 [samples], from -1 to 1: the mean of its channels.

        Raises:
            BadInput: The file is damaged, or its numbers are not finite.
        """
        mono = self._decode()
        if rate == self._file.samplerate:
            return mono
        resampled: NDArray[np.float32] = _package("soxr").resample(mono, self._file.samplerate, rate)
        return resampled

    def beginning(self, seconds: float) -> NDArray[np.float32]:
        """The first samples of the sound at its own rate, and no more than these decoded.

        Args:
            seconds: How much of it.

        Returns:
            float32 [samples], the mean of its channels; as the file has them, which may be beyond -1 and 1.

        Raises:
            BadInput: The file is damaged.
        """
        try:
            self._file.seek(0)
            block = self._file.read(round(seconds * self.rate), dtype="float32", always_2d=True)
        except (_package("soundfile").SoundFileError, RuntimeError) as error:
            raise BadInput(f"the sound is damaged ({error}): send a file that plays in a player") from None
        mono: NDArray[np.float32] = block.mean(axis=1, dtype=np.float32)
        return mono

    def _decode(self) -> NDArray[np.float32]:
        """One channel at the file's own rate. A header may promise less than follows, so what is read is counted."""
        most = self._longest * self._file.samplerate
        blocks: list[NDArray[np.float32]] = []
        count = 0
        try:
            self._file.seek(0)
            while len(block := self._file.read(_BLOCK, dtype="float32", always_2d=True)):
                count += len(block)
                if count > most:
                    raise BadInput(f"the sound is too long: send one of at most {self._longest:,} s", code=413)
                blocks.append(block.mean(axis=1, dtype=np.float32))
        except (_package("soundfile").SoundFileError, RuntimeError) as error:
            raise BadInput(f"the sound is damaged ({error}): send a file that plays in a player") from None
        if not blocks:
            raise BadInput("the sound is damaged: its header promises samples, and none follow")
        mono = np.concatenate(blocks)
        if not np.isfinite(mono).all():
            raise BadInput("the sound holds numbers that are not finite: save it again, as 16 bits")
        return mono


def _package(name: str) -> Any:
    """A package that only the images of assets that take sounds have."""
    from importlib import import_module

    try:
        return import_module(name)
    except ModuleNotFoundError:
        raise ModelyardError(
            f"sounds are read with {name}, which is not installed: name it under `requirements` in asset.yaml, and run "
            "modelyard update"
        ) from None
