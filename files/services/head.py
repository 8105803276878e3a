"""The tree of file heads of a section (functional numbering): entered, renamed and closed by the super admin."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from employee_master.models import Section
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, NotVisible, WrongState
from eoffice.core.names import named
from eoffice.core.text import clean_line
from eoffice.ledger.writer import record_event
from files.models import Head

CODE_LENGTH = 30
NAME_LENGTH = 200
# Basic, primary, secondary, tertiary (procedure, rule 6).
DEEPEST = 4


@transaction.atomic
def head_enter(
    *, section_id: int, code: str, name_en: str, name_hi: str, parent_id: int | None = None, actor: Actor
) -> Head:
    """Enter a head of a section, below another of the same section or at the top.

    Refuses: a code that the section has (`head_taken`), a closed section (`unit_closed`), a head above that is
    another section's or closed (`foreign_head`, `head_closed`), a fifth level (`too_deep`).
    """
    section = Section.objects.select_for_update(no_key=True).filter(pk=section_id).first()
    if section is None:
        raise NotVisible
    access.require(actor, Action.HEAD_SET, section)
    if section.to_on is not None and section.to_on <= clock.today():
        raise WrongState(
            "unit_closed",
            _("%(unit)s was closed on %(day)s.") % {"unit": named(section), "day": section.to_on.isoformat()},
            _("Choose an office or section that exists now."),
        )
    head = Head(section=section, parent=_parent(section, parent_id), code=_code(code))
    _name(head, name_en, name_hi)
    try:
        with transaction.atomic():
            head.save()
    except IntegrityError as error:
        raise WrongState(
            "head_taken",
            _("The section has the head %(code)s already.") % {"code": head.code},
            _("Choose another code; one that is closed may be opened again."),
        ) from error
    _record(head, actor, new=True)
    return head


@transaction.atomic
def head_rename(*, head_id: int, name_en: str, name_hi: str, actor: Actor) -> Head:
    """Name a head otherwise. Its code stands in file numbers and does not change."""
    head = _locked(head_id, actor)
    _name(head, name_en, name_hi)
    head.save(update_fields=["name_en", "name_hi"])
    _record(head, actor, renamed=True)
    return head


@transaction.atomic
def head_close(*, head_id: int, actor: Actor) -> Head:
    """Open no more files under the head; those that are there go on.

    Refuses a head that is closed (`head_closed`), or has an open one below (`head_in_use`).
    """
    head = _locked(head_id, actor)
    _refuse_closed(head)
    below = Head.objects.filter(parent=head, closed_on=None).first()
    if below is not None:
        raise WrongState(
            "head_in_use",
            _("The head %(code)s below it is open.") % {"code": below.code},
            _("Close the heads below first."),
        )
    head.closed_on = clock.today()
    head.save(update_fields=["closed_on"])
    _record(head, actor, closed=True)
    return head


@transaction.atomic
def head_reopen(*, head_id: int, actor: Actor) -> Head:
    """Let files be opened under the head again. Refuses while the one above is closed (`head_closed`)."""
    head = _locked(head_id, actor)
    if head.closed_on is None:
        raise WrongState("head_open", _("The head is open already."), _("Open the list again."))
    if head.parent is not None:
        _refuse_closed(head.parent)
    head.closed_on = None
    head.save(update_fields=["closed_on"])
    _record(head, actor, closed=False)
    return head


def _locked(head_id: int, actor: Actor) -> Head:
    head = Head.objects.select_for_update(no_key=True).filter(pk=head_id).first()
    if head is None:
        raise NotVisible
    access.require(actor, Action.HEAD_SET, head)
    return head


def _refuse_closed(head: Head) -> None:
    if head.closed_on is not None:
        raise WrongState(
            "head_closed",
            _("The head %(code)s was closed on %(day)s.") % {"code": head.code, "day": head.closed_on.isoformat()},
            _("Open it again first, or choose another one."),
        )


def _parent(section: Section, parent_id: int | None) -> Head | None:
    if parent_id is None:
        return None
    parent = Head.objects.filter(pk=parent_id).first()
    if parent is None or parent.section_id != section.pk:
        raise BadInput(
            "foreign_head",
            _("The head above is not one of this section."),
            _("Choose a head of the section."),
            field="parent",
        )
    _refuse_closed(parent)
    depth, above = 1, parent.parent
    while above is not None:
        depth, above = depth + 1, above.parent
    if depth >= DEEPEST:
        raise BadInput(
            "too_deep",
            _("Heads have four levels: basic, primary, secondary, tertiary."),
            _("Choose a head further up."),
            field="parent",
        )
    return parent


def _code(code: str) -> str:
    text = clean_line(code, field="code", limit=CODE_LENGTH)
    if any(sign in "{}()" or sign.isspace() for sign in text):
        raise BadInput(
            "bad_code",
            _("A code has no brackets and no spaces; it stands in file numbers."),
            _("Write it as 12 or 12/3."),
            field="code",
        )
    return text


def _name(head: Head, name_en: str, name_hi: str) -> None:
    head.name_en = clean_line(name_en, field="name_en", limit=NAME_LENGTH)
    head.name_hi = clean_line(name_hi, field="name_hi", limit=NAME_LENGTH)


def _record(head: Head, actor: Actor, **facts: bool) -> None:
    record_event(
        action=Action.HEAD_SET,
        subject=head,
        actor=actor,
        data={"section": head.section_id, "code": head.code, "parent": head.parent_id, **facts},
    )
