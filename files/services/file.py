"""Opening, moving, parking a file."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dak.models import Classification, Priority
from employee_master.models import Post
from employee_master.queries import require_seat
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, NotVisible
from eoffice.core.numbers import next_number, written
from eoffice.core.search import search_key
from eoffice.core.text import clean_line
from eoffice.ledger import chain
from eoffice.ledger import queries as ledger
from eoffice.ledger.writer import Moved, record_event
from files.models import Draft, File, FileGlance, FileReader, Head, Practised
from files.services.custody import arrived_before, desk_due, live_post, locked, move, refuse_own_desk
from files.services.note import needs_signature, note_save, note_submit
from files.services.printable import printable
from files.services.voiding import signature_void
from files.workflow import DraftState

READ_AGAIN_AFTER = timedelta(hours=1)


@transaction.atomic
def file_open(
    *,
    subject: str,
    actor: Actor,
    head: Head | None = None,
    free_number: str = "",
    classification: str = Classification.ORDINARY,
    priority: str = Priority.ORDINARY,
) -> File:
    """Open a file on the actor's desk, numbered from `head` or with a free number (design 5)."""
    access.require(actor, Action.FILE_OPEN, None)
    # Both stand on every decision record of the file.
    subject = printable(clean_line(subject, field="subject", limit=1000), field="subject")
    post = Post.objects.select_related("section__office").get(pk=actor.desk)
    section = post.section
    if section is None:
        raise BadInput(
            "post_without_section",
            _("Your post belongs to no section, so a file opened here would have no number."),
            _("Ask the section to open the file and to send it to you."),
        )
    if head is not None and head.section_id != section.pk:
        raise NotVisible
    if head is not None and head.closed_on is not None:
        raise BadInput(
            "head_closed",
            _("The head %(code)s was closed on %(day)s.") % {"code": head.code, "day": head.closed_on.isoformat()},
            _("Choose another head, or a free number."),
            field="head",
        )
    year = clock.today().year
    if head is not None:
        serial = next_number(f"file:{head.code}", office=section.code, year=year)
        number = written("file", section=section.code, head=head.code, serial=serial, year=year)
    else:
        number = printable(clean_line(free_number, field="free_number", limit=120), field="free_number")
        if File.objects.filter(number=number).exists():
            raise BadInput(
                "number_taken",
                _("There is a file with the number %(number)s already.") % {"number": number},
                _("Open that file, or choose another number."),
                field="free_number",
            )
    file = File(
        number=number,
        computer_number=next_number("computer", year=0),
        subject=subject,
        head=head,
        section=section,
        classification=classification,
        priority=priority,
    )
    return file_begin(file, post=post, actor=actor)


def file_begin(file: File, *, post: Post, actor: Actor) -> File:
    """Put a new, numbered file on the desk of the post that opens it, as part of that act."""
    require_seat(actor)
    now = clock.now()
    file.office = file.section.office
    file.opened_by = file.held_by = post
    file.opened_at = file.held_since = file.seen_at = now
    file.due_on = desk_due(file)
    file.search_text = search_key(file.number, file.subject)
    file.save()
    FileReader.objects.create(file=file, post=post)
    record_event(
        action=Action.FILE_OPEN,
        subject=file,
        actor=actor,
        data={"practice": True} if file.is_practice else None,
        moved=Moved(of=file, from_post_id=None, to_post_id=post.pk),
        at=now,
    )
    return file


@transaction.atomic
def file_forward(
    *,
    file_id: int,
    to_post_id: int,
    actor: Actor,
    remarks: str = "",
    note: tuple[str, int] | None = None,
    note_signed: bool = False,
) -> File:
    """Send the file on; the actor's yellow note is submitted and drafts in work are put up with it.

    `note` is a text (HTML) and the revision it was written on, where the form brought one: it is saved first.
    `note_signed` says that the act is part of signing the note (`note_signature`).
    Refused when the actor's post does not hold it, or when nobody sits on the receiving post.
    """
    file = locked(file_id)
    access.require(actor, Action.FILE_FORWARD, file)
    refuse_own_desk(to_post_id, actor)
    to = live_post(to_post_id)
    if note is not None:
        note_save(file_id=file_id, html=note[0], revision=note[1], actor=actor)
    _submit_work(file, actor, note_signed=note_signed)
    remarks = clean_line(remarks, field="remarks", limit=1000, required=False)
    if remarks:
        file.last_remark = remarks[:300]
    move(file, to=to, action=Action.FILE_FORWARD, actor=actor, remarks=remarks)
    if file.is_practice:
        practised_keep(file=file, actor=actor)
    return file


