"""Two states of a PDF as a reader sees them, page beside page, with the places that differ outlined and numbered.

Drawn by the library that draws papers everywhere in the program, so what differs here differs on the screen. This says
nothing about whether a change is allowed: that is `integrity`'s. The bytes may be hostile: call it through `compare`,
which puts it into a limited child.
"""

from __future__ import annotations

import ctypes
import time
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import sha256
from io import BytesIO
from typing import Any, Final

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageStat

from signatures.engine.compared import Compared, PageChange, Place

Box = tuple[int, int, int, int]
Cell = tuple[int, int]

LONGEST: Final = 1120
PAGES_MAX: Final = 40
PICTURED_MAX: Final = 4
PLACES_MAX: Final = 9
PICTURES_BYTES_MAX: Final = 2 * 1024 * 1024
_LARGEST_SCALE: Final = 2.0
_CONTRAST: Final = 24
_CELL: Final = 8
_REACH: Final = (4, 2)
_TEXT_MAX: Final = 120
_MARGIN: Final = 8
_LABEL: Final = 24
_BRICK: Final = (164, 38, 24)
_WHITE: Final = (255, 255, 255)
# A change of page count of this size and more is told without aligning every page.
_SIDE_MAX: Final = 20_000


@dataclass
class _Budget:
    """Time and bytes that may still be used."""

    until: float
    pictures: int = PICTURED_MAX
    size: int = PICTURES_BYTES_MAX

    @property
    def is_over(self) -> bool:
        return time.monotonic() > self.until


def compare(old: bytes, new: bytes, *, seconds: float) -> Compared:
    """What differs to the eye between `old` and `new`. Unreadable by the drawing library: `drawn` is False."""
    budget = _Budget(time.monotonic() + seconds)
    try:
        before, after = pypdfium2.PdfDocument(old), pypdfium2.PdfDocument(new)
    except (pypdfium2.PdfiumError, ValueError, OSError):
        return Compared(drawn=False)
    try:
        before.init_forms()
        after.init_forms()
        return _compared(before, after, budget)
    except (pypdfium2.PdfiumError, ValueError, OSError):
        return Compared(drawn=False)
    finally:
        before.close()
        after.close()


