"""The child of `compare`: reads a header and a PDF from standard input, writes what differs as JSON, ends.

Like `verify_child` it limits itself before it touches a byte of the file, and may write no file: pictures of what
somebody sent never lie on a disk.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import sys
from dataclasses import replace

from signatures.engine.pictures import compare


def main() -> int:
    os.close(int(sys.argv[1]))  # tells the caller that everything is loaded
    source = sys.stdin.buffer
    header = json.loads(source.read(int.from_bytes(source.read(4), "big")))
    resource.setrlimit(resource.RLIMIT_CPU, (header["cpu_seconds"], header["cpu_seconds"] + 1))
    resource.setrlimit(resource.RLIMIT_AS, (header["memory_bytes"], header["memory_bytes"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable(logging.CRITICAL)
    pdf = source.read(header["size"])
    share = header["seconds"] / max(1, len(header["ends"]))
    try:
        found = [replace(compare(pdf[:end], pdf, seconds=share), end=end) for end in header["ends"]]
        answer = json.dumps([one.as_json() for one in found])
    except MemoryError:
        return 3
    sys.stdout.write(answer)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
