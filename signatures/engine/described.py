"""What a file says of itself beside its pages, in two revisions: titles, and the texts for those who hear it.

Programs renew dates, identifiers and their own names whenever they save, and rewrite the whole of the XMP for that; a
signer's program adds its field to the structure tree. So neither can be compared byte by byte. What a reader is shown
or read out must stay: titles, authors, subjects, keywords, rights, and in the structure tree (ISO 32000-1, 14.7 and
14.9) the replacement texts and the order of what is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from lxml import etree
from pyhanko.pdf_utils import generic

from signatures.engine.values import Side, equal, is_reference, key_of, raw_items, raw_list

_OWN_NOTES: Final = {"/ModDate", "/Producer"}
_RDF_END: Final = b"</rdf:RDF>"
_XMP_MAX: Final = 2_000_000
_RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DC: Final = "{http://purl.org/dc/elements/1.1/}"
_PDF: Final = "{http://ns.adobe.com/pdf/1.3/}"
_RIGHTS: Final = "{http://ns.adobe.com/xap/1.0/rights/}"
# The same facts in the information dictionary: a program that writes the first XMP takes them from there.
_SHOWN: Final = {
    f"{_DC}title": "/Title", f"{_DC}creator": "/Author", f"{_DC}description": "/Subject", f"{_DC}subject": "/Keywords",
    f"{_PDF}Keywords": "/Keywords", f"{_DC}rights": "", f"{_RIGHTS}UsageTerms": "", f"{_RIGHTS}WebStatement": "",
}  # fmt: skip
_SPOKEN: Final = ("/ActualText", "/Alt", "/E")
_OF_ELEMENT: Final = ("/P", "/K", *_SPOKEN)
_OF_TREE: Final = {"/K", "/P", "/Pg", "/ParentTree", "/ParentTreeNextKey", "/IDTree", "/RoleMap", "/Namespaces", "/NS"}


def differences(old: Side, new: Side, old_trailer: dict[str, Any], new_trailer: dict[str, Any]) -> Iterator[str]:
    """Codes of what is told differently."""
    mine, theirs = (_dictionary(side, given.get("/Info")) for side, given in ((old, old_trailer), (new, new_trailer)))
    for key in (mine.keys() | theirs.keys()) - _OWN_NOTES:
        if not equal(old, mine.get(key), new, theirs.get(key)):
            yield f"title-changed {key}"
    before, after = (_dictionary(side, given.get("/Root")) for side, given in ((old, old_trailer), (new, new_trailer)))
    if not equal(old, before.get("/Metadata"), new, after.get("/Metadata")):
        yield from _metadata(_xmp(old, before), _xmp(new, after), {key: str(old.value(mine[key])) for key in mine})
    if "/StructTreeRoot" in before or "/StructTreeRoot" in after:
        yield from _structure(old, new, before, after)


def _dictionary(side: Side, raw: Any) -> dict[str, Any]:
    value = side.value(raw)
    return raw_items(value) if isinstance(value, generic.DictionaryObject) else {}


def _metadata(before: dict[str, list[str]], after: dict[str, list[str]], titles: dict[str, str]) -> Iterator[str]:
    for name, key in _SHOWN.items():
        known = before.get(name) or [titles.get(key, "")]
        if _plain(after.get(name, [])) not in ([], _plain(known)):
            yield f"title-changed {name.partition('}')[2]}"


def _plain(texts: list[str]) -> list[str]:
    return sorted(filter(None, (text.strip() for one in texts for text in one.replace(",", ";").split(";"))))


def _xmp(side: Side, catalog: dict[str, Any]) -> dict[str, list[str]]:
    """The shown properties of the metadata stream; none when there is none. `ValueError` for one that can't be read."""
    stream = side.value(catalog.get("/Metadata"))
    if not isinstance(stream, generic.StreamObject):
        return {}
    data = stream.data
    start, end = data.find(b"<rdf:RDF"), data.rfind(_RDF_END)
    if start < 0 or len(data) > _XMP_MAX:
        return {}
    root = _parsed(data, start, end)
    found: dict[str, list[str]] = {}
    for one in root.iter(f"{_RDF}Description"):
        for name, text in one.attrib.items():
            if name in _SHOWN:
                found.setdefault(str(name), []).append(str(text))
        for part in one:
            if part.tag in _SHOWN:
                items = [str(item.text or "") for item in part.iter(f"{_RDF}li")] or [str(part.text or "")]
                found.setdefault(str(part.tag), []).extend(items)
    return found


