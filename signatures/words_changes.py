"""What was changed after a signature, page by page, in words beside the pictures."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from eoffice.core.errors import Text
from signatures.engine.compared import Compared, PageChange, Place
from signatures.queries_verify import Check

_WHERE = {
    "top": pgettext_lazy("place on a page", "near the top"),
    "middle": pgettext_lazy("place on a page", "in the middle"),
    "bottom": pgettext_lazy("place on a page", "near the bottom"),
    "most": pgettext_lazy("place on a page", "over most of the page"),
}


@dataclass(frozen=True, slots=True)
class Picture:
    """Delivered inside the page and nowhere else, so that nothing of what was sent has to be kept."""

    caption: Text
    data: str
    alt: Text


@dataclass(frozen=True, slots=True)
class Line:
    """One numbered place: where it is, and the words there then and now, as the file tells them."""

    number: int
    where: Text
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Page:
    title: Text
    lines: list[Line]
    pictures: list[Picture]


@dataclass(frozen=True, slots=True)
class Changes:
    """A signed state beside the file as it is: whose signature, what differs, and what had to be left out."""

    heading: Text
    summary: list[Text]
    pages: list[Page]


def changes_of(check: Check) -> list[Changes]:
    """For each signed state that differs from the present file; empty where nothing was changed."""
    return [_changes(one, check) for one in check.compared]


def _changes(compared: Compared, check: Check) -> Changes:
    names = _signers(compared.end, check)
    heading = format_lazy(_("As signed by {names}, and as it is now"), names=names) if names else _HEADING
    if not compared.drawn:
        return Changes(heading, [_("Something was added after signing. It can't be shown as pictures.")], [])
    return Changes(heading, _summary(compared), [_page(one) for one in compared.pages])


_HEADING = _("As it was signed, and as it is now")


def _signers(end: int, check: Check) -> str:
    report = check.inner or check.report
    names = [
        one.signer.name[:80]
        for one in report.signatures
        if one.kind == "signature" and one.covered_to <= end and one.signer and one.intact
    ]
    return ", ".join(dict.fromkeys(filter(None, names)))


def _summary(compared: Compared) -> list[Text]:
    said: list[Text] = []
    if compared.looks_same:
        said.append(_("No page looks different. What was added shows on no page, and is not covered by a signature."))
    elif not compared.pages:
        said.append(_("None of the pages that were compared looks different."))
    else:
        count = len(compared.pages)
        differ = ngettext_lazy("{count} page differs.", "{count} pages differ.", count)
        said.append(format_lazy(differ, count=count))
    if compared.old_pages != compared.new_pages:
        counts = _("Pages when it was signed: {old}; now: {new}.")
        said.append(format_lazy(counts, old=compared.old_pages, new=compared.new_pages))
    if count := compared.left_out:
        left = ngettext_lazy(
            "{count} page was not compared: the file is long.",
            "{count} pages were not compared: the file is long.",
            count,
        )
        said.append(format_lazy(left, count=count))
    if count := compared.without_picture:
        bare = ngettext_lazy(
            "{count} page is told in words only, without pictures.",
            "{count} pages are told in words only, without pictures.",
            count,
        )
        said.append(format_lazy(bare, count=count))
    return said


def _page(change: PageChange) -> Page:
    pictures = []
    if change.old_picture:
        caption = format_lazy(_("As it was signed, page {number}"), number=change.old_page)
        pictures.append(_picture(change.old_picture, caption))
    if change.new_picture:
        caption = format_lazy(_("As it is now, page {number}"), number=change.new_page)
        pictures.append(_picture(change.new_picture, caption))
    return Page(_title(change), [_line(place) for place in change.places], pictures)


def _title(change: PageChange) -> Text:
    if change.kind == "added":
        return format_lazy(_("Page {number}: added after signing"), number=change.new_page)
    if change.kind == "removed":
        return format_lazy(_("Page {number} as signed: no longer there"), number=change.old_page)
    number = change.new_page
    if change.many:
        return format_lazy(_("Page {number}: many places differ"), number=number)
    if not change.places:
        return format_lazy(_("Page {number}: differs"), number=number)
    count = len(change.places)
    said = ngettext_lazy("Page {number}: {count} place differs", "Page {number}: {count} places differ", count)
    return format_lazy(said, number=number, count=count)


def _line(place: Place) -> Line:
    # Words laid over others stand in the file beside them; what is new is what follows the old ones.
    after = place.after.removeprefix(place.before).strip() if place.before else place.after
    return Line(place.number, _WHERE.get(place.where, ""), place.before, after)


def _picture(content: bytes, caption: Text) -> Picture:
    data = "data:image/webp;base64," + b64encode(content).decode()
    return Picture(caption, data, format_lazy(_("{caption}. What differs is listed above."), caption=caption))
