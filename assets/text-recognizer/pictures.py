"""Pictures on their way to the networks: made smaller or larger, bordered, lines cut out and set upright.

It follows `utils/process_img.py` and the resizing of both networks in rapidocr 3.10.0. Where a picture shrinks, Pillow
averages all pixels that become one, and OpenCV, which the original uses, reads four of them.
"""

import math

import numpy as np
import PIL.Image
from numpy.typing import NDArray

Picture = PIL.Image.Image
Size = tuple[int, int]
Corners = NDArray[np.float64]

SHORTEST, LARGEST = 30, 2_000
"""Sides of the picture that lines are cut out of, in pixels."""
FLATTEST = 8
"""A picture wider than this times its height gets black borders above and below."""
SEARCHED, LONGEST = 736, 2_944
"""The shorter side of what the first network sees at least, and the longest that the other one becomes for that."""
MOST = SEARCHED * LONGEST
"""Pixels of what it sees: each takes some 330 bytes of memory."""
STEP = 32
"""Its sides are multiples of this."""
SAME_ROW = 10
"""Lines whose tops are fewer pixels apart stand beside each other."""
UPRIGHT = 1.5
"""A line higher than this times its width is turned to the right."""


def bounded(size: Size) -> Size:
    """Width and height of the picture that lines are cut out of."""
    width, height = size
    if (ratio := LARGEST / max(width, height)) < 1:
        width, height = _stepped(width * ratio), _stepped(height * ratio)
    if (ratio := SHORTEST / min(width, height)) > 1:
        width, height = (min(LARGEST, _stepped(side * ratio)) for side in (width, height))
    return width, height


def border(size: Size) -> int:
    """Height of the black borders above and below a picture."""
    width, height = size
    if height > SHORTEST and width / height <= FLATTEST:
        return 0
    return abs(2 * max(width // FLATTEST, SHORTEST) - height) // 2


def bordered(picture: Picture) -> Picture:
    """The picture at its bounded size, with its borders."""
    size = bounded(picture.size)
    if picture.size != size:
        picture = picture.resize(size, PIL.Image.Resampling.BILINEAR)
    if not (edge := border(size)):
        return picture
    whole = PIL.Image.new("RGB", (size[0], size[1] + 2 * edge))
    whole.paste(picture, (0, edge))
    return whole


def searched(size: Size) -> Size:
    """Width and height at which the first network sees a picture."""
    ratio = min(max(1.0, min(SEARCHED / min(size), LONGEST / max(size))), math.sqrt(MOST / math.prod(size)))
    width, height = (_stepped(int(side * ratio)) for side in size)
    return width, height


def _stepped(length: float) -> int:
    return max(STEP, round(int(length) / STEP) * STEP)


def normalised(picture: Picture) -> NDArray[np.float32]:
    """float32 [3, height, width], blue first, from -1 to 1."""
    pixels = np.asarray(picture)[..., ::-1].transpose(2, 0, 1)
    return (pixels.astype(np.float32) / 255 - 0.5) / 0.5


def placed(boxes: list[Corners], there: Size, wanted: Size) -> list[Corners]:
    """Boxes at the size of another picture, on whole pixels, from top to bottom and from left to right.

    Args:
        boxes: [4, 2] each, from the top left corner clockwise.
        there: Width and height of what they were found in.
        wanted: Width and height of the picture that they are wanted for.
    """
    scale = np.array(wanted) / there
    found = []
    for box in boxes:
        corners = np.clip(np.round(box * scale), 0, np.array(wanted) - 1)
        sides = np.linalg.norm(corners[0] - corners[1]), np.linalg.norm(corners[0] - corners[3])
        if min(map(int, sides)) > 3:
            found.append(corners)
    if not found:
        return []
    tops, lefts = np.array([corners[0] for corners in found]).T[::-1]
    order = np.argsort(tops, kind="stable")
    rows = np.cumsum(np.diff(tops[order], prepend=tops[order[0]]) >= SAME_ROW)
    return [found[number] for number in order[np.lexsort((lefts[order], rows))]]


def cut(picture: Picture, box: Corners) -> Picture:
    """What stands in a box, straight, its letters upright.

    Args:
        picture: RGB.
        box: [4, 2], its corners, from the top left one clockwise.
    """
    top, right, bottom, left = np.linalg.norm(box - np.roll(box, -1, axis=0), axis=1)
    width, height = int(max(top, bottom)), int(max(left, right))
    (x, y), (far_x, far_y) = box[0], box[2]
    if np.array_equal(box, [[x, y], [far_x, y], [far_x, far_y], [x, far_y]]):
        line = picture.crop((int(x), int(y), int(x) + width, int(y) + height))
    else:
        straight = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
        # OpenCV counts from the middle of the first pixel, Pillow from its corner.
        coefficients = perspective(straight + 0.5, box + 0.5)
        line = picture.transform(
            (width, height), PIL.Image.Transform.PERSPECTIVE, coefficients, PIL.Image.Resampling.BICUBIC
        )
    return line.transpose(PIL.Image.Transpose.ROTATE_90) if height / width >= UPRIGHT else line


def perspective(there: Corners, wanted: Corners) -> tuple[float, ...]:
    """a to h of x' = (ax + by + c) / (gx + hy + 1), y' = (dx + ey + f) / (gx + hy + 1) that leads four points to four.

    Args:
        there: float64 [4, 2].
        wanted: float64 [4, 2].
    """
    rows = []
    for (x, y), (to_x, to_y) in zip(there, wanted, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -to_x * x, -to_x * y])
        rows.append([0, 0, 0, x, y, 1, -to_y * x, -to_y * y])
    # Not `solve`: four corners of which three are in one line have no exact answer, and a closest one.
    solution, *_ = np.linalg.lstsq(np.array(rows), wanted.ravel(), rcond=None)
    return tuple(float(one) for one in solution)
