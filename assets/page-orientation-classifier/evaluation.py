"""Pages written here with real fonts, printed, scanned and photographed by a seeded machine, and one real scan.

Each page comes at four rotations; how far it was turned is the truth.
"""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFilter
import PIL.ImageFont

from modelyard.catalog.evaluation.item import Item

PAGES = 60
FONTS = ("Sans", "Sans-Bold", "Serif", "Serif-Bold", "SansMono", "SansMono-Bold")
WORDS = {
    "Latin": "the of and a to in is you that it he was for on are as with his they at be this have from or one had by "
    "word but not what all were we when your can said there use an each which she do how their if will up other about "
    "out many then them these so some her would make like him into time has look two more write go see number no",
    "Greek": "και το να του η της με που την από για είναι στο θα τα των μας σε ένα τον δεν οι στην μια αυτό στη μου "
    "πολύ όταν ήταν πως αλλά χρόνια όπως μετά πρέπει κάθε σήμερα μπορεί έχει ώρα ζωή κόσμος χώρα πόλη σπίτι δρόμος",
    "Cyrillic": "и в не на я что он с как это по но они мы все она так его только мне было вот от меня еще нет о из "
    "ему теперь когда даже ну вдруг если уже или быть был него до вас нибудь опять уж вам ведь там потом себя ничего",
}  # fmt: skip
CONDITIONS = ("clean", "scan", "photo")

Random = np.random.Generator
Pen = PIL.ImageDraw.ImageDraw


