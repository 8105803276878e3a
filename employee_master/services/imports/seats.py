"""A seat for every row: the post that the person keeps, the one that is named, a vacant one, or a new one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from employee_master.models import FULL_KINDS, ChargeKind
from employee_master.services.imports.known import Held, Known, Seat
from employee_master.services.imports.lines import Line
from employee_master.services.imports.wishes import Wish, Wishes
from employee_master.services.imports.words import Words, both, refused, warning

# A section of the office (None: the office itself), and a designation.
Place = tuple[int | None, int]


class Seats:
    """Places the rows of one sheet: those that name a post first, so that none is taken from them."""

    def __init__(self, known: Known, today: date) -> None:
        self._known, self._today = known, today
        self._wishes = Wishes(known)
        self._places: dict[Place, list[Seat]] = defaultdict(list)
        for seat in known.seats.values():
            self._places[seat.section_id, seat.designation_id].append(seat)
        self._taken: dict[int, Line] = {}
        self._new: Counter[Place] = Counter()
        self._called: dict[Place, Words] = {}

    def place_all(self, lines: Sequence[Line]) -> None:
        waiting = []
        for line in lines:
            self._wishes.check_office(line)
            wish = self._wishes.read(line)
            if wish is None:
                self._without_wish(line)
            elif self._is_clear(wish) and not self._keeps(wish):
                waiting.append(wish)
        for wish in sorted(waiting, key=lambda wish: wish.post is None):
            if not self._is_hindered(wish):
                self._place(wish)

    def _first_day(self, line: Line) -> date:
        return line.day("charge_from") or self._today

    def _charges(self, line: Line) -> list[Held]:
        """The person's charges that would run beside the new one."""
        if line.person is None:
            return []
        return [one for one in self._known.of_person.get(line.person.pk, []) if one.overlaps(self._first_day(line))]

    def _without_wish(self, line: Line) -> None:
        """Fine for somebody who has a charge here: the row is about the person only."""
        flagged = any(line.is_refused(column) for column in ("designation", "section", "post"))
        if flagged or any(one.office_id == self._known.office.pk for one in self._charges(line)):
            return
        line.add(
            refused(
                "designation_missing",
                "designation",
                _("The row says neither designation nor post, and no post is held."),
            )
        )

    def _is_clear(self, wish: Wish) -> bool:
        """A designation that exists in sections only, without a section, says too little."""
        if wish.post is not None or wish.section is not None or wish.office_itself or wish.designation is None:
            return True
        designation = wish.designation
        if self._places.get((None, designation.pk)) or self._held_here(wish):
            return True
        sections = sorted(
            self._known.sections[section].code
            for section, rank in self._places
            if rank == designation.pk and section is not None and section in self._known.sections
        )
        if not sections:
            return True
        if len(sections) == 1:
            wish.section = next(one for one in self._known.sections.values() if one.code == sections[0])
            return True
        wish.line.add(
            refused(
                "section_missing",
                "section",
                _("In which section? There are posts of %(designation)s in %(sections)s."),
                designation=designation,
                sections=", ".join(sections[:8]),
            )
        )
        return False

    def _held_here(self, wish: Wish) -> list[Held]:
        """The person's charges that fit what the row asks for."""
        found = []
        for held in self._charges(wish.line):
            seat = self._known.seats.get(held.post_id)
            if seat is None or held.kind not in FULL_KINDS:
                continue
            if wish.post is not None:
                fits = seat.pk == wish.post.pk
            else:
                fits = wish.designation is not None and seat.designation_id == wish.designation.pk
                section_said = wish.section is not None or wish.office_itself
                fits = fits and (not section_said or seat.section_id == (wish.section.pk if wish.section else None))
            if fits:
                found.append(held)
        return found

    def _keeps(self, wish: Wish) -> bool:
        """Whoever sits there already stays."""
        for held in self._held_here(wish):
            if held.post_id not in self._taken:
                self._taken[held.post_id] = wish.line
                self._say_since(wish.line, held)
                wish.line.deed["post"] = _described(self._known.seats[held.post_id])
                return True
        return False

    @staticmethod
    def _say_since(line: Line, held: Held) -> None:
        since = line.day("charge_from")
        if since is not None and since != held.from_on:
            words = _("The master says: in this post since %(day)s. That stays so.")
            line.add(warning("since_kept", "charge_from", words, day=held.from_on))

    def _is_hindered(self, wish: Wish) -> bool:
        """What keeps the person from any new charge of this kind."""
        line = wish.line
        if line.kind == ChargeKind.LINK:
            line.add(
                refused(
                    "link_elsewhere",
                    "charge_kind",
                    _("A link arrangement has a last day and is entered with the charges."),
                )
            )
            return True
        if line.kind != ChargeKind.SUBSTANTIVE:
            return False
        other = next((one for one in self._charges(line) if one.kind == ChargeKind.SUBSTANTIVE), None)
        if other is None:
            return False
        column = "post" if wish.post is not None else "designation"
        line.add(
            refused(
                "has_substantive",
                column,
                _(
                    "Holds %(marking)s substantively since %(day)s. Relieve there first, or enter this one as "
                    "additional charge."
                ),
                marking=other.marking,
                day=other.from_on,
            )
        )
        return True

    def _place(self, wish: Wish) -> None:
        # A link officer of the post, say: nobody has two charges of one post.
        own = {one.post_id: one for one in self._charges(wish.line)}
        if wish.post is not None:
            if not self._refuse_own(wish.line, own.get(wish.post.pk)) and not self._refuse_taken(wish, wish.post):
                self._seat(wish.line, wish.post)
            return
        assert wish.designation is not None
        place = (wish.section.pk if wish.section is not None else None, wish.designation.pk)
        seats = self._places[place]
        day = self._first_day(wish.line)
        free = (seat for seat in seats if seat.pk not in self._taken and seat.pk not in own)
        vacant = next((seat for seat in free if not self._blockers(seat, day)), None)
        if vacant is not None:
            self._seat(wish.line, vacant)
        elif not self._refuse_over_strength(wish, place):
            self._seat_anew(wish, place)

    def _blockers(self, seat: Seat, day: date) -> list[Held]:
        return [one for one in self._known.on_post.get(seat.pk, []) if one.overlaps(day)]

    def _refuse_own(self, line: Line, own: Held | None) -> bool:
        if own is None:
            return False
        line.add(
            refused(
                "has_this_charge",
                "post",
                _("Has a charge of %(mark)s already, since %(since)s. End that one first."),
                mark=own.marking,
                since=own.from_on,
            )
        )
        return True

    def _refuse_taken(self, wish: Wish, seat: Seat) -> bool:
        line, day = wish.line, self._first_day(wish.line)
        blockers = self._blockers(seat, day)
        if blockers:
            held = max(blockers, key=lambda one: one.from_on)
            if held.to_on is None or held.to_on >= self._today:
                words = _("%(mark)s is held by %(person)s since %(since)s. Two people can’t hold one post in full.")
            else:
                words = _("%(mark)s was held by %(person)s until %(until)s. The charge can begin after that day.")
            line.add(
                refused(
                    "post_taken", "post", words, mark=seat.marking, person=held, since=held.from_on,
                    until=held.to_on or "",
                )
            )  # fmt: skip
            return True
        if seat.pk in self._taken:
            other = self._taken[seat.pk]
            line.add(
                refused(
                    "post_twice", "post", _("Row %(row)s has the post %(mark)s already."), row=other.number,
                    mark=seat.marking,
                )
            )  # fmt: skip
            return True
        return False

    def _refuse_over_strength(self, wish: Wish, place: Place) -> bool:
        strength = self._known.strengths.get(place)
        present = len(self._places[place]) + self._new[place]
        if strength is None or present < strength:
            return False
        wish.line.add(
            refused(
                "over_strength",
                "designation",
                _(
                    "%(unit)s: %(strength)s posts of %(designation)s are sanctioned, and %(present)s are there or "
                    "asked for in rows above. None of them is vacant."
                ),
                unit=wish.section or self._known.office,
                strength=strength,
                designation=wish.designation,
                present=present,
            )
        )
        return True

    def _seat(self, line: Line, seat: Seat) -> None:
        self._taken[seat.pk] = line
        line.deed["post"] = _described(seat)
        self._start(line)

    def _seat_anew(self, wish: Wish, place: Place) -> None:
        line, designation = wish.line, wish.designation
        assert designation is not None
        self._new[place] += 1
        unit = wish.section or self._known.office
        if place not in self._called:
            self._called[place] = both(_("%(designation)s, %(unit)s"), designation=designation, unit=unit)
        line.deed["post"] = {
            "new": True,
            "section": place[0],
            "designation": place[1],
            "mark": f"{designation.code}, {unit.code}",
            **self._called[place],
        }
        self._start(line)
        if count := len(self._places[place]):
            line.add(
                warning(
                    "new_post",
                    "designation",
                    _("None of the %(count)s posts of %(designation)s in %(unit)s is vacant: a new one is created."),
                    count=count,
                    designation=designation,
                    unit=unit,
                )
            )

    def _start(self, line: Line) -> None:
        line.deed["charge"] = {
            "kind": line.kind,
            "from_on": self._first_day(line).isoformat(),
            "order_number": line.text("order_number"),
        }


def _described(seat: Seat) -> dict[str, Any]:
    return {"id": seat.pk, "mark": seat.marking, "en": seat.name_en, "hi": seat.name_hi}
