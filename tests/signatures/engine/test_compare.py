"""What was changed after signing, as pictures: the pages that differ, where, and what had to be left out."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image
from pyhanko.pdf_utils import generic

from signatures.engine import pictures
from signatures.engine.compare import Limits, claimed_ends, compare_with_signed
from signatures.engine.compared import Compared
from tests.signatures.authority import letter
from tests.signatures.engine import foreign
from tests.signatures.engine.foreign import Writer, increment
from tests.signatures.engine.test_attacks import another_page, other_catalog, overlay


def compared(old: bytes, new: bytes) -> Compared:
    return pictures.compare(old, new, seconds=20)


def is_brick(dot: tuple[int, ...]) -> bool:
    return dot[0] > 130 and dot[1] < 80 and dot[2] < 70


def kinds(found: Compared) -> list[tuple[str, int, int]]:
    return [(page.kind, page.old_page, page.new_page) for page in found.pages]


def writes(*words: str, page: int = 0, x: int = 72, first: int = 600):
    def change(writer: Writer) -> None:
        lines = " ".join(f"BT /F1 12 Tf {x} {first - 40 * row} Td ({word}) Tj ET" for row, word in enumerate(words))
        writer.add_stream_to_page(page, writer.add_object(generic.StreamObject(stream_data=lines.encode())))

    return change


def test_only_the_page_that_differs_is_pictured_with_the_place_framed_and_its_words() -> None:
    old = letter(3)
    found = compared(old, increment(old, writes("Rs 50,000", page=1)))
    assert (found.drawn, found.looks_same, found.left_out) == (True, False, 0)
    assert kinds(found) == [("changed", 2, 2)]
    (place,) = found.pages[0].places
    assert (place.number, place.where, place.before, place.after) == (1, "top", "", "Rs 50,000")
    then, now = (Image.open(BytesIO(one)) for one in (found.pages[0].old_picture, found.pages[0].new_picture))
    assert (then.format, then.size) == ("WEBP", now.size)
    assert max(then.size) <= pictures.LONGEST
    brick = [sum(map(is_brick, zip(*[iter(one.convert("RGB").tobytes())] * 3, strict=True))) for one in (then, now)]
    assert min(brick) > 300, "the frame stands on both"


def test_an_overlay_is_framed_and_the_words_below_it_are_not_called_changed() -> None:
    old = letter()
    (page,) = compared(old, increment(old, overlay)).pages
    assert [(place.before, place.after) for place in page.places] == [("", "")]


def test_pages_that_came_or_went_are_told_and_the_others_are_not_called_different() -> None:
    old = letter(3)
    more = increment(old, another_page)
    assert kinds(compared(old, more)) == [("added", 0, 4)]
    assert kinds(compared(more, old)) == [("removed", 4, 0)]

    def in_front(writer: Writer) -> None:
        another_page(writer)
        kids = writer.root["/Pages"]["/Kids"]
        kids.insert(0, kids.pop())
        writer.update_container(kids)

    assert kinds(compared(old, increment(old, in_front))) == [("added", 0, 1)]


def test_what_shows_on_no_page_is_said_so() -> None:
    old = letter(2)
    found = compared(old, increment(old, other_catalog))
    assert found.looks_same
    assert found.pages == ()


def test_too_many_places_become_one_frame_and_too_many_pages_are_counted() -> None:
    old = letter()
    (page,) = compared(old, increment(old, writes(*map(str, range(14)), first=660))).pages
    assert page.many
    assert len(page.places) == 1
    assert (page.places[0].before, page.places[0].after) == ("", "")
    long = letter(pictures.PAGES_MAX + 5)
    found = compared(long, increment(long, writes("x", page=pictures.PAGES_MAX + 2)))
    assert (found.left_out, found.looks_same, found.pages) == (5, False, ())
    many = letter(pictures.PICTURED_MAX + 2)
    pdf = many
    for number in range(pictures.PICTURED_MAX + 2):
        pdf = increment(pdf, writes("x", page=number))
    found = compared(many, pdf)
    assert (len(found.pages), found.without_picture) == (pictures.PICTURED_MAX + 2, 2)


def test_time_that_is_up_leaves_pages_out_and_says_how_many() -> None:
    old = letter(3)
    found = pictures.compare(old, increment(old, writes("x")), seconds=-1)
    assert (found.drawn, found.looked_at, found.left_out) == (True, 0, 3)
    assert not found.looks_same


@pytest.mark.parametrize("pdf", [b"", b"garbage", b"%PDF-1.7\n" + b"0" * 1000])
def test_what_can_not_be_drawn_is_said_so(pdf: bytes) -> None:
    assert compared(letter(), pdf) == Compared(drawn=False)


def test_a_page_of_a_mile_and_a_page_of_nothing_cost_nothing() -> None:
    def sized(width: float, height: float) -> bytes:
        def change(writer: Writer) -> None:
            page = writer.root["/Pages"]["/Kids"][0]
            page["/MediaBox"] = generic.ArrayObject(map(generic.FloatObject, (0, 0, width, height)))
            writer.update_container(page)

        return increment(letter(), change)

    assert compared(letter(), sized(10, 1_000_000)) == Compared(drawn=False)
    for width, height in ((0.001, 0.001), (14_000, 1), (1, 14_000)):
        found = compared(letter(), sized(width, height))
        assert [len(page.new_picture) < 200_000 for page in found.pages] == [True]


def test_the_child_answers_the_same_and_its_limits_hold() -> None:
    old = foreign.detached(letter(2))
    new = increment(old, writes("Rs 50,000"))
    (found,) = compare_with_signed(new, [len(old), len(new), 0, 10**9])
    assert found.end == len(old)
    assert kinds(found) == [("changed", 1, 1)]
    assert found.pages[0].new_picture.startswith(b"RIFF")
    assert compare_with_signed(new, [len(old)], Limits(wall_seconds=0.01)) == [Compared(drawn=False, end=len(old))]
    assert compare_with_signed(new, [len(old)], Limits(memory_bytes=8 * 1024 * 1024))[0].drawn is False


def test_a_state_that_differs_in_the_same_way_is_told_once() -> None:
    once = foreign.detached(letter(2))
    twice = foreign.detached(once, name="Second")
    new = increment(twice, writes("Rs 50,000"))
    assert [one.end for one in compare_with_signed(new, [len(once), len(twice)])] == [len(twice)]


def test_a_claimed_end_is_found_in_the_raw_bytes() -> None:
    signed = foreign.detached(letter())

    def hide(writer: Writer) -> None:
        del writer.root["/AcroForm"]
        writer.update_root()

    assert claimed_ends(increment(signed, hide)) == [len(signed)]
    assert claimed_ends(signed) == []
    assert claimed_ends(b"/ByteRange [0 5 3 9]" * 3) == []
    made_up = b"".join(b"/ByteRange [0 9 40 %d]" % number for number in range(100, 120))
    assert claimed_ends(increment(signed, hide) + made_up) == [len(signed)], "they hide no true one"
