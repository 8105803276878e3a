"""The signatures of a file as they stand in it: every field that claims one, whatever lies behind the claim."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from signatures.engine.reading import UNREADABLE, entry

_FIELDS_MAX: Final = 20_000
_DEPTH_MAX: Final = 40
_HOLE: Final = re.compile(rb"<[0-9A-Fa-f]+>")
_KEYS: Final = re.compile(rb"/(ByteRange|Contents)(?![A-Za-z0-9])")


@dataclass(frozen=True)
class Field:
    """A form field with the type that it has or inherits. `reference` is None for one written in place."""

    name: str
    kind: str
    reference: generic.Reference | None
    dictionary: generic.DictionaryObject


@dataclass(frozen=True)
class Signed:
    """A filled signature field. `UNREADABLE` is raised where an entry is not what it must be."""

    field: Field
    dictionary: generic.DictionaryObject
    ranges: tuple[int, ...]
    contents: bytes
    sub_filter: str
    is_stamp: bool

    @property
    def covered_to(self) -> int:
        return self.ranges[2] + self.ranges[3] if len(self.ranges) == 4 else 0  # noqa: PLR2004 - two ranges

    def data(self, pdf: bytes) -> bytes:
        """The bytes that were signed."""
        view = memoryview(pdf)
        starts, lengths = self.ranges[::2], self.ranges[1::2]
        return b"".join(view[start : start + length] for start, length in zip(starts, lengths, strict=True))

    def certificates_given(self) -> list[bytes]:
        """/Cert of the old form without a CMS, the signer's first."""
        given = entry(self.dictionary, "/Cert", ())
        return [bytes(one.original_bytes) for one in ([given] if hasattr(given, "original_bytes") else given)]


def signed(field: Field) -> Signed:
    return of_dictionary(field, entry(field.dictionary, "/V"))


def of_dictionary(field: Field, value: Any) -> Signed:
    if not isinstance(value, generic.DictionaryObject):
        raise TypeError("/V is no dictionary")
    ranges = value["/ByteRange"]
    if not isinstance(ranges, generic.ArrayObject) or not all(isinstance(one, int) for one in ranges):
        raise TypeError("/ByteRange is no array of numbers")
    contents = value.raw_get("/Contents", decrypt=generic.EncryptedObjAccess.RAW)
    if isinstance(contents, generic.IndirectObject):
        raise TypeError("/Contents lies elsewhere")
    return Signed(
        field, value, tuple(int(one) for one in ranges), bytes(contents.original_bytes),
        str(entry(value, "/SubFilter", "")),
        str(entry(value, "/Type", "")) == "/DocTimeStamp" or str(entry(value, "/SubFilter", "")) == "/ETSI.RFC3161",
    )  # fmt: skip


def fields_of(reader: PdfFileReader) -> Iterator[Field]:
    """All terminal fields of the form, in its order."""
    form = entry(reader.root, "/AcroForm")
    if not isinstance(form, generic.DictionaryObject):
        return
    top = entry(form, "/Fields", ())
    if not isinstance(top, generic.ArrayObject):
        return
    seen: set[generic.Reference] = set()
    stack = [(_raw(top, index), "", "", 0) for index in reversed(range(len(top)))]
    while stack:
        raw, prefix, kind, depth = stack.pop()
        reference = raw.reference if isinstance(raw, generic.IndirectObject) else None
        if reference is not None:
            if reference in seen:
                continue
            seen.add(reference)
        node = raw.get_object() if isinstance(raw, generic.IndirectObject) else raw  # type: ignore[no-untyped-call]
        if not isinstance(node, generic.DictionaryObject) or depth > _DEPTH_MAX or len(seen) > _FIELDS_MAX:
            continue
        partial = entry(node, "/T")
        name = prefix if partial is None else f"{prefix}.{partial}" if prefix else str(partial)
        kind = str(entry(node, "/FT", kind))
        kids = entry(node, "/Kids", ())
        below = [
            _raw(kids, index) for index in range(len(kids)) if _has_name(_raw(kids, index))
        ] if isinstance(kids, generic.ArrayObject) else []  # fmt: skip
        if below:
            stack += [(one, name, kind, depth + 1) for one in reversed(below)]
        if not below or "/V" in node:
            yield Field(name, kind, reference, node)


def is_filled(field: Field) -> bool:
    """Whether a signature is claimed: an entry /V that is not null."""
    if field.kind != "/Sig" or "/V" not in field.dictionary:
        return False
    return not isinstance(field.dictionary["/V"], generic.NullObject)


def _raw(array: generic.ArrayObject, index: int) -> Any:
    return array.raw_get(index)


def _has_name(raw: Any) -> bool:
    node = raw.get_object() if isinstance(raw, generic.IndirectObject) else raw  # type: ignore[no-untyped-call]
    return isinstance(node, generic.DictionaryObject) and "/T" in node


def usage_rights(reader: PdfFileReader) -> Signed | None:
    """The signature by which Adobe's products unlock functions of their reader; no person's."""
    permissions = entry(reader.root, "/Perms")
    if not isinstance(permissions, generic.DictionaryObject):
        return None
    for key in ("/UR3", "/UR"):
        value = entry(permissions, key)
        if isinstance(value, generic.DictionaryObject):
            return of_dictionary(Field(key[1:], "/Sig", None, value), value)
    return None


def coverage_faults(one: Signed, pdf: bytes) -> list[str]:
    """Codes of ranges that do not leave out exactly one hexadecimal string, that of this very signature."""
    ranges = one.ranges
    if len(ranges) != 4 or ranges[0] != 0 or min(ranges) < 0:  # noqa: PLR2004 - two ranges, two numbers each
        return ["byte-range-odd"]
    _, first, second, length = ranges
    hole = pdf[first:second]
    if second + length > len(pdf) or not _HOLE.fullmatch(hole):
        return ["byte-range-gap"]
    digits = hole[1:-1].decode()
    if bytes.fromhex(digits + "0" * (len(digits) % 2)) != one.contents:
        return ["contents-elsewhere"]
    return _ambiguous(pdf, first, second)


def hole_of(one: Signed, pdf: bytes) -> bytes:
    return pdf[one.ranges[1] : one.ranges[2]]


def _ambiguous(pdf: bytes, first: int, second: int) -> list[str]:
    """Two entries of one name in the dictionary: programs differ in which of them they take."""
    before = pdf[max(0, pdf.rfind(b" obj", 0, first)) : first]
    end = pdf.find(b"endobj", second)
    after = pdf[second : end if end >= 0 else len(pdf)]
    # Strings can hold anything; a name inside one would at worst make a genuine file suspicious.
    names = [found.group(1) for found in _KEYS.finditer(before + b" " + after)]
    if names.count(b"ByteRange") != 1 or names.count(b"Contents") != 1:
        return ["signature-ambiguous"]
    return []


def covers(one: Signed, pdf: bytes) -> bool:
    return one.covered_to == len(pdf)


__all__ = [
    "UNREADABLE", "Field", "Signed", "coverage_faults", "covers", "fields_of", "hole_of", "is_filled", "of_dictionary",
    "signed", "usage_rights",
]  # fmt: skip
