"""Reading names and numbers of a PDF at once instead of letter by letter: a large file has millions of letters.

pyHanko asks its stream for every single byte, which is a third of the time that a file of 40,000 objects takes. What is
read, refused and left unread is the same: names with escapes or odd letters are handed to pyHanko's own function (a
test compares both on arbitrary input).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import IO, Any, Final

from pyhanko.pdf_utils import generic, misc

_CHUNK: Final = 48
_PLAIN: Final = re.compile(rb"[!-~]*\Z")
_SPECIAL: Final = re.compile(rb"[#()<>\[\]{}/%]")
thorough_until: Final = misc._read_until_class  # noqa: SLF001 - the one place that is worth it
thorough_name: Final = generic._decode_name  # noqa: SLF001 - as above


@lru_cache(maxsize=16)
def _any_of(letters: bytes) -> re.Pattern[bytes]:
    return re.compile(b"[" + re.escape(letters) + b"]")


def read_until(class_chars: bytes, stream: IO[bytes], maxchars: int | None = None) -> tuple[bytes, bool]:
    """What comes before the first of the letters, which is read too; and whether the stream ended before it."""
    if maxchars is not None or not class_chars:
        result: tuple[bytes, bool] = thorough_until(class_chars, stream, maxchars)
        return result
    start = stream.tell()
    found = b""
    while chunk := stream.read(_CHUNK):
        end = _any_of(class_chars).search(chunk)
        if end is not None:
            found += chunk[: end.start()]
            stream.seek(start + len(found) + 1)
            return found, False
        found += chunk
    return found, True


def decode_name(name_bytes: bytes) -> Any:
    if _PLAIN.match(name_bytes) and not _SPECIAL.search(name_bytes):
        return generic.NameObject("/" + name_bytes.decode("ascii"))
    return thorough_name(name_bytes)


def install() -> None:
    """Make them those that pyHanko's reader uses. Doing it twice changes nothing."""
    misc._read_until_class = read_until  # noqa: SLF001 - as above
    generic._decode_name = decode_name  # noqa: SLF001 - as above
