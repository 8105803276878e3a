"""From the facts of an office to what its readiness page draws: figures, who is missing, and what helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import quote

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from employee_master.checklist import PERSONAL, Item, ItemKind
from employee_master.models import Nomination, Post, ReadinessTick
from employee_master.queries.board import Row
from employee_master.queries.readiness import WHOLE, Facts, Figure, Person
from eoffice.core.names import named

# So many names stand under an item; the sheet has all.
NAMES_SHOWN = 40
HALF = WHOLE // 2


@dataclass(frozen=True, slots=True)
class Help:
    """One click that helps: a link, or (`is_post`) an act of another page."""

    label: str
    url: str
    is_post: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody or something that is missing under an item."""

    name: str
    detail: str = ""
    help: Help | None = None


@dataclass(frozen=True, slots=True)
class ItemShown:
    """One line of the checklist on the office's page."""

    item: Item
    figure: Figure
    tone: str
    stuck_days: int | None = None
    exempt_until: date | None = None
    missing: list[Missing] = field(default_factory=list)
    more: int = 0
    tick: ReadinessTick | None = None
    nominations: list[Nomination] = field(default_factory=list)
    help: Help | None = None

    @property
    def is_ticked(self) -> bool:
        return self.item.kind == ItemKind.TICKED

    @property
    def is_yes_no(self) -> bool:
        """Drawn as a word, because "0 of 1" says less than "missing"."""
        return self.figure.need == 1 and self.item.code not in {*PERSONAL, "posts_filled"}


def tone(figure: Figure) -> str:
    """The class of a bar: green only when full, ochre below half."""
    if figure.is_full:
        return "meter--full"
    return "meter--low" if figure.permille < HALF else ""


def shown_items(facts: Facts, listed: Sequence[Item], *, vacant: Sequence[Post], row: Row | None) -> list[ItemShown]:
    """All items of the office in their order."""
    stuck = {one.item.code: one.days for one in row.stuck} if row is not None else {}
    exempt = facts.exempt_codes
    shown = []
    for item in listed:
        figure = facts.figure(item)
        missing = _vacancies(vacant) if item.code == "posts_filled" else _people(item.code, facts.people)
        shown.append(
            ItemShown(
                item=item,
                figure=figure,
                tone=tone(figure),
                stuck_days=None if figure.is_full or item.code in exempt else stuck.get(item.code),
                exempt_until=exempt.get(item.code),
                missing=missing[:NAMES_SHOWN],
                more=max(0, figure.missing - NAMES_SHOWN) if missing else 0,
                tick=facts.ticks.get(item.code),
                nominations=facts.nodal if item.kind == ItemKind.NOMINATED else [],
                help=None if figure.is_full else _help(item.code, facts),
            )
        )
    return shown


def _vacancies(vacant: Sequence[Post]) -> list[Missing]:
    label = _("Join someone")
    return [
        Missing(f"{named(post)}", post.marking, _link(label, "employee_master:joining_new", f"?post={post.pk}"))
        for post in vacant
    ]


def _people(code: str, people: Sequence[Person]) -> list[Missing]:
    if code not in PERSONAL:
        return []
    return [Missing(named(one), one.marking, _person_help(code, one)) for one in people if not one.has(code)]


def _person_help(code: str, person: Person) -> Help | None:
    """What the EMD manager can do for one person; the rest each does for themselves."""
    if code == "email_confirmed" and person.account_id is not None:
        url = _url("employee_master:account_invite", person.account_id)
        return Help(_("Send the invitation again"), url, is_post=True) if url else None
    if code == "email_confirmed":
        return _link(_("Open an account"), "employee_master:person", args=(person.employee_id,))
    return None


def _help(code: str, facts: Facts) -> Help | None:
    """What helps with the item as a whole."""
    office = facts.office
    query = f"?office={quote(office.code)}"
    pages: dict[str, tuple[str, str, str, tuple[Any, ...]]] = {
        "head_post": (_("Enter it on the office's page"), "employee_master:office_edit", "", (office.pk,)),
        "ddo_post": (_("Enter it on the office's page"), "employee_master:office_edit", "", (office.pk,)),
        "emd_manager": (_("Give the role"), "employee_master:roles", query, ()),
        "access_review": (_("Do the review"), "employee_master:review", "", (office.pk,)),
        "nodal_officer": (_("Enter the nomination"), "employee_master:readiness_nominate", "", (office.pk,)),
        "credential_active": (_("Digital signatures"), "signatures:requests", "", ()),
        "email_confirmed": (_("Accounts of the office"), "employee_master:accounts", query, ()),
    }
    return _link(*pages[code]) if code in pages else None


def _link(label: str, name: str, query: str = "", args: tuple[Any, ...] = ()) -> Help | None:
    """A link to a page of another hand; None where this instance has no such page."""
    url = _url(name, *args)
    return Help(label, url + query) if url else None


def _url(name: str, *args: Any) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
