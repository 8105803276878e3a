"""Template tags of the office's pages: icons, both languages, dates in office time, act buttons.

Templates stay free of rules: a button is drawn from the verdict of `eoffice.access` and nothing
else (design.md section 3, "Why not?").
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, Protocol

from django import template
from django.forms import (
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    FileInput,
    RadioSelect,
    Select,
)
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext, override

from eoffice.core import clock

register = template.Library()

OTHER_LANGUAGE = {"hi": "en", "en": "hi"}

# Office usage: three letters in English, "नव." in Hindi. CLDR's Hindi forms end in a different
# sign (॰), which officers do not write; digits stay 0-9 in both languages (look: Digits).
MONTHS_SHORT = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "hi": (
        "जन.",
        "फ़र.",
        "मार्च",
        "अप्रैल",
        "मई",
        "जून",
        "जुलाई",
        "अग.",
        "सित.",
        "अक्टू.",
        "नव.",
        "दिस.",
    ),
}
MONTHS_LONG = {
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    "hi": (
        "जनवरी",
        "फ़रवरी",
        "मार्च",
        "अप्रैल",
        "मई",
        "जून",
        "जुलाई",
        "अगस्त",
        "सितम्बर",
        "अक्टूबर",
        "नवम्बर",
        "दिसम्बर",
    ),
}
WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "hi": ("सोमवार", "मंगलवार", "बुधवार", "गुरुवार", "शुक्रवार", "शनिवार", "रविवार"),
}


class VerdictLike(Protocol):
    """What an act button reads of a verdict of `eoffice.access`."""

    allowed: bool
    code: str
    reason: Any
    remedy: Any
    remedy_url: str


def _language() -> str:
    """Return 'hi' or 'en': the two languages of the office."""
    return "hi" if (get_language() or "").startswith("hi") else "en"


def _day(value: dt.date | dt.datetime) -> dt.date:
    """Return the day in office time of an instant or a day."""
    if isinstance(value, dt.datetime):
        return clock.office_time(value).date()
    return value


# Icons and chips


@register.simple_tag
def icon(name: str, extra: str = "", label: str = "") -> SafeString:
    """Draw an icon of the sprite; silent for screen readers unless it has a `label`.

    `extra` adds classes, for example ``ic-l`` for the larger size.
    """
    classes = f"ic {extra}".strip()
    picture = format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        classes,
        static("eoffice/icons.svg"),
        name,
    )
    if not label:
        return picture
    return format_html('{}<span class="visually-hidden">{}</span>', picture, label)


@register.simple_tag
def chip(text: str, tone: str = "line", icon_name: str = "") -> SafeString:
    """Draw a state chip: `tone` is solid, brick, warm, leaf, navy or line."""
    picture = icon(icon_name) if icon_name else ""
    return format_html('<span class="chip chip--{}">{}{}</span>', tone, picture, text)


# Both languages


def _spoken(texts: dict[str, str], language: str) -> SafeString:
    """Return the text of `language`, or the other one marked with its own `lang`."""
    if texts.get(language):
        return format_html("{}", texts[language])
    other = OTHER_LANGUAGE[language]
    if texts.get(other):
        return format_html('<span lang="{}">{}</span>', other, texts[other])
    return SafeString("")


@register.simple_tag
def bilingual(thing: object, field: str) -> SafeString:
    """Show `<field>_hi` or `<field>_en` of a thing; the other one, marked, if it is empty."""
    texts = {code: str(getattr(thing, f"{field}_{code}", "") or "") for code in ("hi", "en")}
    return _spoken(texts, _language())


@register.simple_tag
def bilingual_plain(thing: object, field: str) -> str:
    """Return the text of `bilingual` without markup: for attributes, options and titles."""
    language = _language()
    own = str(getattr(thing, f"{field}_{language}", "") or "")
    return own or str(getattr(thing, f"{field}_{OTHER_LANGUAGE[language]}", "") or "")


@register.filter
def script_lang(text: object) -> str:
    """Return the `lang` of a text somebody typed: 'hi' if it holds Devanagari, else 'en'."""
    return "hi" if re.search(r"[\u0900-\u097f]", str(text)) else "en"


@register.simple_tag
def other_language() -> str:
    """Return the code of the language that the page is not in."""
    return OTHER_LANGUAGE[_language()]


@register.simple_tag
def in_other_language(text: object) -> str:
    """Return a lazy text in the other language, or nothing where it has no own words there."""
    here = str(text or "")
    with override(OTHER_LANGUAGE[_language()]):
        there = str(text or "")
    return "" if there == here else there


# Dates and times in office time


@register.filter
def office_time(value: dt.datetime | None) -> str:
    """Return the time of an instant: '16:42'."""
    return f"{clock.office_time(value):%H:%M}" if value else ""


@register.filter
def office_date(value: dt.date | dt.datetime | None) -> str:
    """Return a short date: '24 Nov', '24 नव.'; with the year where it is not this year's."""
    if not value:
        return ""
    day = _day(value)
    text = f"{day.day} {MONTHS_SHORT[_language()][day.month - 1]}"
    return text if day.year == clock.today().year else f"{text} {day.year}"


