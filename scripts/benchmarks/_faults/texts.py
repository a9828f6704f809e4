"""Faults of what reads texts: the spam filter, and what says whether a text means well."""

from __future__ import annotations

from scripts.benchmarks._faults.fault import Edit, Fault, Faults, Labels

FAULTS: list[Fault] = []

_PIECES = "self.pieces.ids(text, MOST)"
_BEST = "TextClassification.best(probabilities[0], self.labels)"
_TWICE = "TextClassification.best(np.exp(probabilities[0]) / np.exp(probabilities[0]).sum(), self.labels)"

spam = Faults("spam-filter", FAULTS)
spam.add(
    "tokenizer case",
    "capitals are kept",
    "samples",
    "quality, slices",
    Edit("word.lower())[:30]", "word)[:30]", "features.py"),
)
spam.add(
    "truncation side",
    "of a message the last fifty words are looked at",
    "samples",
    "quality, slices",
    Edit("_WORD.findall(plain)[:MOST]]", "_WORD.findall(plain)[-50:]]", "features.py"),
)
spam.add("labels shifted", "spam and ham change places", "samples, labels", "labels, quality", Labels("shifted"))
spam.add(
    "normalisation range",
    "the length of the words is not made 1",
    "samples",
    "quality, slices",
    Edit("        vector[:WORDS] /= length\n", "        pass\n", "features.py"),
)
spam.add(
    "dtype",
    "the hashed words are cut off to whole numbers",
    "samples",
    "quality",
    Edit(
        "    vector[WORDS:] = _style(said)\n",
        "    vector[:WORDS] = np.trunc(vector[:WORDS])\n    vector[WORDS:] = _style(said)\n",
        "features.py",
    ),
)
spam.add(
    "softmax twice",
    "softmax of what is probabilities already",
    "samples",
    "",
    Edit(_BEST, _TWICE),
    unseen="the likelier stays the likelier",
)

meant = Faults("text-sentiment-classifier", FAULTS)
meant.add(
    "tokenizer case",
    "small letters only, where capitals were learned",
    "samples",
    "quality, slices",
    Edit(_PIECES, "self.pieces.ids(text.lower(), MOST)"),
)
meant.add(
    "truncation side",
    "the last sixteen pieces instead of the first",
    "samples",
    "quality, slices",
    Edit(_PIECES, "self.pieces.ids(text, 100_000)[-16:]"),
)
meant.add(
    "padding side",
    "filled up to the most with the first piece, in front",
    "samples",
    "quality",
    Edit(
        "[self.pieces.ids(text, MOST)]",
        "([self.pieces.ids(text, MOST)[0]] * MOST + self.pieces.ids(text, MOST))[-MOST:]".join("[]"),
    ),
)
meant.add(
    "labels sorted", "negative comes first, as letters have it", "samples, labels", "labels, quality", Labels("sorted")
)
meant.add(
    "softmax twice",
    "softmax of what is probabilities already",
    "samples",
    "",
    Edit(_BEST, _TWICE),
    unseen="the likelier stays the likelier",
)
