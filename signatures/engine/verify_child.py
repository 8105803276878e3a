"""The child of `verify`: reads a header and a PDF from standard input, writes one JSON report, ends. Exit 3: no memory.

Started with limits on CPU time and address space that it puts on itself before it touches a byte of the file, and
without permission to write files. It is never imported by the program.
"""

from __future__ import annotations

import gc
import json
import sys
from base64 import b64decode
from datetime import datetime

from signatures.engine.examine import examine
from signatures.engine.limited import NO_MEMORY, begin
from signatures.engine.trust import Trust


def main() -> int:
    header, source = begin()
    # One file, one answer: looking for rings of objects takes a fifth of the time, and the end frees all of them.
    gc.disable()
    trust = Trust(
        tuple(map(b64decode, header["roots"])), tuple(map(b64decode, header["helpers"])),
        tuple((fingerprint, use) for fingerprint, use in header["only_for"]),
    )  # fmt: skip
    try:
        report = examine(
            source.read(header["size"]), trust=trust, at=datetime.fromisoformat(header["at"]), fetch=header["fetch"]
        )
        answer = json.dumps(report.as_json())
    except MemoryError:
        return NO_MEMORY
    sys.stdout.write(answer)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