def _compared(before: Any, after: Any, budget: _Budget) -> Compared:
    counts = (len(before), len(after))
    marks: tuple[list[str], list[str]] = ([], [])
    for number in range(min(PAGES_MAX, max(counts))):
        if budget.is_over:
            break
        for side, document, count in zip(marks, (before, after), counts, strict=True):
            if number < count:
                side.append(_mark(_drawn(document[number])))
    looked = min(len(marks[0]), counts[0]), min(len(marks[1]), counts[1])
    left_out = max(counts[0] - looked[0], counts[1] - looked[1])
    changes: list[PageChange] = []
    for tag, first, first_end, second, second_end in SequenceMatcher(None, *marks, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        paired = min(first_end - first, second_end - second)
        changes += [_changed(before, after, first + step, second + step, budget) for step in range(paired)]
        if left_out and (first_end, second_end) == (len(marks[0]), len(marks[1])):
            continue  # a page without partner may have one among those that were not looked at
        changes += [_alone(before, "removed", number, budget) for number in range(first + paired, first_end)]
        changes += [_alone(after, "added", number, budget) for number in range(second + paired, second_end)]
    return Compared(
        drawn=True, old_pages=counts[0], new_pages=counts[1], looked_at=max(looked), left_out=left_out,
        pages=tuple(changes),
    )  # fmt: skip


def _changed(before: Any, after: Any, old: int, new: int, budget: _Budget) -> PageChange:
    if budget.is_over:
        return PageChange("changed", old + 1, new + 1, ())
    pages = before[old], after[new]
    pictures = [_drawn(page) for page in pages]
    boxes, many = _boxes(*pictures)
    texts = [[_words(page, picture, box) for box in boxes] for page, picture in zip(pages, pictures, strict=True)]
    places = tuple(
        Place(
            number, _where(box, pictures[1]), *(("", "") if many or was == now else (was, now)),
        )
        for number, (box, was, now) in enumerate(zip(boxes, *texts, strict=True), start=1)
    )  # fmt: skip
    then, now = _kept(_outlined(pictures, boxes), budget)
    return PageChange("changed", old + 1, new + 1, places, then, now, many)


def _alone(document: Any, kind: str, number: int, budget: _Budget) -> PageChange:
    kept = _kept([_drawn(document[number])], budget)[0] if budget.pictures > 0 else b""
    if kind == "removed":
        return PageChange("removed", number + 1, 0, (), kept, b"")
    return PageChange("added", 0, number + 1, (), b"", kept)


def _kept(pictures: list[Image.Image], budget: _Budget) -> list[bytes]:
    """The pictures as WebP while there is room for them; then empty, and the words must do."""
    nothing = [b""] * len(pictures)
    if budget.pictures <= 0 or budget.is_over:
        return nothing
    coded = []
    for picture in pictures:
        output = BytesIO()
        picture.save(output, "WEBP", quality=62, method=3)
        coded.append(output.getvalue())
    size = sum(map(len, coded))
    if size > budget.size:
        return nothing
    budget.pictures -= 1
    budget.size -= size
    return coded


def _drawn(page: Any) -> Image.Image:
    longest = max(page.get_width(), page.get_height(), 1.0)
    if longest > _SIDE_MAX:
        raise ValueError("a page longer than any paper")
    scale = float(min(_LARGEST_SCALE, LONGEST / longest))
    picture: Image.Image = page.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")
    return picture


def _mark(picture: Image.Image) -> str:
    return sha256(repr(picture.size).encode() + picture.tobytes()).hexdigest()


def _boxes(old: Image.Image, new: Image.Image) -> tuple[list[Box], bool]:
    """Where the pictures differ, from top to bottom; one box around everything (True) where there are too many."""
    size = max(old.width, new.width), max(old.height, new.height)
    both = []
    for one in (old, new):
        canvas = Image.new("RGB", size, (127, 127, 127))
        canvas.paste(one, (0, 0))
        both.append(canvas)
    bands = ImageChops.difference(*both).split()
    most = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
    mask = most.point(lambda value: 255 if value > _CONTRAST else 0)
    # Differences too faint for the threshold are differences all the same: the pages are not equal.
    mask = mask if mask.getbbox() else most.point(lambda value: 255 if value else 0)
    grid = mask.reduce(_CELL)
    cells = {
        (index % grid.width, index // grid.width) for index, value in enumerate(grid.tobytes()) if value
    }  # fmt: skip
    boxes = sorted(_joined([_around(group) for group in _groups(cells)]), key=lambda box: (box[1], box[0]))
    if len(boxes) <= PLACES_MAX:
        return boxes, False
    return [_together(boxes)], True


def _groups(cells: set[Cell]) -> list[list[Cell]]:
    """Cells that touch, or nearly: a word is one place, not a place per letter."""
    left, groups = set(cells), []
    reach = [(x, y) for x in range(-_REACH[0], _REACH[0] + 1) for y in range(-_REACH[1], _REACH[1] + 1)]
    while left:
        todo = [left.pop()]
        group = []
        while todo:
            x, y = todo.pop()
            group.append((x, y))
            for dx, dy in reach:
                near = (x + dx, y + dy)
                if near in left:
                    left.remove(near)
                    todo.append(near)
        groups.append(group)
    return groups


def _around(group: list[Cell]) -> Box:
    xs, ys = [x for x, _y in group], [y for _x, y in group]
    return min(xs) * _CELL, min(ys) * _CELL, (max(xs) + 1) * _CELL, (max(ys) + 1) * _CELL


def _joined(boxes: list[Box]) -> list[Box]:
    """Boxes that overlap once they have their margin become one."""
    done: list[Box] = []
    todo = list(boxes)
    while todo:
        one = todo.pop()
        touching = next((other for other in done if _touch(one, other)), None)
        if touching is None:
            done.append(one)
        else:
            done.remove(touching)
            todo.append(_together([one, touching]))
    return done


def _touch(one: Box, other: Box) -> bool:
    room = 2 * _MARGIN
    across = one[0] < other[2] + room and other[0] < one[2] + room
    return across and one[1] < other[3] + room and other[1] < one[3] + room


def _together(boxes: list[Box]) -> Box:
    lefts, tops, rights, lows = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(lows)


def _outlined(pictures: list[Image.Image], boxes: list[Box]) -> list[Image.Image]:
    """Each place in a numbered frame: brick between white lines, so that it is seen on any ground."""
    shown = [picture.copy() for picture in pictures]
    width, height = min(one.width for one in shown), min(one.height for one in shown)
    font = ImageFont.load_default(18)
    for number, box in enumerate(boxes, start=1):
        frame = (
            max(0, box[0] - _MARGIN), max(0, box[1] - _MARGIN),
            min(width - 1, box[2] + _MARGIN), min(height - 1, box[3] + _MARGIN),
        )  # fmt: skip
        if frame[2] - frame[0] < 2 * _MARGIN or frame[3] - frame[1] < 2 * _MARGIN:
            continue
        x, y = _free_corner(frame, pictures, width, height)
        for one in shown:
            pen = ImageDraw.Draw(one)
            pen.rectangle(frame, outline=_WHITE, width=5)
            pen.rectangle((frame[0] + 1, frame[1] + 1, frame[2] - 1, frame[3] - 1), outline=_BRICK, width=3)
            pen.rectangle((x, y, x + _LABEL, y + _LABEL), fill=_BRICK, outline=_WHITE)
            pen.text((x + _LABEL / 2, y + _LABEL / 2), str(number), fill=_WHITE, font=font, anchor="mm")
    return shown


def _free_corner(frame: Box, pictures: list[Image.Image], width: int, height: int) -> tuple[int, int]:
    """Where beside the frame the number hides least, the same place on both pictures."""
    left, top, right, low = frame
    places = [
        (left, top - _LABEL), (left - _LABEL, top), (right, top), (right - _LABEL, top - _LABEL), (left, low),
        (right - _LABEL, low), (right, low - _LABEL),
    ]  # fmt: skip
    inside = [(x, y) for x, y in places if x >= 0 and y >= 0 and x + _LABEL < width and y + _LABEL < height]

    def hidden(place: tuple[int, int]) -> float:
        area = (*place, place[0] + _LABEL, place[1] + _LABEL)
        return sum(ImageStat.Stat(one.crop(area).convert("L")).stddev[0] for one in pictures)

    return min(inside, key=hidden, default=(max(0, left), max(0, top)))


def _where(box: Box, picture: Image.Image) -> str:
    middle = (box[1] + box[3]) / 2 / max(picture.height, 1)
    if box[3] - box[1] > picture.height / 2:
        return "most"
    return "top" if middle < 1 / 3 else "bottom" if middle > 2 / 3 else "middle"


def _words(page: Any, picture: Image.Image, box: Box) -> str:
    """The words that stand in the box, as far as the file tells them."""
    left, top = _on_page(page, picture, box[0] - 2, box[1] - 2)
    right, low = _on_page(page, picture, box[2] + 2, box[3] + 2)
    words = page.get_textpage()
    try:
        found = words.get_text_bounded(
            left=min(left, right), bottom=min(top, low), right=max(left, right), top=max(top, low)
        )
    finally:
        words.close()
    plain = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in str(found)[: 4 * _TEXT_MAX])
    plain = " ".join(plain.split())
    return plain if len(plain) <= _TEXT_MAX else plain[: _TEXT_MAX - 1] + "…"


def _on_page(page: Any, picture: Image.Image, x: int, y: int) -> tuple[float, float]:
    across, up = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDF_DeviceToPage(page.raw, 0, 0, picture.width, picture.height, 0, x, y, across, up)
    return across.value, up.value
