"""What a row asks for: an office that must be this one, a post by its name, or a designation in a section."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _

from employee_master.services.imports.finders import KIND, LITTLE, Finder, Found, fold_code
from employee_master.services.imports.known import Known, Seat, Unit
from employee_master.services.imports.lines import Line
from employee_master.services.imports.words import refused, warning
from eoffice.core.errors import Text

# "Review Officer, GAD-7"; "Review Officer (GAD-7)".
_COUNTED = re.compile(r"\s*[-–(]?\s*[0-9०-९]{1,2}\s*\)?$")
_PAIR = re.compile(r"\s*[,;/(|]\s*|\s+[-–]\s+")

_UNKNOWN: dict[str, tuple[Text, Text]] = {
    "designation": (
        _("There is no designation “%(text)s” in this instance."),
        _("There is no designation “%(text)s” in this instance. Closest: %(closest)s (%(mark)s)."),
    ),
    "section": (
        _("There is no section “%(text)s” here."),
        _("There is no section “%(text)s” here. Closest: %(closest)s (%(mark)s)."),
    ),
    "post": (
        _("There is no post “%(text)s” here."),
        _("There is no post “%(text)s” here. Closest: %(closest)s (%(mark)s)."),
    ),
}


@dataclass(slots=True)
class Wish:
    """A named post; or a designation in a section, or (None) in the office itself."""

    line: Line
    post: Seat | None = None
    designation: Unit | None = None
    section: Unit | None = None
    office_itself: bool = False


def mark_of(thing: Unit | Seat) -> str:
    return thing.marking if isinstance(thing, Seat) else thing.code


class Wishes:
    """Reads what the rows of one sheet ask for. The same text is looked for once."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._offices = _units(known.offices.values())
        self._placed: dict[int, str] = {}
        self._sections = _units(known.sections.values())
        self._designations = _units(known.designations.values(), kind=LITTLE)
        self._posts = Finder((one, (one.marking,), (one.name_en, one.name_hi)) for one in known.seats.values())

    def check_office(self, line: Line) -> None:
        """Refuse a row that says another office than the sheet's."""
        text, office = line.text("office"), self._known.office
        found = self._offices.find(text) if text else Found(office)
        if found.thing == self._known.offices.get(office.pk) or found.thing is office:
            return
        if any(one.pk == office.pk for one in found.several):
            return
        if found.thing is None and not line.text("section") and self._sections.find(text).thing is not None:
            self._placed[line.number] = text  # "Place of posting" often says the section
            return
        if found.thing is not None:
            words = _("This row is of %(other)s; the sheet is for %(office)s.")
        else:
            words = _("“%(text)s” is no office of this instance; the sheet is for %(office)s.")
        line.add(
            refused(
                "wrong_office", "office", words, suggestion=office.code, text=text, office=office,
                other=found.thing or "",
            )
        )  # fmt: skip

    def read(self, line: Line) -> Wish | None:
        """None where nothing is asked for, or not clearly: the row says why then."""
        wish = Wish(line)
        designation, section, post = line.text("designation"), line.text("section"), line.text("post")
        section = section or self._placed.get(line.number, "")
        if designation and not post and self._is_post(designation):
            designation, post = "", designation
        if designation:
            wish.designation = self._take(line, "designation", "designation", designation)
        if section:
            self._read_section(wish, section)
        if post:
            self._read_post(wish, post)
        if any(line.is_refused(column) for column in ("designation", "section", "post")):
            return None
        if wish.post is not None:
            return wish if self._agrees(wish) else None
        if wish.designation is None:
            return None
        return wish

    def _is_post(self, text: str) -> bool:
        """Whether what stands for the designation is a post: its marking, or a designation with its section."""
        if self._designation(text).thing is not None:
            return False
        found = self._posts.find(text)
        if (found.thing is not None and found.certain) or fold_code(text) in self._known.former_markings:
            return True
        first, _comma, second = _PAIR.sub("\n", text.rstrip(") "), count=1).partition("\n")
        return bool(second and self._designations.find(first).thing and self._sections.find(second).thing)

    def _read_section(self, wish: Wish, text: str) -> None:
        office = self._offices.find(text)
        if office.thing is not None and office.certain and office.thing.pk == self._known.office.pk:
            # An officer of no section is often entered under the name of the office itself.
            wish.office_itself = True
            return
        wish.section = self._take(wish.line, "section", "section", text)

    def _take(self, line: Line, kind: str, column: str, text: str) -> Unit | None:
        found = self._sections.find(text) if kind == "section" else self._designation(text)
        if found.thing is None:
            self._refuse_unknown(line, kind, column, text, found.closest)
        elif not found.certain:
            self._say_how_read(line, column, found.thing)
        return found.thing

    def _designation(self, text: str) -> Found[Unit]:
        """A number behind it counts the posts: "Dealing Assistant-2"."""
        found = self._designations.find(text)
        bare = _COUNTED.sub("", text)
        if found.thing is None and bare != text:
            counted = self._designations.find(bare)
            if counted.thing is not None:
                return replace(counted, certain=False)
        return found

    def _refuse_unknown(self, line: Line, kind: str, column: str, text: str, closest: Unit | Seat | None) -> None:
        bare, with_closest = _UNKNOWN[kind]
        if closest is None:
            line.add(refused(f"unknown_{kind}", column, bare, text=text))
            return
        mark = mark_of(closest)
        line.add(
            refused(f"unknown_{kind}", column, with_closest, suggestion=mark, text=text, closest=closest, mark=mark)
        )

    @staticmethod
    def _say_how_read(line: Line, column: str, thing: Unit | Seat) -> None:
        mark = mark_of(thing)
        line.add(
            warning("read_as", column, _("Read as %(thing)s (%(mark)s)."), suggestion=mark, thing=thing, mark=mark)
        )

    def _read_post(self, wish: Wish, text: str) -> None:
        """A marking, present or former; the name of a post; or a designation, alone or with its section."""
        line, key = wish.line, fold_code(text)
        found = self._posts.find(text)
        if found.thing is not None and found.certain and self._is_any_of(text, found.thing):
            self._read_several(wish, (found.thing,))
            return
        if found.thing is not None and (found.certain or not self._designations.find(text).thing):
            wish.post = found.thing
            if not found.certain:
                self._say_how_read(line, "post", found.thing)
            return
        if key in self._known.former_markings:
            wish.post = self._known.seats[self._known.former_markings[key]]
            self._say_how_read(line, "post", wish.post)
            return
        if key in self._known.abolished:
            line.add(refused("post_abolished", "post", _("The post %(text)s no longer exists."), text=text))
            return
        if found.several:
            self._read_several(wish, found.several)
            return
        if not self._read_as_designation(wish, text):
            self._refuse_unknown(line, "post", "post", text, found.closest)

    @staticmethod
    def _is_any_of(text: str, seat: Seat) -> bool:
        """A name without a number, as "Dealing Assistant, GAD-3", means any of them; a marking means the one."""
        first, _comma, second = _PAIR.sub("\n", text, count=1).partition("\n")
        numbered = any(c.isdigit() for c in first)
        return bool(second) and not numbered and fold_code(text) != fold_code(seat.marking)

    def _read_several(self, wish: Wish, seats: tuple[Seat, ...]) -> None:
        """Posts of one name: any of them will do, if they are of one designation in one section."""
        places = {(seat.section_id, seat.designation_id) for seat in seats}
        if len(places) > 1:
            markings = ", ".join(seat.marking for seat in seats[:6])
            wish.line.add(
                refused(
                    "several_posts", "post", _("Several posts are called so: %(markings)s. Write the marking."),
                    markings=markings,
                )
            )  # fmt: skip
            return
        (section_id, designation_id) = places.pop()
        wish.designation = wish.designation or self._known.designations.get(designation_id)
        if section_id is None:
            wish.office_itself = True
        else:
            wish.section = wish.section or self._known.sections.get(section_id)

    def _read_as_designation(self, wish: Wish, text: str) -> bool:
        whole = self._designations.find(text).thing
        if whole is not None:
            wish.designation = wish.designation or whole
            return True
        first, _comma, second = _PAIR.sub("\n", text.rstrip(") "), count=1).partition("\n")
        designation = self._designations.find(first.rstrip("0123456789 ")).thing if second else None
        if designation is None:
            return False
        wish.designation = wish.designation or designation
        if wish.section is None:
            wish.section = self._take(wish.line, "section", "post", second)
        return True

    def _agrees(self, wish: Wish) -> bool:
        """The post that is named is of the designation and section that the row says too."""
        assert wish.post is not None
        for column, said, own in (
            ("designation", wish.designation, self._known.designations.get(wish.post.designation_id)),
            ("section", wish.section, self._known.sections.get(wish.post.section_id or 0)),
        ):
            if said is not None and (own is None or own.pk != said.pk):
                wish.line.add(
                    refused(
                        "post_disagrees", column,
                        _("The row says %(said)s, but %(post)s (%(mark)s) is of %(own)s."),
                        suggestion=own.code if own else "", said=said, post=wish.post, mark=wish.post.marking,
                        own=own or self._known.office,
                    )
                )  # fmt: skip
                return False
        return True


def _units(units: Iterable[Unit], *, kind: frozenset[str] = KIND) -> Finder[Unit]:
    return Finder(((one, (one.code, one.short), (one.name_en, one.name_hi)) for one in units), kind=kind)
