"""Faults of what tags music, and of what writes its notes down."""

from __future__ import annotations

from scripts.benchmarks._faults.fault import Edit, Fault, Faults, Labels

FAULTS: list[Fault] = []

_MEAN = "Classification.best(probabilities.mean(axis=0), self.labels, top)"
_BELL = "np.hanning(WINDOW + 1)[:-1].astype(np.float32)"

tags = Faults("music-tagger", FAULTS)
tags.add(
    "sample rate",
    "44,100 a second are fed as 16,000",
    "samples",
    "quality, slices, robustness",
    Edit("samples = audio.samples(RATE)", "samples = audio.samples(44_100)"),
)
tags.add(
    "hop size",
    "frames overlap by 128 samples less",
    "samples",
    "quality, slices, robustness",
    Edit("WINDOW, HOP = 512, 256", "WINDOW, HOP = 512, 384"),
)
tags.add(
    "window",
    "no bell over a frame",
    "samples",
    "quality, slices, robustness",
    Edit(_BELL, "np.ones(WINDOW, np.float32)"),
)
tags.add(
    "window",
    "Hamming's bell instead of Hann's",
    "samples",
    "quality, slices, robustness",
    Edit(_BELL, "np.hamming(WINDOW + 1)[:-1].astype(np.float32)"),
)
tags.add("labels sorted", "by their letters", "samples, labels", "labels, quality", Labels("sorted"))
tags.add(
    "dropped items",
    "only the first patch is looked at",
    "samples",
    "quality, slices, robustness",
    Edit("for number in range(len(patches))]", "for number in range(1)]"),
)
tags.add(
    "changed default",
    "NumPy's own padding, zeros, instead of a mirrored edge",
    "samples",
    "quality",
    Edit('np.pad(samples, WINDOW // 2, mode="reflect")', "np.pad(samples, WINDOW // 2)"),
)

notes = Faults("music-transcriber", FAULTS)
notes.add(
    "labels shifted",
    "keys are counted from the wrong one",
    "samples",
    "quality, slices",
    Edit("LOWEST = 21", "LOWEST = 22"),
)
notes.add(
    "threshold",
    "a note goes on at 0.6 instead of 0.3",
    "samples, api",
    "quality, slices, api",
    Edit("0.05, 1),\n        ] = 0.3", "0.05, 1),\n        ] = 0.6"),
)
notes.add(
    "hop size",
    "a frame is told to last 10 ms",
    "samples",
    "quality, slices",
    Edit("frames * (HOP / RATE) - late", "frames * 0.01 - late"),
)
