"""Comparing values of two revisions of one PDF: what they resolve to, and whether they say the same."""

from __future__ import annotations

from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.xref import ObjStreamRef

from signatures.engine.reading import UNREADABLE

Number = (int, float, generic.NumberObject, generic.FloatObject)
_HOW_STORED: Final = {"/Length", "/Filter", "/DecodeParms", "/DL"}
_HOW_READ: Final = ("/First", "/N", "/Length", "/Filter", "/DecodeParms", "/Extends")
_DEPTH_MAX: Final = 60
_CONTAINERS: Final = (generic.DictionaryObject, generic.ArrayObject)


class Side:
    """One revision: resolves references; a missing object is null, as ISO 32000-1, 7.3.10 says."""

    def __init__(self, reader: PdfFileReader) -> None:
        self.reader = reader
        self._cache: dict[tuple[int, int], Any] = {}
        self._streams: dict[int, tuple[Any, ...]] = {}

    def place(self, key: tuple[int, int]) -> Any:
        """Where the object lies; None where there is none. Of one in an object stream, how that stream is read too."""
        found = self.reader.xrefs[generic.Reference(*key, pdf=self.reader)]
        if isinstance(found, ObjStreamRef):
            return found, *self._stream(found.obj_stream_id)
        return found

    def _stream(self, number: int) -> tuple[Any, ...]:
        """Where an object stream lies and what its entries say: even those may be written elsewhere, and anew."""
        if number not in self._streams:
            reference = generic.Reference(number, 0, pdf=self.reader)
            found: Any = self.reader.xrefs[reference]
            stream = self.reader.get_object(reference)  # type: ignore[no-untyped-call]
            said = [str(stream[key]) if key in stream else "" for key in _HOW_READ]
            self._streams[number] = (found, *said)
        return self._streams[number]

    def numbers(self) -> set[tuple[int, int]]:
        """Number and generation of every object that some table of the revision names."""
        xrefs = self.reader.xrefs
        return {
            (one.idnum, one.generation)
            for revision in range(xrefs.total_revisions)
            for one in xrefs.explicit_refs_in_revision(revision)
        }

    def object(self, key: tuple[int, int]) -> Any:
        if key not in self._cache:
            found = None
            if self.place(key) is not None:
                found = self.reader.get_object(  # type: ignore[no-untyped-call]
                    generic.Reference(*key, pdf=self.reader)
                )
            self._cache[key] = None if isinstance(found, generic.NullObject) else found
        return self._cache[key]

    def value(self, raw: Any) -> Any:
        """`raw` followed through references; None for null."""
        for _ in range(_DEPTH_MAX):
            if not isinstance(raw, generic.IndirectObject):
                break
            raw = self.object(key_of(raw))
        return None if raw is None or isinstance(raw, generic.NullObject) else raw


def key_of(raw: generic.IndirectObject) -> tuple[int, int]:
    return raw.idnum, raw.generation


def is_reference(raw: Any) -> bool:
    return isinstance(raw, generic.IndirectObject)


def raw_items(dictionary: generic.DictionaryObject) -> dict[str, Any]:
    """Entries as written, references unresolved, without those that are null."""
    found = {str(key): dictionary.raw_get(key) for key in dictionary}
    return {key: value for key, value in found.items() if not isinstance(value, generic.NullObject)}


def raw_list(array: Any) -> list[Any]:
    if not isinstance(array, generic.ArrayObject):
        return []
    return [array.raw_get(index) for index in range(len(array))]


def same_plain(old: Any, new: Any) -> bool:
    """Of two values that are neither containers nor references."""
    if isinstance(old, generic.BooleanObject) or isinstance(new, generic.BooleanObject):
        return isinstance(old, generic.BooleanObject) == isinstance(new, generic.BooleanObject) and bool(old) == bool(
            new
        )
    if isinstance(old, Number) and isinstance(new, Number):
        return float(old) == float(new)
    if isinstance(old, generic.NameObject) or isinstance(new, generic.NameObject):
        return isinstance(old, generic.NameObject) == isinstance(new, generic.NameObject) and str(old) == str(new)
    left, right = getattr(old, "original_bytes", None), getattr(new, "original_bytes", None)
    if left is not None and right is not None:
        return bool(left == right) or (isinstance(old, str) and isinstance(new, str) and str(old) == str(new))
    return bool(old == new)


def same_stream(old: generic.StreamObject, new: generic.StreamObject) -> bool:
    """Whether two streams hold the same data, however they are stored."""
    try:
        if old.encoded_data == new.encoded_data and raw_names(old) == raw_names(new):
            return True
        return bool(old.data == new.data)
    except UNREADABLE:
        return False


def same_data(old: generic.DictionaryObject, new: generic.DictionaryObject) -> bool:
    """Whether both are streams with the same data, or neither is a stream."""
    if isinstance(old, generic.StreamObject) and isinstance(new, generic.StreamObject):
        return same_stream(old, new)
    return not isinstance(old, generic.StreamObject) and not isinstance(new, generic.StreamObject)


def raw_names(stream: generic.StreamObject) -> str:
    return repr([stream.get(key) for key in ("/Filter", "/DecodeParms")])


def stream_items(value: Any) -> dict[str, Any]:
    items = raw_items(value)
    if isinstance(value, generic.StreamObject):
        return {key: one for key, one in items.items() if key not in _HOW_STORED}
    return items


def equal(left: Side, old: Any, right: Side, new: Any, *, deep: bool = False) -> bool:
    """Equality through references. An unchanged object counts as equal to itself; `deep`: if all below it is, too."""
    return _Equality(left, right, deep).of(old, new, 0)


class _Equality:
    def __init__(self, left: Side, right: Side, deep: bool) -> None:  # noqa: FBT001 - private
        self.left, self.right, self.deep = left, right, deep
        self.seen: set[tuple[tuple[int, int], tuple[int, int]]] = set()

    def of(self, old: Any, new: Any, depth: int) -> bool:  # noqa: PLR0911 - one answer for each kind of value
        if is_reference(old) and is_reference(new):
            pair = key_of(old), key_of(new)
            if pair in self.seen:
                return True
            self.seen.add(pair)
            if not self.deep and pair[0] == pair[1] and self.left.place(pair[0]) == self.right.place(pair[1]):
                return True
        if depth > _DEPTH_MAX:
            return False
        old, new = self.left.value(old), self.right.value(new)
        if isinstance(old, generic.DictionaryObject) and isinstance(new, generic.DictionaryObject):
            return self._dictionaries(old, new, depth)
        if isinstance(old, generic.ArrayObject) and isinstance(new, generic.ArrayObject):
            mine, theirs = raw_list(old), raw_list(new)
            return len(mine) == len(theirs) and all(self.of(a, b, depth + 1) for a, b in zip(mine, theirs, strict=True))
        if old is None or new is None or isinstance(old, _CONTAINERS) or isinstance(new, _CONTAINERS):
            return old is None and new is None
        return same_plain(old, new)

    def _dictionaries(self, old: generic.DictionaryObject, new: generic.DictionaryObject, depth: int) -> bool:
        if not same_data(old, new):
            return False
        mine, theirs = stream_items(old), stream_items(new)
        return mine.keys() == theirs.keys() and all(
            self.of(mine[key], theirs[key], depth + 1) for key in mine if key not in {"/Parent", "/P"}
        )
