"""From rows to what the components of the page take (eoffice/templates/components); no rules live here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dak.models import Priority
from employee_master.models import Employee, Post
from eoffice.core import clock, richtext
from eoffice.core.calendar import working_days_between
from eoffice.core.names import named
from eoffice.core.templatetags.eoffice_ui import office_date
from eoffice.documents.queries import page_text
from eoffice.ledger.models import Movement
from files import queries
from files.models import Decision, Draft, DraftVersion, File, FileGlance, Note, NoteSignature, Paper
from files.services.drawing import letter_day, name_in

STEPS_SHOWN = 7
THUMB, PAGE = 160, 1240
DECISIONS = {
    "hi": ["यथाप्रस्तावित अनुमोदित।", "प्रस्ताव के अनुसार कार्यवाही करें।", "कृपया चर्चा करें।"],
    "en": ["Approved as proposed.", "Act as proposed.", "Please discuss."],
}
PHRASES = {
    "hi": ["अवलोकनार्थ प्रस्तुत।", "आलेख्य अनुमोदनार्थ प्रस्तुत।", "यथाप्रस्तावित अनुमोदित।", "कृपया चर्चा करें।"],
    "en": ["Submitted for perusal.", "Draft submitted for approval.", "Approved as proposed.", "Please discuss."],
}


def html_of(file: File, texts: Iterable[str]) -> dict[str, SafeString]:
    """Canonical texts of this file with their references as links, by text."""
    texts = list(texts)
    links = queries.reference_links(file, (ref for text in texts for ref in richtext.references(text)))
    # The text is canonical HTML: it went through the sanitiser when it was saved.
    return {text: mark_safe(richtext.with_links(text, links)) for text in texts}  # noqa: S308


def note_rows(file: File, notes: Sequence[Note], *, seen: FileGlance | None = None) -> list[dict[str, Any]]:
    """Submitted notes for note.html and note_mini.html."""
    html = html_of(file, (note.text for note in notes))
    return [
        {
            "number": note.number,
            "html": html[note.text],
            "gist": richtext.plain(note.text).replace("\n", " ")[:140],
            "person": named(note.employee),
            "post": named(note.post),
            "at": note.submitted_at,
            "secured": _secured(note),
            "record_url": _record_url(note),
            "decision": _decision(note),
            "new": seen is not None and note.number is not None and note.number > seen.note,
        }
        for note in notes
    ]


def _secured(note: Note) -> str:
    """How the note is secured, for sigstate.html: never more than holds at this moment."""
    record = _record(note)
    if record is None:
        return "chain"
    return "signed" if record.record_ready else "wait"


def _record(note: Note) -> Decision | NoteSignature | None:
    """The signed record of the note: of the decision that it tells, or of the note alone."""
    for name in ("decision", "signature"):
        record: Decision | NoteSignature | None = getattr(note, name, None)
        if record is not None and record.record_id:
            return record
    return None


def _record_url(note: Note) -> str:
    record = _record(note)
    if record is None:
        return ""
    return reverse(
        "files:note_record" if isinstance(record, NoteSignature) else "files:decision_record", args=[record.pk]
    )


def _decision(note: Note) -> str:
    decision = getattr(note, "decision", None)
    return str(decision.get_act_display()) if decision is not None and decision.record_id else ""


def steps(movements: Sequence[Movement], next_post: Post | None) -> list[dict[str, str]]:
    """The movement strip: the last desks with their days, the present one, the next."""
    rows: list[dict[str, str]] = []
    shown = list(movements)[-STEPS_SHOWN:]
    for movement, after in zip(shown, [*shown[1:], None], strict=True):
        began = office_date(movement.at)
        if after is None:
            when, state = _("since %(day)s") % {"day": began}, "here"
        else:
            ended = office_date(after.at)
            when, state = began if began == ended else f"{began} – {ended}", "done"
        rows.append({"post": named(movement.to_post), "when": when, "state": state})
    if next_post is not None:
        rows.append({"post": named(next_post), "when": _("next"), "state": "next"})
    return rows


def head(file: File, *, back_url: str, links: list[dict[str, str]]) -> dict[str, Any]:
    """The head over a file's page."""
    chips = []
    if file.is_practice:
        chips.append({"text": _("Practice"), "tone": "warm", "icon": ""})
    if file.state != "open":
        chips.append({"text": str(file.get_state_display()), "tone": "navy", "icon": ""})
    if file.classification != "ordinary":
        chips.append({"text": str(file.get_classification_display()), "tone": "brick", "icon": "lock-fill"})
    return {
        "number": file.number,
        "computer_number": file.computer_number,
        "subject": file.subject,
        "priority": "" if file.priority == Priority.ORDINARY else file.priority,
        "chips": chips,
        "due_on": file.due_on,
        "due_days": working_days_between(clock.today(), file.due_on) if file.due_on else None,
        "back_url": back_url,
        "links": links,
    }


def yellow(file: File, note: Note | None, *, papers: Sequence[Paper], notes: Sequence[Note]) -> dict[str, Any]:
    """The yellow note and its editor."""
    text = note.text if note else ""
    return {
        "yellow": {
            "number": file.last_note + 1,
            "saved_at": note.saved_at if note else None,
            "version": note.revision if note else 0,
            "autosave_url": reverse("files:note_save", args=[file.pk]),
            "action": reverse("files:note_save", args=[file.pk]),
        },
        "editor": editor(
            "note", _("My note"), text, papers=papers, notes=notes, file=file, phrases=PHRASES[_language()]
        ),
    }


