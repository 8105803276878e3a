"""Whom a row means, and what it says of them that the master does not say yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from employee_master.models import ChargeKind
from employee_master.services.imports.known import Held, Known, Person, fold_employee_code
from employee_master.services.imports.lines import NEAR_DUPLICATE, SAME, TWO_PEOPLE, Line
from employee_master.services.imports.sheet import titles_of
from employee_master.services.imports.words import Problem, both, refused, warning
from employee_master.sheets.columns import REQUIRED, Field
from eoffice.core.search import search_key
from eoffice.core.sound import LIKELY, POSSIBLE, same_name

NAMES = ("name_en", "name_hi")
FACTS = (*NAMES, "mobile", "gender", "born_on", "joined_on", "superannuates_on")
# Without a birth date on one of the sides, names must agree wholly.
SAME_NAME = 0.97


def plain(value: Any) -> Any:
    """As JSON has it."""
    return value.isoformat() if isinstance(value, date) else value


def alike(one: Any, other: Any) -> float:
    """How likely the names are one person's, whichever scripts the two have. Anything with two names will do."""
    mine, theirs = ([name for name in (thing.name_en, thing.name_hi) if name] for thing in (one, other))
    return max((same_name(a, b) for a in mine for b in theirs), default=0.0)


class _Named:
    """The names of a line, as `alike` and the sentences take them."""

    def __init__(self, line: Line) -> None:
        self.name_en, self.name_hi = line.text("name_en"), line.text("name_hi")


