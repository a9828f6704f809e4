"""Lines and pages that are drawn here, so that what stands on them is known to the letter."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont

from modelyard.catalog.evaluation.item import Item

SEED = 20260102
LINES, PAGES = 45, 10
FONTS = ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSerif", "DejaVuSerif-Bold", "DejaVuSansMono")
CONDITIONS = ("clean", "noisy", "faint", "dark", "turned")
# The first sentences of Jane Austen's Sense and Sensibility, 1811.
PROSE = (
    "The family of Dashwood had long been settled in Sussex. Their estate was large, and their residence was at "
    "Norland Park, in the centre of their property, where, for many generations, they had lived in so respectable "
    "a manner as to engage the general good opinion of their surrounding acquaintance. The late owner of this "
    "estate was a single man, who lived to a very advanced age, and who for many years of his life, had a "
    "constant companion and housekeeper in his sister. But her death, which happened ten years before his own, "
    "produced a great alteration in his home; for to supply her loss, he invited and received into his house the "
    "family of his nephew Mr. Henry Dashwood, the legal inheritor of the Norland estate, and the person to whom "
    "he intended to bequeath it. "
)
Random = np.random.Generator
Font = PIL.ImageFont.FreeTypeFont


def items(data: Path) -> Iterator[Item]:
    """Lines first, every third of them figures, then pages; each under one of the conditions in turn."""
    random = np.random.default_rng(SEED)
    for number in range(LINES):
        condition = CONDITIONS[number % len(CONDITIONS)]
        kind = "figures" if number % 3 == 0 else "prose"
        text = figures(random) if kind == "figures" else prose(random, int(random.integers(3, 9)))
        picture = drawn([text], font(data, random, 18, 40), condition, random)
        yield Item(f"line-{number}", encoded(picture), [text], slices={"condition": condition, "kind": kind})
    for number in range(PAGES):
        condition = CONDITIONS[number % len(CONDITIONS)]
        lines = [prose(random, int(random.integers(6, 10))) for _ in range(int(random.integers(8, 16)))]
        picture = drawn(lines, font(data, random, 16, 26), condition, random)
        yield Item(f"page-{number}", encoded(picture), lines, slices={"condition": condition, "kind": "page"})


def prose(random: Random, words: int) -> str:
    """So many words, one after another."""
    told = PROSE.split()
    start = int(random.integers(len(told) - words))
    return " ".join(told[start : start + words])


def figures(random: Random) -> str:
    """What stands on bills and labels."""
    amount, day, month = random.integers(100_000), random.integers(1, 29), random.integers(1, 13)
    code = "".join(random.choice(list("ABCDEFGHJKLMNPQRSTUVWXYZ23456789"), 6))
    return str(
        random.choice(
            [
                f"Total: {amount / 100:,.2f} EUR",
                f"Invoice {code} of {day:02}/{month:02}/2025",
                f"{amount:,} pieces at {day}.{month:02} each (net)",
                f"order-{amount}@example.org",
                f"+49 30 {amount:06} - {day:02}",
                f"{code} / {month} x {day} mm = {month * day} mm2",
            ]
        )
    )


def font(data: Path, random: Random, least: int, most: int) -> Font:
    """One of the fonts, at a size in pixels."""
    file = data / "fonts" / f"{random.choice(FONTS)}.ttf"
    return PIL.ImageFont.truetype(
        str(file), int(random.integers(least, most)), layout_engine=PIL.ImageFont.Layout.BASIC
    )


def drawn(lines: list[str], letters: Font, condition: str, random: Random) -> PIL.Image.Image:
    """Lines of text on paper, as a scanner or a camera might see it."""
    size = letters.size
    step = int(size * 1.5)
    width = int(max(letters.getlength(line) for line in lines)) + 4 * int(size)
    ink, paper = {"faint": (150, 190), "dark": (235, 30)}.get(condition, (20, 245))
    picture = PIL.Image.new("L", (width, step * len(lines) + 3 * int(size)), paper)
    pen = PIL.ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        pen.text((2 * size, 1.5 * size + number * step), line, fill=ink, font=letters)
    if condition == "turned":
        degrees = float(random.uniform(-3, 3))
        picture = picture.rotate(degrees, PIL.Image.Resampling.BICUBIC, expand=True, fillcolor=paper)
    if condition == "noisy":
        pixels = np.asarray(picture, np.float64) + random.normal(0, 25, picture.size[::-1])
        picture = PIL.Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    return picture


def encoded(picture: PIL.Image.Image) -> bytes:
    """A PNG file."""
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
