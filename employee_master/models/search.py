"""The column that people search in: folded by the database itself, so that it can't go stale.

A letter with a nukta has two spellings in Unicode and many people type neither (stack 2: "Nukta"); a joiner is
invisible. So both are left out of the column and of the words looked for (`fold`).
"""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Concat, Lower, Replace

NUKTA = "\u093c"
JOINERS = "\u200c\u200d"
# U+0958 to U+095F: letters with the nukta built in, and the letter beneath each.
BUILT_IN = {chr(code): unicodedata.normalize("NFD", chr(code))[0] for code in range(0x0958, 0x0960)}
FOLDED = dict.fromkeys(NUKTA + JOINERS, "") | BUILT_IN


def fold(text: str) -> str:
    """`text` as the search column has it: lower case, without nukta and joiners."""
    return unicodedata.normalize("NFC", text).translate(str.maketrans(FOLDED)).lower()


def searchable(*columns: str) -> models.GeneratedField:
    """A stored column over `columns`, kept by the database."""
    parts: list[Any] = []
    for column in columns:
        parts += [Value(" "), F(column)]
    expression: Any = Concat(*parts)
    for character, instead in FOLDED.items():
        expression = Replace(expression, Value(character), Value(instead))
    return models.GeneratedField(expression=Lower(expression), output_field=models.TextField(), db_persist=True)
