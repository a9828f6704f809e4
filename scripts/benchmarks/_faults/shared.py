"""Faults of the framework: they are in the base container of all assets, and each is tried on one."""

from __future__ import annotations

from scripts.benchmarks._faults.fault import Edit, Fault, Faults

FAULTS: list[Fault] = []

_ROWS = "            request.outcome = {name: array[begin:end] for name, array in outputs.items()}\n"
_MIXED = "blocks.append(block.mean(axis=1, dtype=np.float32))"
_UPRIGHT = "_rgb(source.transpose(_UPRIGHT[self._orientation]) if self._orientation in _UPRIGHT else source)"
_RESAMPLED = '_package("soxr").resample(mono, self._file.samplerate, rate)'

pages = Faults("page-orientation-classifier", FAULTS)
pages.add(
    "EXIF",
    "the framework ignores the camera's orientation",
    "odd inputs, samples",
    "odd inputs",
    Edit(
        "return orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1",
        "return 1",
        "image.py",
        framework=True,
    ),
)
pages.add(
    "shuffled items",
    "answers of a batch are handed out from the last to the first",
    "quality, slices, robustness",
    "quality, slices, robustness",
    Edit(
        _ROWS,
        _ROWS.replace("array[begin:end]", "array[len(array) - end : len(array) - begin]"),
        "runtimes/batching.py",
        framework=True,
    ),
)
pages.add(
    "dropped items",
    "of a batch, each gets the first one's answer",
    "quality, slices, robustness",
    "quality, slices, robustness",
    Edit(
        _ROWS,
        _ROWS.replace("begin:end", ":count"),
        "runtimes/batching.py",
        framework=True,
    ),
)
pages.add(
    "dtype",
    "16-bit greys are cut off instead of scaled",
    "odd inputs, samples",
    "odd inputs",
    Edit(
        'scaled = grey >> 8 if grey.max(initial=0) > 255 or picture.mode != "I" else grey',
        "scaled = grey",
        "image.py",
        framework=True,
    ),
    unseen="no labelled picture has 16 bits",
)

faces = Faults("face-detector", FAULTS)
faces.add(
    "channel order",
    "the framework gives pictures blue first",
    "samples",
    "quality, slices, robustness",
    Edit(_UPRIGHT, f'_rgb(PIL.Image.merge("RGB", {_UPRIGHT}.split()[::-1]))', "image.py", framework=True),
)
faces.add(
    "resize filter",
    "the framework lets JPEG files be decoded at an eighth",
    "samples",
    "robustness",
    Edit(
        'draft.draft("RGB", (side, side))',
        'draft.draft("RGB", (max(1, side // 8), max(1, side // 8)))',
        "image.py",
        framework=True,
    ),
)

speech = Faults("voice-activity-detector", FAULTS)
speech.add(
    "downmix",
    "channels are added up, not averaged",
    "odd inputs, samples",
    "odd inputs",
    Edit(_MIXED, "blocks.append(block.sum(axis=1, dtype=np.float32))", "audio.py", framework=True),
)
speech.add(
    "downmix",
    "the first channel stands for all",
    "odd inputs, samples",
    "odd inputs",
    Edit(_MIXED, "blocks.append(np.ascontiguousarray(block[:, 0]))", "audio.py", framework=True),
)
speech.add(
    "sample rate",
    "the file's own rate is taken for the one that is wanted",
    "samples",
    "quality, odd inputs",
    Edit("        if rate == self._file.samplerate:\n", "        if rate:\n", "audio.py", framework=True),
)
speech.add(
    "changed default",
    "soxr's quality falls back to the quickest",
    "samples",
    "quality, robustness",
    Edit(_RESAMPLED, '_package("soxr").resample(mono, self._file.samplerate, rate, "QQ")', "audio.py", framework=True),
)
speech.add(
    "dropped items",
    "of a long file, all but the first block is dropped",
    "samples, quality",
    "quality",
    Edit(
        "                blocks.append(block.mean(axis=1, dtype=np.float32))\n",
        "                blocks = blocks or [block.mean(axis=1, dtype=np.float32)]\n",
        "audio.py",
        framework=True,
    ),
)
