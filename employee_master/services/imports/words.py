"""What is wrong with a row, in both languages at once: they are stored with the row, shown, and printed as JSON."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import translation

from eoffice.core.errors import Text
from eoffice.core.names import Named, named
from eoffice.core.templatetags.eoffice_ui import office_long_date

LANGUAGES = ("en", "hi")
Words = dict[str, str]
Problem = dict[str, Any]

REFUSED, WARNING = "refused", "warning"
# Where a problem was found: in the cells of the row, between rows of the sheet, against the master. Those of the cells
# are kept with the row; the others are found anew each time.
OF_SHEET, OF_ROWS, OF_MASTER = "sheet", "rows", "master"


def both(message: Text, /, **facts: Any) -> Words:
    """The sentence in both languages. Facts may be texts, days, words of both languages, or things with two names."""
    said = {}
    for language in LANGUAGES:
        with translation.override(language):
            known = {name: _spoken(fact, language) for name, fact in facts.items()}
            said[language] = str(message) % known if known else str(message)
    return said


def _spoken(fact: Any, language: str) -> str:
    if isinstance(fact, date):
        return office_long_date(fact)
    if isinstance(fact, dict):
        return str(fact.get(language) or fact.get("en", ""))
    if hasattr(fact, "name_en"):
        thing: Named = fact
        return named(thing)
    return str(fact)


def refused(code: str, column: str, message: Text, /, *, suggestion: str = "", **facts: Any) -> Problem:
    """A problem that keeps the row out until it is corrected or left out."""
    return {**warning(code, column, message, suggestion=suggestion, **facts), "severity": REFUSED}


def warning(code: str, column: str, message: Text, /, *, suggestion: str = "", **facts: Any) -> Problem:
    """Something to look at again; the row goes through."""
    return {
        "code": code,
        "column": column,
        "severity": WARNING,
        "message": both(message, **facts),
        "suggestion": suggestion,
    }