@register.filter
def office_day(value: dt.date | dt.datetime | None) -> str:
    """Return 'Today', 'Yesterday' or the short date: the second line of a register's time."""
    if not value:
        return ""
    days = (clock.today() - _day(value)).days
    if days == 0:
        return gettext("Today")
    if days == 1:
        return gettext("Yesterday")
    return office_date(value)


@register.filter
def office_moment(value: dt.datetime | None) -> str:
    """Return date and time: '24 Nov, 16:42'."""
    return f"{office_date(value)}, {office_time(value)}" if value else ""


@register.filter
def office_long_date(value: dt.date | dt.datetime | None) -> str:
    """Return the date as letters have it: '24 November 2026', '24 नवम्बर, 2026'."""
    if not value:
        return ""
    day = _day(value)
    language = _language()
    comma = "," if language == "hi" else ""
    return f"{day.day} {MONTHS_LONG[language][day.month - 1]}{comma} {day.year}"


@register.filter
def office_weekday(value: dt.date | dt.datetime | None) -> str:
    """Return weekday and date: 'Tuesday, 24 November 2026'."""
    return f"{WEEKDAYS[_language()][_day(value).weekday()]}, {office_long_date(value)}" if value else ""


def _due_side(due_on: dt.date | dt.datetime | None) -> str:
    if not due_on:
        return "later"
    days = (_day(due_on) - clock.today()).days
    if days < 0:
        return "over"
    return "today" if days == 0 else "later"


@register.filter
def due(due_on: dt.date | dt.datetime | None, working_days: int | None = None) -> str:
    """Say how a due date stands to today: '2 days over', 'Today', 'Tomorrow', '3 days', 'None'.

    Counts calendar days. A list that has asked the office calendar passes the distance in
    working days, so that no row asks the database by itself.
    """
    if not due_on:
        return gettext("None")
    distance = (_day(due_on) - clock.today()).days
    if distance == 0:
        return gettext("Today")
    if distance == 1:
        return gettext("Tomorrow")
    # A Friday's paper is late on Sunday, though no working day has gone by.
    count = max(1, abs(distance if working_days is None else working_days))
    if distance < 0:
        return ngettext("%(count)s day over", "%(count)s days over", count) % {"count": count}
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": count}


@register.simple_tag
def due_mark(due_on: dt.date | dt.datetime | None, working_days: int | None = None) -> SafeString:
    """Draw the due words with their icon and class, as a register's last column has them."""
    side = _due_side(due_on)
    pictures = {"over": icon("exclamation-triangle-fill"), "today": icon("clock-fill"), "later": ""}
    return format_html(
        '<span class="due due--{}">{}{}</span>',
        side,
        pictures[side],
        due(due_on, working_days),
    )


# Acts


@register.inclusion_tag("components/act.html", takes_context=True)
def act(context: template.Context, verdict: VerdictLike, label: str, url: str = "", **how: Any) -> dict[str, Any]:
    """Draw one act from its verdict: a form with a button, or the refused button and its reason.

    `how`:
    - ``icon``: name of the icon before the label;
    - ``kind``: 'quiet' (default), 'primary' (one per act bar), 'bare', or a verdict class of the
      decision view such as 'verdict verdict--approve';
    - ``method``: 'post' (default: own form), 'get' (a link to the act's own page), or 'submit'
      (a button of the form whose id is ``form``, with ``name`` and ``value``);
    - ``hint``: second line of a verdict button; ``key``: single letter or 'mod+Enter' for keys.js;
    - ``why``: heading of the reason; ``open``: show the reason without being asked;
    - ``hidden``: dict of hidden fields for an own form.
    """
    slug = re.sub(r"[^a-z0-9]+", "-", f"{verdict.code}-{how.get('name', '')}-{url}".lower()).strip("-")
    return {
        "verdict": verdict,
        "label": label,
        "url": url,
        "icon_name": how.get("icon", ""),
        "kind": how.get("kind", "quiet"),
        "is_verdict": str(how.get("kind", "")).startswith("verdict"),
        "method": how.get("method", "post"),
        "hint": how.get("hint", ""),
        "key": how.get("key", ""),
        "form": how.get("form", ""),
        "name": how.get("name", ""),
        "value": how.get("value", ""),
        "hidden": how.get("hidden") or {},
        "why": how.get("why") or gettext("Why not “%(act)s”?") % {"act": label},
        "open": bool(how.get("open")),
        "why_id": f"why-{slug}" if slug else "why",
        "csrf_token": context.get("csrf_token", ""),
    }


# Forms


@register.filter
def is_check(field: BoundField) -> bool:
    """Whether a field is a single box, whose label stands after it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """Draw the control of a form field with the office's class; its errors are named to screen readers."""
    widget = field.field.widget
    if isinstance(widget, (CheckboxInput, RadioSelect, CheckboxSelectMultiple)):
        kind = "form-check-input"
    elif isinstance(widget, Select):
        kind = "form-select"
    elif isinstance(widget, FileInput):
        kind = "upload__file"
    else:
        kind = "form-control"
    attrs: dict[str, Any] = {"class": f"{kind} {widget.attrs.get('class', '')}".strip()}
    named = [f"{field.auto_id}_helptext"] if field.help_text else []
    if field.errors:
        attrs["aria-invalid"] = "true"
        named.insert(0, f"{field.auto_id}_error")
    if named:
        attrs["aria-describedby"] = " ".join(named)
    return field.as_widget(attrs=attrs)