def editor(
    name: str,
    label: str,
    html: str,
    *,
    file: File,
    papers: Sequence[Paper],
    notes: Sequence[Note],
    phrases: list[str] | None = None,
    language: str = "",
    errors: list[str] | None = None,
    rows: int = 5,
    label_shown: bool = False,
) -> dict[str, Any]:
    """A rich text field (editor.html); its HTML travels as `<name>_html`, its plain writing as `name`."""
    return {
        "id": name,
        "label": label,
        "name": name,
        "text": richtext.to_text(html),
        "html": html,
        "html_name": f"{name}_html",
        "lang": language or _language(),
        "rows": rows,
        "label_shown": label_shown,
        "flags": flags(file, papers, notes),
        "phrases": phrases or [],
        "errors": errors or [],
    }


def _language() -> str:
    return "hi" if get_language() == "hi" else "en"


def flags(file: File, papers: Sequence[Paper], notes: Sequence[Note]) -> list[dict[str, str]]:
    """What may be referred to: each page of each paper, each note."""
    here = reverse("files:detail", args=[file.pk])
    found = [
        {
            "ref": f"paper:{paper.serial}:{page}",
            "text": _("p. %(page)s") % {"page": paper.first_page + page - 1},
            "href": f"{here}?paper={paper.serial}&page={page}#papers",
            "group": paper.title[:80],
        }
        for paper in papers
        for page in range(1, paper.last_page - paper.first_page + 2)
    ]
    return found + [
        {
            "ref": f"note:{note.number}",
            "text": _("Note %(number)s") % {"number": note.number},
            "href": f"{here}#note-{note.number}",
            "group": named(note.employee),
        }
        for note in notes
    ]


def viewer(
    file: File, papers: Sequence[Paper], *, serial: int | None, tabs: list[dict[str, Any]], show_text: bool = False
) -> dict[str, Any]:
    """The paper side (viewer.html) with one paper open: the one asked for, else the last receipt."""
    here = reverse("files:detail", args=[file.pk])
    current = next((paper for paper in papers if paper.serial == serial), None) or _first_to_read(papers)
    neighbours = _neighbours(papers, current)
    return {
        "papers": [
            {
                "url": f"{here}?paper={paper.serial}#papers",
                "title": paper.title,
                "detail": " · ".join(
                    part for part in (paper.number, office_date(paper.dated_on) if paper.dated_on else "") if part
                ),
                "pages": _pages(paper),
                "thumb_url": reverse("files:page_image", args=[file.pk, paper.serial, 1, THUMB]),
                "current": paper == current,
                "chips": [{"text": _("PUC"), "tone": "navy"}]
                if paper.is_puc
                else [{"text": str(paper.get_kind_display()), "tone": "line"}],
                "flag": "",
            }
            for paper in papers
        ],
        "pages": [_page(file, current, page, show_text=show_text) for page in range(1, _count(current) + 1)]
        if current
        else [],
        "total": file.last_page,
        "show_text": show_text,
        "pages_url": f"{here}?paper={current.serial}#papers" if current else "",
        "text_url": f"{here}?paper={current.serial}&text=1#papers" if current else "",
        "previous_url": f"{here}?paper={neighbours[0].serial}#papers" if neighbours[0] else "",
        "next_url": f"{here}?paper={neighbours[1].serial}#papers" if neighbours[1] else "",
        "tabs": tabs,
        "pdf_url": reverse("files:paper_download", args=[file.pk, current.serial]) if current else "",
        "check_url": reverse("files:paper_check", args=[file.pk, current.serial])
        if current and current.document.is_pdf
        else "",
    }


def _first_to_read(papers: Sequence[Paper]) -> Paper | None:
    """The paper under consideration, else the newest."""
    return next((paper for paper in papers if paper.is_puc), papers[-1] if papers else None)


def _neighbours(papers: Sequence[Paper], current: Paper | None) -> tuple[Paper | None, Paper | None]:
    if current is None:
        return None, None
    at = [paper.serial for paper in papers].index(current.serial)
    return (papers[at - 1] if at else None), (papers[at + 1] if at + 1 < len(papers) else None)


def _count(paper: Paper | None) -> int:
    return paper.last_page - paper.first_page + 1 if paper else 0


def _pages(paper: Paper) -> str:
    first, last = paper.first_page, paper.last_page
    return _("p. %(page)s") % {"page": first if first == last else f"{first}–{last}"}


def _page(file: File, paper: Paper, page: int, *, show_text: bool) -> dict[str, Any]:
    number = paper.first_page + page - 1
    return {
        "ref": f"paper:{paper.serial}:{page}",
        "number": number,
        "image_url": reverse("files:page_image", args=[file.pk, paper.serial, page, PAGE]),
        "alt": _("Page %(number)s: %(title)s") % {"number": number, "title": paper.title},
        "text": page_text(paper.document, page) if show_text else "",
        "flags": [],
    }


def letter(draft: Draft, version: DraftVersion, *, signer: Employee | None, signer_post: Post | None) -> dict[str, Any]:
    """A draft as it will look on paper (draft_sheet.html)."""
    language = draft.language
    signatory = name_in(language, signer)
    designation = name_in(language, signer_post)
    copies = version.copies_to.splitlines()
    return {
        "lang": language,
        "number": draft.letter_number,
        "date": letter_day(draft.letter_date, language) if draft.letter_date else "",
        "sender": "\n".join(part for part in (signatory, designation) if part),
        "addressee": version.addressee,
        "subject": version.subject,
        "salutation": version.salutation,
        "html": mark_safe(version.body),  # noqa: S308 - sanitised when it was saved
        "enclosures": version.enclosures,
        "closing": version.closing,
        "signatory": signatory,
        "designation": designation,
        "copies": {
            "number": f"{draft.letter_number}(1)" if draft.letter_number else "",
            "names": copies,
            "signatory": signatory,
            "designation": designation,
        }
        if copies
        else None,
    }