def items(data: Path) -> Iterator[Item]:
    """Every page at every rotation."""
    layouts: dict[str, Callable[[Page], None]] = {"letter": letter, "columns": columns, "table": table, "note": note}
    for number in range(PAGES):
        random = np.random.default_rng(number)
        script = ("Latin", "Latin", "Greek", "Cyrillic")[number % 4]
        layout = tuple(layouts)[number // 4 % 4]
        condition = CONDITIONS[number % 3]
        page = Page(random, data / "fonts", WORDS[script].split())
        layouts[layout](page)
        picture = CONDITION[condition](page.paper, random)
        yield from turned(picture, f"{number:02d} {layout} {script} {condition}", layout, script, condition)
    with PIL.Image.open(data / "photos" / "page.png") as scan:
        yield from turned(scan.convert("RGB"), "scikit-image's page", "letter", "Latin", "photo")


def turned(picture: PIL.Image.Image, name: str, layout: str, script: str, condition: str) -> Iterator[Item]:
    """A page, turned clockwise by each of the angles."""
    for angle in (0, 90, 180, 270):
        file = io.BytesIO()
        # Pillow turns anticlockwise.
        picture.rotate(-angle, expand=True).save(file, "JPEG", quality=80)
        slices = {"layout": layout, "script": script, "condition": condition}
        yield Item(f"{name} {angle}", file.getvalue(), str(angle), slices=slices)


class Page:
    """A sheet of paper, upright, about A4 at 75 to 110 dots an inch; one in five lies on its side."""

    def __init__(self, random: Random, fonts: Path, words: list[str]) -> None:
        self.random = random
        self.words = words
        short = int(random.integers(620, 920))
        self.size = (short, round(short * 1.41)) if random.random() > 0.2 else (round(short * 1.41), short)
        self.paper = PIL.Image.new("RGB", self.size, "white")
        self.pen = PIL.ImageDraw.Draw(self.paper)
        self.file = fonts / f"DejaVu{FONTS[random.integers(len(FONTS))]}.ttf"
        self.height = int(random.integers(11, 20))
        self.margin = round(min(self.size) * random.uniform(0.06, 0.13))

    def font(self, times: float = 1) -> PIL.ImageFont.FreeTypeFont:
        return PIL.ImageFont.truetype(self.file, round(self.height * times))

    def sentence(self, count: int) -> str:
        words = " ".join(self.random.choice(self.words, count))
        return words[0].upper() + words[1:] + "."

    def paragraph(self, left: float, top: float, right: float, bottom: float) -> float:
        """Fills a box with sentences; where it ended."""
        font, line = self.font(), ""
        for _ in range(int(self.random.integers(2, 7))):
            for word in self.sentence(int(self.random.integers(5, 18))).split():
                if font.getlength(f"{line} {word}") > right - left:
                    if top + 1.4 * self.height > bottom:
                        return top
                    self.pen.text((left, top), line, fill=self.ink, font=font)
                    top, line = top + 1.4 * self.height, word
                else:
                    line = f"{line} {word}".strip()
        self.pen.text((left, top), line, fill=self.ink, font=font)
        return top + 2.2 * self.height

    @property
    def ink(self) -> tuple[int, int, int]:
        level = int(self.random.integers(0, 70))
        return level, level, level


def letter(page: Page) -> None:
    """A heading, an address on the right, paragraphs."""
    width, height = page.size
    page.pen.text((page.margin, page.margin), page.sentence(3), fill=page.ink, font=page.font(1.6))
    for number in range(3):
        place = (width * 0.62, page.margin + (3 + 1.4 * number) * page.height)
        page.pen.text(place, page.sentence(2), fill=page.ink, font=page.font())
    filled(
        page, page.margin, page.margin + 9 * page.height, width - page.margin, height * page.random.uniform(0.5, 0.95)
    )


def columns(page: Page) -> None:
    """A title over two columns, as papers have them."""
    width, height = page.size
    page.pen.text((width * 0.2, page.margin), page.sentence(4), fill=page.ink, font=page.font(1.8))
    middle = width / 2
    filled(page, page.margin, page.margin + 4 * page.height, middle - 10, height - page.margin)
    filled(page, middle + 10, page.margin + 4 * page.height, width - page.margin, height - page.margin)


def table(page: Page) -> None:
    """Rows of names and numbers between rules, as bills have them."""
    width, height = page.size
    page.pen.text((page.margin, page.margin), page.sentence(2), fill=page.ink, font=page.font(1.5))
    top = page.margin + 4.0 * page.height
    stops = [page.margin, width * 0.5, width * 0.68, width * 0.83]
    for _ in range(int(page.random.integers(6, 30))):
        if top > height - page.margin:
            break
        cells = [page.sentence(2), *(f"{page.random.uniform(1, 9999):.2f}" for _ in range(3))]
        for left, cell in zip(stops, cells, strict=True):
            page.pen.text((left, top), cell, fill=page.ink, font=page.font())
        top += 1.9 * page.height
        page.pen.line((page.margin, top - 3, width - page.margin, top - 3), fill=(150, 150, 150))


def note(page: Page) -> None:
    """A few lines on an empty sheet."""
    top = page.size[1] * page.random.uniform(0.1, 0.6)
    for _ in range(int(page.random.integers(2, 6))):
        page.pen.text(
            (page.margin, top), page.sentence(int(page.random.integers(2, 5))), fill=page.ink, font=page.font(1.3)
        )
        top += 2.2 * page.height


def filled(page: Page, left: float, top: float, right: float, bottom: float) -> None:
    """Paragraphs, until the box is full."""
    while top < bottom - 3 * page.height:
        top = page.paragraph(left, top, right, bottom)


def clean(paper: PIL.Image.Image, random: Random) -> PIL.Image.Image:
    return paper


def scan(paper: PIL.Image.Image, random: Random) -> PIL.Image.Image:
    """A little crooked, a little soft, grey, with grain."""
    crooked = paper.rotate(random.uniform(-2, 2), PIL.Image.Resampling.BICUBIC, fillcolor="white")
    soft = crooked.filter(PIL.ImageFilter.GaussianBlur(random.uniform(0.3, 1))).convert("L")
    return PIL.Image.fromarray(grainy(np.asarray(soft), random, 10)).convert("RGB")


def photo(paper: PIL.Image.Image, random: Random) -> PIL.Image.Image:
    """On a table, more crooked, lit from one side, yellowish, with grain."""
    width, height = paper.size
    border = round(min(paper.size) * random.uniform(0.02, 0.12))
    table_top = PIL.Image.new(
        "RGB", (width + 2 * border, height + 2 * border), tuple(random.integers(30, 120, 3).tolist())
    )
    table_top.paste(paper, (border, border))
    crooked = table_top.rotate(random.uniform(-7, 7), PIL.Image.Resampling.BICUBIC, fillcolor=(60, 55, 50))
    soft = np.asarray(crooked.filter(PIL.ImageFilter.GaussianBlur(random.uniform(0.5, 1.6)))).astype(np.float64)
    across = np.linspace(random.uniform(0.45, 1), random.uniform(0.45, 1), soft.shape[1])[np.newaxis, :, np.newaxis]
    lit = soft * across * np.array([1, 0.96, random.uniform(0.78, 0.95)])
    return PIL.Image.fromarray(grainy(lit, random, 8))


def grainy(pixels: np.ndarray, random: Random, levels: float) -> np.ndarray:
    return np.clip(pixels + random.normal(0, levels, pixels.shape), 0, 255).astype(np.uint8)


CONDITION = {"clean": clean, "scan": scan, "photo": photo}
