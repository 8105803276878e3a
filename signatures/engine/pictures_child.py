"""The child of `compare`: reads a header and a PDF from standard input, writes what differs as JSON, ends.

Like `verify_child` it limits itself before it touches a byte of the file, and may write no file: pictures of what
somebody sent never lie on a disk.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace

from signatures.engine.limited import NO_MEMORY, begin
from signatures.engine.pictures import compare


def main() -> int:
    header, source = begin()
    pdf = source.read(header["size"])
    share = header["seconds"] / max(1, len(header["ends"]))
    try:
        found = [replace(compare(pdf[:end], pdf, seconds=share), end=end) for end in header["ends"]]
        answer = json.dumps([one.as_json() for one in found])
    except MemoryError:
        return NO_MEMORY
    sys.stdout.write(answer)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
