"""Our own rules about the file as a whole, beyond what is said about each signature (signing.md section 6)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_END: Final = re.compile(rb"%%EOF[ \t]*(?:\r\n|\r|\n)?\Z")


def odd_structure(pdf: bytes, covered_to: Sequence[int]) -> list[str]:
    """Codes of what should not be in a signed file. Empty for a sound one."""
    if max(covered_to, default=0) < len(pdf) and not _END.search(pdf[-64:]):
        return ["bytes-after-the-end"]
    return []