@transaction.atomic
def file_return(*, file_id: int, actor: Actor, remarks: str = "", note_signed: bool = False) -> File:
    """Send the file back to the post it came from; drafts that were put up go back for correction."""
    file = locked(file_id)
    access.require(actor, Action.FILE_RETURN, file)
    assert file.came_from_id is not None
    to = live_post(file.came_from_id)
    note_submit(file=file, actor=actor, signed=note_signed)
    for draft in Draft.objects.select_for_update().filter(file=file, state=DraftState.PUT_UP).order_by("pk"):
        draft.send_back()
        draft.save()
        record_event(action=Action.DRAFT_RETURN, subject=file, actor=actor, data={"draft": draft.number})
    for draft in Draft.objects.select_for_update().filter(file=file, first_attempt__isnull=False).order_by("pk"):
        if draft.waits_for_second:
            draft.file = file
            signature_void(draft, actor)
            draft.void()
            draft.save()
    remarks = clean_line(remarks, field="remarks", limit=1000, required=False)
    if remarks:
        file.last_remark = remarks[:300]
    move(file, to=to, action=Action.FILE_RETURN, actor=actor, remarks=remarks)
    return file


@transaction.atomic
def file_pull_back(*, file_id: int, actor: Actor) -> File:
    """Take the file back from the next desk; refused once it was opened there."""
    file = locked(file_id)
    access.require(actor, Action.FILE_PULL_BACK, file)
    require_seat(actor)
    to = Post.objects.get(pk=actor.desk)
    move(
        file,
        to=to,
        action=Action.FILE_PULL_BACK,
        actor=actor,
        came_from_id=arrived_before(file, to.pk),
    )
    return file


@transaction.atomic
def file_see(*, file_id: int, actor: Actor) -> File:
    """The holder opens the file for the first time: from now on it can't be pulled back (design 3, "Seen")."""
    file = locked(file_id)
    access.require(actor, Action.FILE_SEE, file)
    if file.seen_at is None:
        file.seen_at = clock.now()
        file.save()
        record_event(action=Action.FILE_SEE, subject=file, actor=actor)
    return file


@transaction.atomic
def file_read(*, file_id: int, actor: Actor) -> None:
    """Record that somebody read a file that is not on their desk (design 4): once an hour and person."""
    file = locked(file_id)
    recent = ledger.history(file).filter(
        action=Action.FILE_READ, employee_id=actor.person, at__gte=clock.now() - READ_AGAIN_AFTER
    )
    if not recent.exists():
        record_event(action=Action.FILE_READ, subject=file, actor=actor)


@transaction.atomic
def file_park(*, file_id: int, until: date, why: str, actor: Actor) -> File:
    """Let the file wait on this desk until a day, for a reason that the next reader sees."""
    file = locked(file_id)
    access.require(actor, Action.FILE_PARK, file)
    why = clean_line(why, field="why", limit=300)
    if until <= clock.today():
        raise BadInput(
            "park_in_the_past",
            _("The day up to which the file waits must lie ahead."),
            _("Choose a later day."),
            field="until",
        )
    if not needs_signature(file, actor):
        # Otherwise the note stays yellow until the file is sent on, and is signed then.
        note_submit(file=file, actor=actor, signed=False)
    file.park(until=until, why=why)
    file.due_on = None if file.is_practice else until
    file.save()
    record_event(action=Action.FILE_PARK, subject=file, actor=actor, data={"until": until.isoformat()})
    return file


@transaction.atomic
def file_resume(*, file_id: int, actor: Actor) -> File:
    """Take a parked file up again."""
    file = locked(file_id)
    access.require(actor, Action.FILE_RESUME, file)
    file.resume()
    file.due_on = desk_due(file)
    file.save()
    record_event(action=Action.FILE_RESUME, subject=file, actor=actor)
    return file


@transaction.atomic
def file_brief(*, file_id: int, gist: str, points: str, actor: Actor) -> File:
    """Write the gist and the points for orders that the decision view shows."""
    file = locked(file_id)
    access.require(actor, Action.FILE_BRIEF, file)
    file.gist = clean_line(gist, field="gist", limit=2000, required=False, lines=True)
    file.points = clean_line(points, field="points", limit=2000, required=False, lines=True)
    file.save()
    brief = chain.digest({"gist": file.gist, "points": file.points})
    record_event(action=Action.FILE_BRIEF, subject=file, actor=actor, data={"brief_sha256": brief})
    return file


def glance_keep(*, file: File, actor: Actor) -> FileGlance | None:
    """Remember what the employee sees now; returns what they had seen before, None on the first time."""
    before = FileGlance.objects.filter(file=file, employee_id=actor.person).first()
    drafts = {str(number): version for number, version in file.drafts.values_list("number", "version")}
    seen = {"at": clock.now(), "note": file.last_note, "serial": file.last_serial, "drafts": drafts}
    FileGlance.objects.update_or_create(file=file, employee_id=actor.person, defaults=seen)
    return before


def practised_keep(*, file: File, actor: Actor) -> None:
    """Remember that the person has sent a practice file on themselves; the first time counts (R8, readiness)."""
    Practised.objects.get_or_create(employee_id=actor.person, defaults={"file": file, "at": clock.now()})


def _submit_work(file: File, actor: Actor, *, note_signed: bool) -> None:
    note_submit(file=file, actor=actor, signed=note_signed)
    in_work = Draft.objects.select_for_update().filter(file=file, state__in=[DraftState.EDITING, DraftState.RETURNED])
    for draft in in_work.order_by("pk"):
        draft.put_up()
        draft.save()
        record_event(
            action=Action.DRAFT_PUT_UP,
            subject=file,
            actor=actor,
            data={"draft": draft.number, "version": draft.version},
        )
