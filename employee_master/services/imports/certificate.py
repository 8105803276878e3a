"""The paper that the head signs: what the sheet does, row by row, and the hash over the rows, which are attached."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from employee_master.models import ChargeKind, Employee, Gender, ImportBatch, ImportRow, Post, RowOutcome
from eoffice.core import clock
from eoffice.core.errors import BadInput
from eoffice.core.names import named
from eoffice.core.templatetags.eoffice_ui import office_moment
from eoffice.documents.pdf.errors import BadText
from eoffice.documents.pdf.report import Report, Signer, Table, draw_report
from eoffice.documents.pdf.words import Language

# More rows than these stand in the attached file only: nobody reads a table of 200 pages.
TABLE_LIMIT = 500
FIELDS = {
    "code": gettext_lazy("Employee code"),
    "name_en": gettext_lazy("Name in English"),
    "name_hi": gettext_lazy("Name in Hindi"),
    "mobile": gettext_lazy("Mobile"),
    "gender": gettext_lazy("Gender"),
    "born_on": gettext_lazy("Date of birth"),
    "joined_on": gettext_lazy("First day in service"),
    "superannuates_on": gettext_lazy("Retirement on"),
    "email": gettext_lazy("Government e-mail"),
    "post": gettext_lazy("Post"),
    "charge": gettext_lazy("Charge"),
}


def certificate_pdf(
    batch: ImportBatch, rows: Sequence[ImportRow], *, officer: Employee, post: Post, at: datetime, language: str
) -> bytes:
    """The certificate in the language of the page; refused (`unprintable_data`) for a name that can't be printed."""
    language = "hi" if language.startswith("hi") else "en"
    with translation.override(language), _drawing():
        return draw_report(_report(batch, rows, officer=officer, post=post, at=at))


def _report(batch: ImportBatch, rows: Sequence[ImportRow], *, officer: Employee, post: Post, at: datetime) -> Report:
    language: Language = "hi" if translation.get_language() == "hi" else "en"
    counts = _("%(created)s created, %(changed)s changed, %(unchanged)s as they are, %(left_out)s left out") % {
        "created": batch.created_count,
        "changed": batch.changed_count,
        "unchanged": batch.unchanged_count,
        "left_out": batch.left_out_count,
    }
    facts = (
        (_("Office"), f"{named(batch.office)} ({batch.office.code})"),
        (_("Sheet"), batch.name),
        (_("Brought by"), f"{named(batch.made_by)} ({batch.made_by.code}), {office_moment(batch.made_at)}"),
        (_("Rows"), counts),
        (_("SHA-256 of the rows"), f"{batch.rows_sha256[:32]} {batch.rows_sha256[32:]}"),
    )
    closing = (
        _(
            "I certify that these persons work in this office on the posts that are named, and that names, dates, "
            "mobile numbers and e-mail addresses agree with the service record."
        ),
        _(
            "The exact rows are attached as manifest.json; the hash above is made over them. Aadhaar numbers are "
            "neither in the rows nor kept."
        ),
    )
    return Report(
        language=language,
        office=named(batch.office),
        number=_("Import %(number)s") % {"number": batch.pk},
        title=_("Certificate of staff data"),
        facts=facts,
        tables=(_table(rows),),
        signers=(
            Signer(
                role=_("Head of office"),
                name=named(officer),
                post=named(post),
                words=_("Signed digitally; time %(time)s")
                % {"time": f"{clock.office_time(at):%d-%m-%Y, %H:%M:%S} IST"},
            ),
        ),
        made_at=at,
        author=named(officer),
        closing=closing,
        extra={"rows_sha256": batch.rows_sha256},
    )


