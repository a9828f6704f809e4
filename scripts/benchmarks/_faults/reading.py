"""Faults of what reads the lines of text in a picture."""

from __future__ import annotations

from scripts.benchmarks._faults.fault import Edit, Fault, Faults, Labels

FAULTS: list[Fault] = []

made = Faults("text-recognizer", FAULTS)
made.add(
    "channel order",
    "red comes first",
    "samples",
    "",
    Edit("np.asarray(picture)[..., ::-1].transpose", "np.asarray(picture).transpose", "pictures.py"),
    unseen="the labelled pictures are grey",
)
made.add(
    "shuffled items",
    "lines that were read together change places",
    "samples",
    "quality, slices",
    Edit("read[number] = ids[row], likely[row]", "read[batch[-1 - row]] = ids[row], likely[row]"),
)
made.add(
    "dropped items",
    "the last line of each batch is lost",
    "samples",
    "quality, slices",
    Edit(
        "for row, number in enumerate(batch):\n                read[number]",
        "for row, number in enumerate(batch[:-1]):\n                read[number]",
    ),
)
made.add(
    "padding side",
    "short lines stand at the right of a batch",
    "samples",
    "quality",
    Edit("seen[row, :, :, : line.width]", "seen[row, :, :, -line.width :]"),
)
made.add(
    "labels shifted",
    "the nothing at the beginning of the labels is left out, and a line put to their end",
    "samples, labels",
    "labels, quality",
    Labels("shifted"),
)
made.add(
    "suppression",
    "rectangles are not grown to the line's height",
    "samples",
    "quality, slices",
    Edit("GROWN = 1.6", "GROWN = 0.4", "boxes.py"),
)
made.add(
    "off by one",
    "a letter that stays the likeliest is read again and again",
    "samples",
    "quality",
    Edit("new = (ids != 0) & (np.diff(ids, prepend=0) != 0)", "new = ids != 0"),
)
