"""OpenSSL's opinion on the last signature of a PDF: another program than ours."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path


def cms_verifies(pdf: bytes, root_pem: bytes, folder: Path, *, cades: bool = False) -> bool:
    """Whether `openssl cms -verify` accepts the detached CMS over the byte range."""
    ranges = re.findall(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)", pdf)
    start, length, after, rest = map(int, ranges[-1])
    hole = pdf[start + length : after].strip(b"<> \r\n")
    der = bytes.fromhex(hole.decode())
    (folder / "cms.der").write_bytes(_trimmed(der))
    (folder / "content").write_bytes(pdf[start : start + length] + pdf[after : after + rest])
    (folder / "root.pem").write_bytes(root_pem)
    done = subprocess.run(
        [
            "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "cms.der", "-content", "content",
            "-CAfile", "root.pem", "-purpose", "any", "-out", "out", *(["-cades"] if cades else []),
        ],
        cwd=folder, capture_output=True, check=False,
    )  # fmt: skip
    return done.returncode == 0


def _trimmed(padded: bytes) -> bytes:
    """The CMS without the zeros that fill the hole: its length stands in its first bytes (DER)."""
    if padded[1] < 0x80:
        return padded[: 2 + padded[1]]
    octets = padded[1] & 0x7F
    return padded[: 2 + octets + int.from_bytes(padded[2 : 2 + octets], "big")]
