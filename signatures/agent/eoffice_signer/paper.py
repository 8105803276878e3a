"""What is to be signed, looked at with own eyes: nothing here believes a number that the server named.

The prepared PDF has one hole, the room for the signature. Everything outside it is hashed here; that hash must be the
message digest in the signed attributes, and the certificate named there (ESS signing-certificate-v2, RFC 5035) must
lie on the token. Then the signature can belong to this very file and to no other.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from hashlib import sha256

from asn1crypto import cms, tsp

_HOLE = re.compile(rb"/Contents\s*(<0{512,}>)")
_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")
_REASON = re.compile(rb"/Reason\s*(\((?:\\.|[^\\()])*\)|<[0-9A-Fa-f\s]*>)", re.DOTALL)
_OBJECT = re.compile(rb"\b\d+ \d+ obj\b")
_STREAM_BEGINS = re.compile(rb"stream\r?\n")
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_PAGES = re.compile(rb"/Type\s*/Pages\b")
_COUNT = re.compile(rb"/Count\s+(\d+)")
_ATTRIBUTES = {"content_type", "message_digest", "signing_certificate_v2"}
_MOST_UNPACKED = 64 * 1024 * 1024


class WrongPaper(Exception):
    """What the server sent does not fit together; `code` says which check failed. It must not be signed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Checked:
    """What was found in the paper itself. `certificate` is the SHA-256 of the certificate that is to sign."""

    digest: bytes
    certificate: bytes
    reason: str
    pages: int


def check(pdf: bytes, signed_attrs: bytes) -> Checked:
    """The digest over all but the hole, once everything fits together; `WrongPaper` otherwise."""
    start, end, dictionary = _hole(pdf)
    digest = sha256(pdf[:start] + pdf[end:]).digest()
    said, certificate = _said(signed_attrs)
    if said != digest:
        raise WrongPaper("digest")
    return Checked(digest, certificate, _reason(dictionary), count_pages(pdf))


def _hole(pdf: bytes) -> tuple[int, int, bytes]:
    """Where the room for the signature begins and ends, and the signature dictionary around it.

    There must be exactly one such room, in the dictionary of a signature and in no stream, and the dictionary's own
    byte range must cover everything outside it: a reader of the signed file then hashes exactly what is hashed here.
    """
    holes = list(_HOLE.finditer(pdf))
    if len(holes) != 1:
        raise WrongPaper("hole")
    start, end = holes[0].span(1)
    openings = [found.start() for found in _OBJECT.finditer(pdf, 0, start)]
    begins, ends = max(openings, default=-1), pdf.find(b"endobj", end)
    dictionary = pdf[begins:start] + pdf[end:ends]
    if begins < 0 or ends < 0 or _STREAM_BEGINS.search(dictionary) or b"/Sig" not in dictionary:
        raise WrongPaper("hole")
    ranges = [tuple(int(number) for number in found.groups()) for found in _RANGE.finditer(dictionary)]
    if ranges != [(0, start, end, len(pdf) - end)]:
        raise WrongPaper("range")
    return start, end, dictionary


def _said(signed_attrs: bytes) -> tuple[bytes, bytes]:
    """The message digest and the certificate's hash in the attributes that the token will sign."""
    try:
        attributes = cms.CMSAttributes.load(signed_attrs, strict=True)
        found = {one["type"].native: one["values"] for one in attributes}
        once = len(attributes) == len(found) and all(len(values) == 1 for values in found.values())
        if not once or set(found) != _ATTRIBUTES or found["content_type"][0].native != "data":
            raise WrongPaper("attributes")
        ess = found["signing_certificate_v2"][0]
        if not isinstance(ess, tsp.SigningCertificateV2) or len(ess["certs"]) != 1:
            raise WrongPaper("attributes")
        named = ess["certs"][0]
        if named["hash_algorithm"]["algorithm"].native != "sha256":
            raise WrongPaper("attributes")
        return bytes(found["message_digest"][0].native), bytes(named["cert_hash"].native)
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise WrongPaper("attributes") from error


def _reason(dictionary: bytes) -> str:
    """What the signature will say it means; it stands in the paper and is covered by the signature."""
    found = _REASON.search(dictionary)
    if found is None:
        return ""
    raw = found.group(1)
    if raw.startswith(b"<"):
        text = bytes.fromhex(raw[1:-1].decode())
    else:
        text = re.sub(rb"\\([0-7]{1,3}|\r\n|.)", _unescaped, raw[1:-1], flags=re.DOTALL)
    if text.startswith(b"\xfe\xff"):
        return text[2:].decode("utf-16-be", errors="replace")
    return text.decode("latin-1")


def _unescaped(found: re.Match[bytes]) -> bytes:
    code = found.group(1)
    if code.isdigit():
        return bytes([int(code, 8) & 255])
    return {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r\n": b""}.get(code, code)


def count_pages(pdf: bytes) -> int:
    """How many pages the page tree speaks of, packed objects included; 0 where it can't be told."""
    most, room = 0, _MOST_UNPACKED
    parts = [pdf]
    for found in _STREAM.finditer(pdf):
        if b"/ObjStm" in pdf[max(0, found.start() - 300) : found.start()] and room > 0:
            try:
                parts.append(zlib.decompressobj().decompress(found.group(1), room))
            except zlib.error:
                continue
            room -= len(parts[-1])
    for part in parts:
        for pages in _PAGES.finditer(part):
            around = part[max(0, part.rfind(b"<<", 0, pages.start())) : part.find(b">>", pages.end())]
            most = max([most, *(int(count) for count in _COUNT.findall(around))])
    return most


_CONSONANTS = tuple(zip("kgcjtdnpbmyrlvsh", "कगचजतदनपबमयरलवसह", strict=True))
_VOWELS = (("a", "ा"), ("i", "ी"), ("u", "ू"), ("o", "ो"))


def hash_words(digests: list[bytes]) -> tuple[str, str]:
    """Four invented words for a hash over all the papers, alike in both scripts; the browser shows the same ones.

    Each syllable is six bits: a consonant (four) and a vowel (two); twelve syllables are 72 bits.
    """
    bits = int.from_bytes(sha256(b"".join(digests)).digest()[:9])
    syllables = [(bits >> shift) & 63 for shift in range(66, -1, -6)]
    spoken = []
    for script in (0, 1):
        parts = [_CONSONANTS[one >> 2][script] + _VOWELS[one & 3][script] for one in syllables]
        spoken.append(" ".join("".join(parts[at : at + 3]) for at in range(0, 12, 3)))
    return spoken[0], spoken[1]