def _table(rows: Sequence[ImportRow]) -> Table:
    columns = (_("Row"), _("Employee"), _("What is done"), _("Post"), _("Facts"))
    widths = (6.0, 25.0, 9.5, 22.5, 37.0)
    if len(rows) > TABLE_LIMIT:
        empty = _("The sheet has %(count)s rows; they stand in the attached file manifest.json.") % {"count": len(rows)}
        return Table(_("Rows"), columns, widths, (), empty)
    return Table(_("Rows"), columns, widths, tuple(_cells(row) for row in rows))


def _cells(row: ImportRow) -> tuple[str, ...]:
    language = translation.get_language() or "en"
    post = row.deed.get("post", {})
    seat = str(post.get(language) or post.get("en", ""))
    if post.get("new"):
        seat = _("%(post)s (new)") % {"post": seat}
    elif post:
        seat = f"{seat} ({post['mark']})"
    done = {
        RowOutcome.CREATE: _("created"),
        RowOutcome.CHANGE: _("changed"),
        RowOutcome.UNCHANGED: _("as it is"),
        RowOutcome.LEFT_OUT: _("left out"),
    }.get(RowOutcome(row.outcome), "")
    if row.outcome == RowOutcome.CREATE:
        rest = deed_facts({name: value for name, value in row.deed.items() if name != "person"})
        said = [*_of_new(row), *(after for _label, _before, after in rest)]
    else:
        facts = deed_facts(row.deed)
        said = [f"{label}: {before} → {after}" if before else f"{label}: {after}" for label, before, after in facts]
    return (str(row.number), _who(row), done, seat, "; ".join(said))


def _who(row: ImportRow) -> str:
    """Both names of somebody new, since both are certified; the code in brackets."""
    person = row.deed.get("person", {})
    names = dict.fromkeys(person[name][1] for name in ("name_en", "name_hi") if name in person)
    who = " / ".join(names) if row.outcome == RowOutcome.CREATE and names else row.who
    return f"{who} ({row.code})" if row.code else who


def _of_new(row: ImportRow) -> list[str]:
    """The facts of a new person as short as they are clear."""
    person = {name: spoken(name, after) for name, (_before, after) in row.deed.get("person", {}).items()}
    words = {
        "gender": "%s",
        "born_on": _("born %s"),
        "joined_on": _("in service since %s"),
        "superannuates_on": _("until %s"),
        "mobile": "%s",
    }
    return [", ".join(word % person[name] for name, word in words.items() if name in person)]


def deed_facts(deed: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(what, before, after) of everything that a row does, in words of the page's language."""
    facts = [
        (str(FIELDS.get(name, name)), spoken(name, before), spoken(name, after))
        for name, (before, after) in deed.get("person", {}).items()
    ]
    if deed.get("email"):
        facts.append((str(FIELDS["email"]), deed["email"][0], deed["email"][1]))
    charge = deed.get("charge")
    if charge:
        words = _("%(kind)s from %(day)s") % {
            "kind": ChargeKind(charge["kind"]).label,
            "day": spoken("", charge["from_on"]),
        }
        if charge["order_number"]:
            words += ", " + _("order %(number)s") % {"number": charge["order_number"]}
        facts.append((str(FIELDS["charge"]), "", words))
    return facts


def spoken(name: str, value: str) -> str:
    """A stored value as people read it: days as dd-mm-yyyy, genders in words."""
    if name == "gender" and value in Gender.values:
        return str(Gender(value).label)
    parts = value.split("-")
    if len(parts) == 3 and len(value) == 10 and all(map(str.isdecimal, parts)):  # noqa: PLR2004 - yyyy-mm-dd
        return "-".join(reversed(parts))
    return value


@contextmanager
def _drawing() -> Iterator[None]:
    try:
        yield
    except BadText as error:
        raise BadInput(
            "unprintable_data",
            gettext_lazy("“%(context)s” has a character that can't be printed (%(code)s), so nothing was signed.")
            % {"context": error.context, "code": error.codepoint},
            gettext_lazy("It stands in: %(place)s. Return the sheet, and have the row corrected.")
            % {"place": error.place},
        ) from error
