"""Files of packages, labelled by their endings, and files made here, of which it is known what they are."""

import bz2
import gzip
import io
import lzma
import pickle
import random
import sqlite3
import tarfile
import wave
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from modelyard.catalog.evaluation.endings import labelled
from modelyard.catalog.evaluation.item import Item

PACKAGES = {
    "cobra": {".go": "go"},
    "django": {
        ".css": "css",
        ".js": "javascript",
        ".po": "po",
        ".py": "python",
        ".svg": "svg",
    },
    "dracut": {".sh": "shell"},
    "pycryptodome": {".c": "c"},
    "react-native": {
        ".cpp": "cpp",
        ".java": "java",
        ".kt": "kotlin",
        ".m": "objectivec",
        ".mm": "objectivec",
        ".png": "png",
        ".rb": "ruby",
        ".ts": "typescript",
        ".xml": "xml",
    },
    "symfony": {".php": "php"},
    "tokio": {".rs": "rust"},
}
MOST = 20
"""Files of one kind in a package."""
MADE = 10
"""Files of each kind that is made."""


def items(data: Path) -> Iterator[Item]:
    """Files with the name of their kind."""
    texts = []
    for package, endings in PACKAGES.items():
        for path, content, kind in labelled(data / package, endings, MOST):
            texts.append(content)
            yield Item(f"{package}/{path}", content, kind, slices={"origin": "package"})
    chance = random.Random(1)  # noqa: S311  # the same files each time
    for kind, make in MAKERS.items():
        for number in range(MADE):
            yield Item(f"made {kind} {number}", make(chance.choice(texts), chance), kind, slices={"origin": "made"})


def walk(chance: random.Random, *shape: int) -> NDArray[np.float64]:
    """Numbers from 0 to 1 that change little from one to the next, as those of pictures and sounds do."""
    steps = np.random.default_rng(chance.getrandbits(32)).normal(size=shape).cumsum(axis=0).cumsum(axis=-1)
    return (steps - steps.min()) / max(np.ptp(steps), 1e-9)


def picture(form: str) -> Callable[[bytes, random.Random], bytes]:
    """What makes a picture of that form, of clouds."""

    def make(_: bytes, chance: random.Random) -> bytes:
        clouds = walk(chance, chance.randint(16, 90), 3, chance.randint(16, 90)).transpose(0, 2, 1)
        file = io.BytesIO()
        PIL.Image.fromarray((255 * clouds).astype(np.uint8)).save(file, form)
        return file.getvalue()

    return make


def zipped(content: bytes, chance: random.Random) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", chance.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])) as archive:
        for number in range(chance.randint(1, 4)):
            archive.writestr(f"notes-{number}.txt", content[number:])
    return file.getvalue()


def packed(content: bytes, chance: random.Random) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for number in range(chance.randint(1, 4)):
            member = tarfile.TarInfo(f"notes-{number}.txt")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def sound(_: bytes, chance: random.Random) -> bytes:
    channels, file = chance.choice([1, 2]), io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(channels)
        writer.setsampwidth(2)
        writer.setframerate(chance.choice([8000, 16000, 44100]))
        writer.writeframes((20_000 * (walk(chance, channels * 8000) - 0.5)).astype("<i2").tobytes())
    return file.getvalue()


def database(content: bytes, chance: random.Random) -> bytes:
    made = sqlite3.connect(":memory:")
    made.execute("create table notes (number integer primary key, text text)")
    lines = content.decode(errors="replace").splitlines()
    made.executemany("insert into notes (text) values (?)", [(line,) for line in chance.sample(lines, len(lines))])
    made.commit()
    return made.serialize()


def array(_: bytes, chance: random.Random) -> bytes:
    file = io.BytesIO()
    np.save(
        file, (100 * walk(chance, chance.randint(100, 4000))).astype(chance.choice([np.float32, np.float64, np.int64]))
    )
    return file.getvalue()


MAKERS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "bmp": picture("BMP"),
    "bzip": lambda content, _: bz2.compress(content),
    "gif": picture("GIF"),
    "gzip": lambda content, _: gzip.compress(content, mtime=0),
    "jpeg": picture("JPEG"),
    "npy": array,
    "pickle": lambda content, _: pickle.dumps(content.split()),
    "sqlite": database,
    "tar": packed,
    "tiff": picture("TIFF"),
    "wav": sound,
    "webp": picture("WEBP"),
    "xz": lambda content, _: lzma.compress(content),
    "zip": zipped,
}
