"""The column that people search in: folded by the database itself, so that it can't go stale.

It holds what `eoffice.core.search.search_key` makes of a question: lower case, without nukta (which has two spellings
in Unicode, and many people type neither) and without joiners.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Concat, Lower, Replace

_DROPPED = ("\u093c", "\u200c", "\u200d")
# Letters with the nukta built in; the first of their decomposition is the letter beneath.
_BUILT_IN = ("\u0929", "\u0931", "\u0934", *map(chr, range(0x0958, 0x0960)))


def searchable(*columns: str) -> models.GeneratedField:
    """A stored column over `columns`, kept by the database."""
    parts: list[Any] = []
    for column in columns:
        parts += [Value(" "), F(column)]
    expression: Any = Concat(*parts)
    for character in _DROPPED:
        expression = Replace(expression, Value(character), Value(""))
    for character in _BUILT_IN:
        expression = Replace(expression, Value(character), Value(unicodedata.normalize("NFD", character)[0]))
    return models.GeneratedField(expression=Lower(expression), output_field=models.TextField(), db_persist=True)
