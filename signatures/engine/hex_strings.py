"""Reading a hex string at once instead of digit by digit: the room of one signature has 32,768 of them.

pyHanko's reader takes 30 to 40 ms for that, more than everything else in a signature together, and again whenever a
signed file is opened. What it reads, refuses and leaves unread is the same: anything but plain digits up to the `>` is
handed to pyHanko's own function (a test compares the two on arbitrary input).
"""

from __future__ import annotations

import binascii
import re
from typing import IO, Any, Final

from pyhanko.pdf_utils import generic

_DIGITS: Final = re.compile(rb"[0-9A-Fa-f]*")
_CHUNK: Final = 4096
thorough: Final = generic.read_hex_string_from_stream


def read_hex_string(stream: IO[bytes]) -> Any:
    """The PDF string that begins at the stream's `<`; the stream stands behind the `>` afterwards."""
    start = stream.tell()
    stream.seek(start + 1)
    digits = bytearray()
    size = 64
    while True:
        chunk = stream.read(size)
        found = _DIGITS.match(chunk)
        end = found.end() if found else 0
        digits += chunk[:end]
        if end < len(chunk) or not chunk:
            break
        size = _CHUNK
    if chunk[end : end + 1] != b">":
        stream.seek(start)
        return thorough(stream)
    stream.seek(start + 2 + len(digits))
    if len(digits) % 2:
        digits += b"0"
    return generic.pdf_string(binascii.unhexlify(digits))


def install() -> None:
    """Make it the one that pyHanko's reader uses. Doing it twice changes nothing."""
    generic.read_hex_string_from_stream = read_hex_string
