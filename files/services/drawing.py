"""From rows to what the PDF drawing takes: the letter and the decision record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from employee_master.models import Employee, Post
from eoffice.core import clock
from eoffice.core.numbers import written
from eoffice.core.templatetags.eoffice_ui import MONTHS_LONG
from eoffice.documents.pdf.block import SignatureBlock
from eoffice.documents.pdf.letter import Endorsement, Letter, Letterhead, Person
from eoffice.documents.pdf.notesheet import Decision as DecisionPage
from eoffice.documents.pdf.notesheet import NoteEntry, NoteSheet
from eoffice.documents.pdf.words import Language
from files.models import Decision, Draft, DraftVersion, File, Note

# What the block and the signature of a letter give as their reason (R10).
REASON = {"hi": "अनुमोदित", "en": "Approved"}


def name_in(language: str, thing: Employee | Post | None) -> str:
    """A name in the script of the letter."""
    if thing is None:
        return ""
    return thing.name_hi if language == "hi" else thing.name_en


def stamp_time(at: datetime) -> str:
    """An instant as the signature block states it (R10)."""
    return f"{clock.office_time(at):%d-%m-%Y, %H:%M:%S} IST"


def letter_day(day: date, language: str) -> str:
    """The date of a letter. Fixed words, not the catalogue: a letter reads the same whatever the catalogue says."""
    return f"{day.day} {MONTHS_LONG[language][day.month - 1]}, {day.year}"


def verify_address(reference: str) -> str:
    """The address burnt into the letter (design 6): the verifier of this instance, at this reference."""
    return f"{settings.PUBLIC_URL}/v/{reference}"


def letter_of(
    draft: Draft,
    version: DraftVersion,
    *,
    signer: Employee,
    signer_post: Post,
    made_at: datetime,
    signed_at: datetime | None = None,
    manifest_hash: str = "",
) -> Letter:
    """The letter as it will look; without `signed_at` a preview that says it is a draft."""
    language: Language = "hi" if draft.language == "hi" else "en"
    office, section = draft.file.office, draft.file.section
    other = "en" if language == "hi" else "hi"
    person = Person(name=name_in(language, signer), designation=name_in(language, signer_post))
    block = None
    if signed_at is not None:
        block = SignatureBlock(
            reference_number=draft.reference,
            name=person.name,
            designation=person.designation,
            signed_at=stamp_time(signed_at),
            reason=REASON[language],
            verify_url=verify_address(draft.reference),
        )
    second = None
    if draft.second_post is not None:
        second = Person(name=name_in(language, draft.second_by), designation=name_in(language, draft.second_post))
    day = letter_day(draft.letter_date, language) if draft.letter_date else None
    number = draft.letter_number or None
    copies = tuple(version.copies_to.splitlines())
    return Letter(
        language=language,
        letterhead=Letterhead(
            name=settings.INSTANCE_NAME_HI if language == "hi" else settings.INSTANCE_NAME_EN,
            office=f"{getattr(office, f'name_{language}')}, {getattr(section, f'name_{language}')}",
            lines=tuple(line for line in (getattr(office, f"address_{language}"), office.phone, office.email) if line),
            name_other=settings.INSTANCE_NAME_EN if language == "hi" else settings.INSTANCE_NAME_HI,
            office_other=str(getattr(office, f"name_{other}")),
        ),
        number=number,
        date_text=day,
        sender=person,
        addressee=tuple(version.addressee.splitlines()),
        subject=version.subject,
        salutation=version.salutation,
        body_html=version.body,
        signatory=person,
        made_at=made_at,
        enclosures=(version.enclosures,) if version.enclosures else (),
        closing=version.closing,
        endorsement=_endorsement(draft, copies, person, second, signed=signed_at is not None),
        block=block,
        extra={"manifest_hash": manifest_hash} if manifest_hash else {},
    )


# Where a letter has two signers, the second one's block stands under the endorsement, drawn before anybody signs: its
# hour is in the signature itself, not on the page.
SECOND = {
    "hi": ("प्रतिहस्ताक्षरित", "प्रतिहस्ताक्षर का समय उसके डिजिटल हस्ताक्षर में है"),
    "en": ("Countersigned", "the time is in the digital countersignature"),
}


def _endorsement(
    draft: Draft, copies: tuple[str, ...], person: Person, second: Person | None, *, signed: bool
) -> Endorsement | None:
    if not copies and second is None:
        return None
    language = "hi" if draft.language == "hi" else "en"
    block = None
    if second is not None and signed:
        reason, hour = SECOND[language]
        block = SignatureBlock(
            reference_number=draft.reference,
            name=second.name,
            designation=second.designation,
            signed_at=hour,
            reason=reason,
            verify_url=verify_address(draft.reference),
        )
    number = draft.endorsement_number or None
    if number is None and draft.letter_number:
        number = written("endorsement", number=draft.letter_number, part=1)
    intro = "" if copies else f"{SECOND[language][0]}:"
    return Endorsement(number=number, copies=copies, signatory=second or person, block=block, intro=intro)


def note_entries(notes: Sequence[Note], language: str) -> tuple[NoteEntry, ...]:
    """Submitted notes as the sheet prints them."""
    return tuple(
        NoteEntry(
            number=str(note.number),
            html=note.text,
            author=name_in(language, note.employee),
            post=name_in(language, note.post),
            time_text=stamp_time(note.submitted_at) if note.submitted_at else "",
            state_text=_("Recorded in the chain"),
        )
        for note in notes
    )


def record_of(
    decision: Decision,
    *,
    file: File,
    notes: Sequence[Note],
    officer: Employee,
    post: Post,
    at: datetime,
    reference: str,
    language: str,
) -> NoteSheet:
    """The decision record (design 6): the note with what was decided, on which papers; its manifest is attached."""
    with translation.override(language):
        facts = [(_("Manifest (salted hash)"), decision.manifest["hash"])] if "hash" in decision.manifest else []
        if decision.draft is not None:
            version = _("version %(version)s") % {"version": decision.draft_version}
            facts.append((_("Draft"), f"D-{decision.draft.number}, {version}"))
        facts += [
            (_("Paper %(serial)s") % {"serial": paper["serial"]}, f"SHA-256 {paper['sha256']}")
            for paper in decision.manifest.get("papers", [])
        ]
        return NoteSheet(
            language="hi" if language == "hi" else "en",
            office=str(getattr(file.office, f"name_{language}")),
            file_number=file.number,
            subject=file.subject,
            notes=note_entries(notes, language),
            made_at=at,
            author=name_in(language, officer),
            decision=DecisionPage(
                act=str(decision.get_act_display()),
                meaning=str(_("The letter is approved in this version and signed.")) if decision.draft else "",
                line_html=decision.line,
                officer=name_in(language, officer),
                post=name_in(language, post),
                time_text=stamp_time(at),
                facts=tuple(facts),
            ),
            block=SignatureBlock(
                reference_number=reference,
                name=name_in(language, officer),
                designation=name_in(language, post),
                signed_at=stamp_time(at),
                reason=str(decision.get_act_display()),
                verify_url=verify_address(reference),
            ),
        )


def printed_notes(file: File, notes: Sequence[Note], *, by: str, language: str) -> NoteSheet:
    """The note sheet for printing, with who printed it and when."""
    now = clock.now()
    with translation.override(language):
        printed = _("Printed by %(name)s, %(time)s") % {"name": by, "time": stamp_time(now)}
        if file.is_practice:
            printed = _("Practice file. %(printed)s") % {"printed": printed}
        return NoteSheet(
            language="hi" if language == "hi" else "en",
            office=str(getattr(file.office, f"name_{language}")),
            file_number=file.number,
            subject=file.subject,
            notes=note_entries(notes, language),
            made_at=now,
            author=by,
            printed_text=printed,
        )