class People:
    """Meets the rows of one sheet, in their order."""

    def __init__(self, known: Known, today: date) -> None:
        self._known, self._today = known, today
        self._holders = _holders(known)

    def meet_all(self, lines: Sequence[Line]) -> None:
        by_number = {line.number: line for line in lines}
        met: dict[int, Line] = {}
        for line in lines:
            line.first = by_number.get(line.further_of) if line.further_of is not None else None
        for line in sorted(lines, key=lambda line: line.first is not None):
            if line.first is None:
                self._meet(line)
                self._meet_again(line, met)
            if line.first is not None:
                self._follow(line, line.first)

    @staticmethod
    def _meet_again(line: Line, met: dict[int, Line]) -> None:
        """The same employee under two codes or addresses of the sheet."""
        if line.person is None:
            return
        other = met.setdefault(line.person.pk, line)
        if other is not line:
            line.first = other

    # The first row of a person

    def _meet(self, line: Line) -> None:
        self._identify(line)
        if line.person is not None and line.person.left_on is not None:
            line.add(
                refused(
                    "has_left",
                    "code",
                    _("%(person)s (%(code)s) left on %(day)s. A record that is closed is not changed any more."),
                    person=line.person,
                    code=line.person.code,
                    day=line.person.left_on,
                )
            )
        self._take_facts(line)
        self._take_email(line)

    def _identify(self, line: Line) -> None:
        known, code, email = self._known, line.text("code"), line.text("email")
        if code in known.by_code:
            line.person = known.people[known.by_code[code]]
            self._doubt_code(line)
            return
        folded = [known.people[pk] for pk in known.by_folded_code.get(fold_employee_code(code), [])] if code else []
        close = [person for person in folded if alike(_Named(line), person) >= POSSIBLE]
        if len(close) == 1:
            line.person = close[0]
            line.add(
                warning(
                    "code_read_as",
                    "code",
                    _("Read as %(code)s, %(person)s: noughts and hyphens differ only."),
                    code=close[0].code,
                    person=close[0],
                    suggestion=close[0].code,
                )
            )
            return
        owner = known.accounts.get(email) if email else None
        if owner is not None and not code:
            line.person = known.people[owner]
            return
        candidates = [*folded, *(known.people[pk] for pk in [owner] if pk is not None), *self._near(line)]
        self._ask(line, _unique(candidates))

    def _doubt_code(self, line: Line) -> None:
        """A code that belongs to somebody of quite another name and birth date is a slip of the pen."""
        person, born_on = line.person, line.day("born_on")
        assert person is not None
        names = _Named(line)
        if not (names.name_en or names.name_hi) or alike(names, person) >= POSSIBLE:
            return
        if born_on is not None and born_on == person.born_on:
            return
        line.add(
            refused(
                "code_of_another",
                "code",
                _("Employee code %(code)s is that of %(person)s. One of the two, code or name, is wrong."),
                code=person.code,
                person=person,
            )
        )

    def _near(self, line: Line) -> list[Person]:
        """People whose name is the same in either script, with the birth date, or in this office without one."""
        names, born_on = _Named(line), line.day("born_on")
        found = []
        if born_on is not None:
            born = (self._known.people[pk] for pk in self._known.by_birth.get(born_on, []))
            found += [person for person in born if alike(names, person) >= LIKELY]
        here = self._holders.get(search_key(names.name_en), []) + self._holders.get(search_key(names.name_hi), [])
        for held in here:
            person = self._known.people.get(held.employee_id)
            contradicts = person is not None and born_on is not None and person.born_on not in {None, born_on}
            if person is not None and not contradicts and alike(names, held) >= SAME_NAME:
                found.append(person)
        return found

    def _ask(self, line: Line, candidates: list[Person]) -> None:
        """One person or two? An answer that was given stands as long as the question does."""
        answer = line.settled.get(NEAR_DUPLICATE, "")
        chosen = next((one for one in candidates if answer == f"{SAME}{one.pk}"), None)
        if not candidates:
            return
        line.person = chosen
        near = chosen or candidates[0]
        problem = warning(
            NEAR_DUPLICATE,
            "name_en" if line.text("name_en") else "name_hi",
            _("Much like %(person)s, employee %(code)s, born %(day)s. One person or two?")
            if near.born_on
            else _("Much like %(person)s, employee %(code)s. One person or two?"),
            person=near,
            code=near.code,
            day=near.born_on or "",
        )
        choices = [
            (f"{SAME}{one.pk}", both(_("One person: %(code)s, %(person)s"), code=one.code, person=one))
            for one in candidates[:5]
        ]
        _choose(problem, [*choices, (TWO_PEOPLE, both(_("Two people")))], answer)
        line.add(problem)

    def _take_facts(self, line: Line) -> None:
        person = line.person
        made = f"name_{line.text('name_made')}"
        said = {name: line.values.get(name) for name in FACTS if line.values.get(name)}
        if person is None:
            self._want(line)
            line.deed["person"] = {
                name: ["", plain(value)] for name, value in {"code": line.text("code"), **said}.items() if value
            }
            return
        # A name that the program made of the other one changes nothing, and nothing is lacking of whom we know.
        line.problems = [one for one in line.problems if one["code"] not in {"name_made", "missing"}]
        changes = {
            name: value
            for name, value in said.items()
            if not _same(name, getattr(person, name), value) and (name != made or not getattr(person, name))
        }
        changes = self._kept(line, person, changes)
        if "born_on" in changes and person.born_on is not None:
            line.add(
                warning(
                    "birth_changes",
                    "born_on",
                    _("The master says %(day)s. The date of birth decides the superannuation; check it."),
                    day=person.born_on,
                    suggestion=person.born_on.strftime("%d-%m-%Y"),
                )
            )
        line.deed["person"] = {
            name: [plain(getattr(person, name) or ""), plain(value)] for name, value in changes.items()
        }

    @staticmethod
    def _want(line: Line) -> None:
        """What a new person needs, where the sheet has no column for it: the sheet as a whole was told so already."""
        for group in REQUIRED:
            if Field.DESIGNATION in group:
                continue
            named = [str(field) for field in group]
            if any(line.text(name) for name in named) or any(line.is_refused(name) for name in named):
                continue
            title = titles_of(group[0])
            line.add({**refused("missing", named[0], _("Nothing is given for %(title)s."), title=title), "once": True})

    def _kept(self, line: Line, person: Person, changes: dict[str, Any]) -> dict[str, Any]:
        """What a sheet may not change: names that a head certified (R21), and records that another office keeps."""
        office = self._known.office_of(person, self._today)
        if changes and office not in {None, self._known.office.pk}:
            line.add(
                warning(
                    "kept_elsewhere",
                    next(iter(changes)),
                    _("The record of %(person)s is kept by %(office)s; nothing in it is changed."),
                    person=person,
                    office=self._known.offices[office] if office is not None else "",
                )
            )
            return {}
        for name in NAMES:
            if name in changes and person.certified:
                line.add(
                    warning(
                        "name_kept",
                        name,
                        _("The certified record says %(name)s. It stays so; a change request with evidence alters it."),
                        name=getattr(person, name),
                        suggestion=getattr(person, name),
                    )
                )
        return {name: value for name, value in changes.items() if not (name in NAMES and person.certified)}

    def _take_email(self, line: Line) -> None:
        email, person = line.text("email"), line.person
        if not email:
            if person is None and not line.is_refused("email"):
                line.add(
                    warning(
                        "no_account", "email", _("Without an e-mail address there is no account: nobody can sign in.")
                    )
                )
            return
        if person is not None and person.email:
            if person.email != email:
                line.add(
                    warning(
                        "email_kept",
                        "email",
                        _("Signs in as %(email)s. That stays so; a change request alters it."),
                        email=person.email,
                        suggestion=person.email,
                    )
                )
            return
        if email in self._known.accounts:
            line.add(self._taken(email))
            return
        line.deed["email"] = ["", email]

    def _taken(self, email: str) -> Problem:
        owner = self._known.accounts[email]
        if owner is None:
            return refused("email_taken", "email", _("This address belongs to another account already."))
        person = self._known.people[owner]
        return refused(
            "email_taken",
            "email",
            _("This address belongs to %(person)s, employee %(code)s."),
            person=person,
            code=person.code,
        )

    # Further rows of the same person

    def _follow(self, line: Line, first: Line) -> None:
        """A second row of a person is for a second charge, and must not say otherwise than the first."""
        line.person = first.person
        line.deed.pop("person", None)
        line.deed.pop("email", None)
        line.problems = [one for one in line.problems if one["code"] not in {"name_made", "missing"}]
        if line.is_refused("code") or line.is_refused("charge_kind"):
            return
        if line.kind == ChargeKind.SUBSTANTIVE:
            line.add(
                refused(
                    "duplicate_code",
                    "code",
                    _(
                        "Employee %(code)s stands in row %(row)s already. Leave one of them out; for a second charge "
                        "write its kind, as “Additional charge”."
                    ),
                    code=line.text("code") or line.text("email"),
                    row=first.number,
                )
            )
            return
        for name in ("email", *FACTS):
            mine, theirs = line.values.get(name), first.values.get(name)
            if mine and theirs and not _same(name, mine, theirs):
                line.add(
                    refused(
                        "differs_from_row",
                        name,
                        _("Row %(row)s says “%(value)s” for the same employee."),
                        row=first.number,
                        value=theirs,
                        suggestion=str(plain(theirs)),
                    )
                )


def _choose(problem: Problem, choices: list[tuple[str, dict[str, str]]], answer: str) -> None:
    """Put the choices on the question; it is open until one of them was chosen."""
    problem["choices"] = [{"value": value, "words": words} for value, words in choices]
    problem["answer"] = answer if answer in {value for value, _words in choices} else ""
    problem["open"] = not problem["answer"]


def _same(name: str, one: Any, other: Any) -> bool:
    """Whether two values say the same. Capitals, spaces and nuktas are no difference between names."""
    if name in NAMES:
        return search_key(str(one)) == search_key(str(other))
    return bool(one == other)


def _unique(people: Iterable[Person]) -> list[Person]:
    return list({person.pk: person for person in people}.values())


def _holders(known: Known) -> dict[str, list[Held]]:
    """The holders of the office's posts by each of their names as written."""
    found: dict[str, list[Held]] = defaultdict(list)
    for held in (one for charges in known.on_post.values() for one in charges):
        for name in filter(None, (held.name_en, held.name_hi)):
            found[search_key(name)].append(held)
    return found
