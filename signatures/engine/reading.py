"""What reading a PDF that others made can raise. Seen from hostile files, not guessed (signing.md section 6)."""

from __future__ import annotations

import struct
import zlib
from typing import Any, Final

from pyhanko.pdf_utils import generic, misc
from pyhanko.sign.general import CMSExtractionError, CMSStructuralError, SigningError
from pyhanko.sign.validation.errors import SignatureValidationError, ValidationInfoReadingError
from pyhanko_certvalidator.errors import PathError, ValidationError

from signatures.engine.errors import CannotPrepare

UNREADABLE: Final[tuple[type[Exception], ...]] = (
    PathError, ValidationError, misc.PdfError, SigningError, CMSExtractionError,
    CMSStructuralError, SignatureValidationError, ValidationInfoReadingError,
    ValueError, AssertionError, KeyError, IndexError, AttributeError, TypeError, RecursionError, OSError,
    NotImplementedError, ArithmeticError, CannotPrepare, EOFError, zlib.error, struct.error,
)  # fmt: skip


def entry(dictionary: generic.DictionaryObject, key: str, default: Any = None) -> Any:
    """The value under `key`, whether it is written in place or by reference (`.get` of pyHanko does not follow)."""
    return dictionary[key] if key in dictionary else default  # noqa: SIM401 - `.get` does not follow references