def _parsed(data: bytes, start: int, end: int) -> Any:
    """Of padded or cut metadata the part that counts; `ValueError` when not even that can be read."""
    for text in (data.strip(b"\x00 \t\r\n"), data[start : end + len(_RDF_END)]):
        try:
            return etree.fromstring(text, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
        except etree.XMLSyntaxError:
            continue
    raise ValueError("The metadata can't be read.")


def _structure(old: Side, new: Side, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    """Only objects that a later table names again can differ; so those are looked at, not the whole tree."""
    top, now = before.get("/StructTreeRoot"), after.get("/StructTreeRoot")
    if top is None:
        if not _is_silent(new, new.value(now)):
            yield "structure-added"
    elif not _is_same(old, top, new, now) and not _element_is_kept(old, old.value(top), new, new.value(now)):
        yield "structure-changed"
    tops = {key_of(one) for one in (top, now) if isinstance(one, generic.IndirectObject)}
    for key in old.numbers() | new.numbers():
        if old.place(key) == new.place(key):
            continue
        left, right = old.object(key), new.object(key)
        if _is_element(left) or (key in tops and isinstance(left, generic.DictionaryObject)):
            if not _element_is_kept(old, left, new, right):
                yield f"structure-changed {key[0]}"
        elif left is None and _is_element(right) and (not _is_silent(new, right) or _takes_over(old, new, right)):
            yield f"structure-added {key[0]}"
        elif isinstance(left, generic.TextStringObject) and not equal(old, left, new, right):
            yield f"structure-changed {key[0]}"


def _is_element(value: Any) -> bool:
    return isinstance(value, generic.DictionaryObject) and "/S" in value and any(key in value for key in _OF_ELEMENT)


def _element_is_kept(old: Side, left: Any, new: Side, right: Any) -> bool:
    if not isinstance(right, generic.DictionaryObject):
        return False
    mine, theirs = raw_items(left), raw_items(right)
    if any(not equal(old, mine.get(key), new, theirs.get(key)) for key in (mine.keys() | theirs.keys()) - _OF_TREE):
        return False
    roles = (_dictionary(side, one.get("/RoleMap")) for side, one in ((old, mine), (new, theirs)))
    kept, now = (dict(one) for one in roles)
    if any(not equal(old, kept[key], new, now.get(key)) for key in kept):
        return False
    left_children, right_children = _children(old, mine.get("/K")), _children(new, theirs.get("/K"))
    at = 0
    for one in right_children:
        if at < len(left_children) and _is_same(old, left_children[at], new, one):
            at += 1
        elif old.object(key_of(one)) is not None if is_reference(one) else not _is_silent(new, one):
            return False
    return at == len(left_children)


def _children(side: Side, raw: Any) -> list[Any]:
    value = side.value(raw)
    if isinstance(value, generic.ArrayObject):
        return raw_list(value)
    return [] if raw is None else [raw]


def _is_same(old: Side, left: Any, new: Side, right: Any) -> bool:
    if is_reference(left) and is_reference(right):
        return key_of(left) == key_of(right)
    return equal(old, left, new, right)


def _takes_over(old: Side, new: Side, element: Any) -> bool:
    """Whether what was elsewhere in the tree is below a new element too, to be read out again."""
    children = _children(new, raw_items(element).get("/K"))
    return any(is_reference(one) and _is_element(old.object(key_of(one))) for one in children)


def _is_silent(side: Side, value: Any) -> bool:
    """An element that says nothing itself and holds nothing that is drawn: the place of a field in the tree."""
    if isinstance(value, generic.DictionaryObject):
        if value.get("/Type") == "/OBJR":
            return True
        if any(key in value for key in _SPOKEN) or value.get("/Type") == "/MCR":
            return False
        return all(is_reference(one) or _is_silent(side, one) for one in _children(side, value.get("/K")))
    return False


__all__ = ["differences"]
