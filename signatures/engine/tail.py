"""The increments behind the last signature, which no signature covers: evidence, and every byte of it in its place.

What they may say is judged by `revisions`. Here is asked whether they are whole: a copy that was damaged on its way, or
something slipped in between, must not pass because the objects that are looked at are still legible.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from signatures.engine.reading import UNREADABLE, entry
from signatures.engine.values import Side, equal, is_reference, key_of, raw_items, raw_list

_HEAD: Final = re.compile(rb"(\d{1,10})[\x00\t\n\f\r ]+(\d{1,5})[\x00\t\n\f\r ]+obj(?![A-Za-z0-9])")
_BLANK: Final = re.compile(rb"(?:[\x00\t\n\f\r ]|%[^\r\n]*[\r\n])*")
_TABLE: Final = re.compile(
    rb"xref[\t ]*[\r\n]+(?:\d+ \d+[\t ]*[\r\n]+(?:\d{10} \d{5} [nf](?: \r| \n|\r\n))*)*"
    rb"[\x00\t\n\f\r ]*trailer(?![A-Za-z])"
)
_FOOT: Final = re.compile(rb"startxref[\x00\t\n\f\r ]+\d+[\x00\t\n\f\r ]+%%EOF[\t ]*(?:\r\n|\r|\n)+")
_NAME: Final = re.compile(r"/[0-9A-F]{40}\Z|/[0-9a-f]{40}\Z")
_VERSION: Final = re.compile(r"/(1\.[0-7]|2\.0)\Z")
_STANDARD: Final = re.compile(r"https://www\.iso\.org/standard/\d{5}\.html\Z")
_EXTENSION: Final = {"/Type", "/BaseVersion", "/ExtensionLevel", "/ExtensionRevision", "/URL"}
_STORE: Final = {"/Type", "/VRI", "/Certs", "/OCSPs", "/CRLs"}
_OF_ONE: Final = {"/Type", "/Cert", "/OCSP", "/CRL", "/TU", "/TS"}
_OBJECTS_MAX: Final = 5000


def odd_tail(pdf: bytes, start: int, reader: PdfFileReader, old: PdfFileReader) -> list[str]:
    """Codes of what is out of its place after `start`; `old` is the revision that ended there."""
    try:
        whole = _is_complete(pdf, start, reader) and _is_connected(Side(reader), Side(old))
        whole = whole and _store_is_whole(Side(reader)) and _is_of_one_file(Side(reader), Side(old))
        whole = whole and all(_is_extension(name, one) for name, one in _extensions(reader))
    except UNREADABLE:
        whole = False
    return [] if whole else ["evidence-damaged"]


def _places(reader: PdfFileReader, start: int) -> dict[int, tuple[int, int]]:
    """Where the tables of the tail say that its objects begin."""
    xrefs, found = reader.xrefs, {}
    for revision in range(xrefs.total_revisions):
        for one in xrefs.explicit_refs_in_revision(revision):
            place = xrefs.get_historical_ref(one, revision)
            if isinstance(place, int) and place >= start:
                found[place] = (one.idnum, one.generation)
    return found


def _is_complete(pdf: bytes, start: int, reader: PdfFileReader) -> bool:
    """From one object to the next nothing but blanks, comments, tables and ends."""
    places = _places(reader, start)
    bounds = [*sorted(places), len(pdf)]
    if len(places) > _OBJECTS_MAX or not places or not _is_between(pdf[start : bounds[0]]):
        return False
    for at, end in itertools.pairwise(bounds):
        head = _HEAD.match(pdf, _skip(pdf, at))
        if head is None or (int(head.group(1)), int(head.group(2))) != places[at]:
            return False
        piece = pdf[at:end]
        last = piece.rfind(b"endobj")
        if last < 0 or not _is_between(piece[last + 6 :]):
            return False
        if b"stream" in piece and not re.search(rb"endstream[\x00\t\n\f\r ]*endobj", piece):
            return False
    return True


def _skip(data: bytes, at: int) -> int:
    found = _BLANK.match(data, at)
    return found.end() if found else at


def _is_between(data: bytes) -> bool:
    at = 0
    while at < len(data):
        at = _skip(data, at)
        if at == len(data):
            break
        table, foot = _TABLE.match(data, at), _FOOT.match(data, at)
        if foot is not None:
            at = foot.end()
        elif table is not None:
            at = data.find(b"startxref", table.end())
            if at < 0:
                return False
        else:
            return False
    return True


def _is_connected(new: Side, old: Side) -> bool:
    """Whether something names every stream that came later: one that nothing names was named once.

    Of other objects programs leave some behind.
    """
    later = {key for key in new.numbers() if new.place(key) != old.place(key) and new.place(key) is not None}
    if len(later) > _OBJECTS_MAX:
        return False
    named = {key for one in new.reader.trailer.flatten().values() for key in _named(one)}
    for key in later:
        value = new.object(key)
        if isinstance(value, generic.StreamObject) and value.get("/Type") in {"/XRef", "/ObjStm"}:
            named.add(key)
        named |= set(_named(value))
    lost = (key for key in later - named if old.place(key) is None)
    return not any(isinstance(new.object(key), generic.StreamObject) for key in lost)


def _named(value: Any) -> Iterator[tuple[int, int]]:
    inner = [value]
    while inner:
        one = inner.pop()
        if is_reference(one):
            yield key_of(one)
        elif isinstance(one, generic.DictionaryObject):
            inner += raw_items(one).values()
        elif isinstance(one, generic.ArrayObject):
            inner += raw_list(one)


def _store_is_whole(side: Side) -> bool:
    """Only entries that ISO 32000-2, 12.8.4.3 knows, and behind each a stream."""
    store = side.value(side.reader.root.raw_get("/DSS")) if "/DSS" in side.reader.root else None
    if not isinstance(store, generic.DictionaryObject):
        return store is None
    if not set(store) <= _STORE or not _are_streams(side, store, ("/Certs", "/OCSPs", "/CRLs")):
        return False
    ones = entry(store, "/VRI", {})
    for name in ones:
        if name == "/Type":
            continue
        one = ones[name]
        if not _NAME.match(str(name)) or not isinstance(one, generic.DictionaryObject) or not set(one) <= _OF_ONE:
            return False
        if not _are_streams(side, one, ("/Cert", "/OCSP", "/CRL")):
            return False
    return True


def _are_streams(side: Side, dictionary: generic.DictionaryObject, keys: tuple[str, ...]) -> bool:
    items = raw_items(dictionary)
    return all(
        isinstance(side.value(one), generic.StreamObject)
        for key in keys if key in items
        for one in raw_list(side.value(items[key]))
    )  # fmt: skip


def _is_of_one_file(new: Side, old: Side) -> bool:
    """The first half of /ID stays what it was when the file was made (ISO 32000-1, 14.4), and all of it is renewed."""
    before, after = (raw_list(side.value(side.reader.trailer.flatten().get("/ID"))) for side in (old, new))
    return not before or (len(after) == len(before) and equal(old, before[0], new, after[0]))


def _extensions(reader: PdfFileReader) -> Iterator[tuple[str, Any]]:
    for name, given in entry(reader.root, "/Extensions", {}).items():
        value = given.get_object() if is_reference(given) else given
        for one in value if isinstance(value, generic.ArrayObject) else [value]:
            yield str(name), one


def _is_extension(name: str, one: Any) -> bool:
    """Of the form of ISO 32000-2, 7.12."""
    if name == "/Type":
        return True
    given = entry(one, "/URL", "")
    return (
        set(one) <= _EXTENSION
        and bool(_VERSION.match(str(one["/BaseVersion"])))
        and isinstance(one["/ExtensionLevel"], int)
        and (name == "/ISO_" or name[1:].isalnum())
        and (not given or name != "/ISO_" or bool(_STANDARD.match(str(given))))
    )
