"""What was done to a PDF after a signature: the signed revision and the present one walked side by side.

Both are read on their own, the signed one from exactly the bytes that the signature covers, so that no later table can
change what "signed" means. Everything that can be reached from the catalog must say the same, whichever object carries
it, but for what ISO 32000-2, 12.8.2 lets a later signer do: fill in fields, sign, add time stamps, and add validation
data. A difference that is not one of these is a problem with a code; what is allowed is recorded for the rules above.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from signatures.engine import described
from signatures.engine.trees import STEPS_MAX, TooMuch, above, is_visible, is_widget, tree
from signatures.engine.values import (
    Side,
    equal,
    is_reference,
    key_of,
    raw_items,
    raw_list,
    same_data,
    same_plain,
    stream_items,
)  # fmt: skip

_PROBLEMS_MAX: Final = 20
# Ways back up, and from an outline into the structure tree, which shows nothing.
_BACK: Final = {"/Parent", "/SE"}
_READ_ONLY: Final = 1
_SIG_FLAGS: Final = 3
_LOCKS: Final = 0x40 | 0x80 | 0x200
# Entries that show nothing and start nothing: evidence, titles, notes that programs leave for themselves.
_FREE: Final = {
    "catalog": {"/Version", "/Extensions", "/PieceInfo", "/LastModified"},
    "page": {"/Metadata", "/PieceInfo", "/LastModified", "/Tabs", "/StructParents"},
    "field": {"/P", "/M", "/StructParent", "/Parent", "/TM"},
}
# What a page has of the nodes above it (ISO 32000-1, 7.7.3.4), and a field of the fields above it (12.7.3.1).
_HEIRLOOMS: Final = {
    "page": ("/Resources", "/MediaBox", "/CropBox", "/Rotate"),
    "field": ("/T", "/FT", "/V", "/DV", "/Ff", "/DA", "/Q", "/MaxLen", "/Opt", "/TU"),
}
_ROLES: Final = {
    "catalog": {
        "/AcroForm": "form",
        "/Pages": "pages",
        "/Perms": "permissions",
        "/Metadata": "described",
        "/StructTreeRoot": "described",
    },
    "page": {"/Annots": "annotations", "/Parent": "heirlooms"},
}
# What a signer's program may write into a signature field when it is signed.
_OF_SIGNING: Final = {
    "/V", "/AP", "/AS", "/F", "/Ff", "/MK", "/DA", "/DR", "/Lock", "/SV", "/BS", "/H", "/Q", "/Border", "/Type",
    "/Subtype", "/TU",
}  # fmt: skip
_OF_SIGNED: Final = {"/Lock", "/SV", "/DA", "/DR"}
_OF_FILLING: Final = {"/V", "/AP", "/AS", "/I", "/RV", "/TI", "/MK", "/DV"}


@dataclass
class Changes:
    """What differs between a signed revision and the present file."""

    problems: list[str] = field(default_factory=list)
    filled: set[str] = field(default_factory=set)
    overwritten: set[str] = field(default_factory=set)
    signed: set[str] = field(default_factory=set)
    added: set[str] = field(default_factory=set)
    added_visible: set[str] = field(default_factory=set)
    added_empty: set[str] = field(default_factory=set)
    evidence: bool = False
    other: bool = False

    @property
    def any(self) -> bool:
        return bool(
            self.problems or self.filled or self.overwritten or self.signed or self.added or self.evidence or self.other
        )


@dataclass
class _Node:
    """Two raw values to be compared, in which role, and the way to them."""

    old: Any
    new: Any
    role: str
    path: str


def changes_between(old: PdfFileReader, new: PdfFileReader) -> Changes:
    """Never a judgement, only what is there. One of `UNREADABLE` when either can't be walked."""
    walk = _Walk(Side(old), Side(new))
    try:
        walk.run()
    except TooMuch:
        walk.changes.problems = walk.changes.problems or ["too-large-to-compare"]
    return walk.changes


class _Walk:
    def __init__(self, old: Side, new: Side) -> None:
        self.old, self.new, self.changes = old, new, Changes()
        self.stack: list[_Node] = []
        self.seen: set[tuple[Any, ...]] = set()
        self.fixed: dict[tuple[int, int], str] = {}
        self.names: dict[tuple[int, int], str] = {}
        self.steps = 0
        self.handlers: dict[str, Callable[[_Node, Any, Any], None]] = {
            "catalog": self._catalog, "form": self._form, "pages": self._pages, "annotations": self._annotations,
            "field": self._field, "resources": self._resources,
            "permissions": self._permissions, "described": lambda _node, _old, _new: None,
        }  # fmt: skip

    def problem(self, code: str, path: str) -> None:
        self.changes.problems.append(f"{code} {path}")
        if len(self.changes.problems) >= _PROBLEMS_MAX:
            raise TooMuch

    def run(self) -> None:
        old_trailer, new_trailer = (raw_items(side.reader.trailer.flatten()) for side in (self.old, self.new))
        if not equal(self.old, old_trailer.get("/Encrypt"), self.new, new_trailer.get("/Encrypt")):
            self.problem("encryption-changed", "/Encrypt")
        for code in described.differences(self.old, self.new, old_trailer, new_trailer):
            self.problem(code, "")
        self.changes.other = not equal(self.old, old_trailer.get("/Info"), self.new, new_trailer.get("/Info"))
        self._fix_roles(old_trailer)
        self.push(old_trailer.get("/Root"), new_trailer.get("/Root"), "catalog", "")
        while self.stack:
            self.step(self.stack.pop())

    def _fix_roles(self, trailer: dict[str, Any]) -> None:
        """Pages, widgets and fields are reached from everywhere; what may change in them does not depend on the way."""
        catalog = self.old.value(trailer.get("/Root"))
        if not isinstance(catalog, generic.DictionaryObject):
            return
        entries = raw_items(catalog)
        for raw, role in ((trailer.get("/Root"), "catalog"), (entries.get("/AcroForm"), "form")):
            if isinstance(raw, generic.IndirectObject):
                self.fixed[key_of(raw)] = role
        for key, page in tree(self.old, entries.get("/Pages"), "/Kids"):
            if key is not None:
                self.fixed[key] = "pages"
            for one in raw_list(self.old.value(raw_items(page).get("/Annots"))):
                if is_reference(one) and is_widget(self.old.value(one)):
                    self.fixed[key_of(one)] = "field"
        form = self.old.value(entries.get("/AcroForm"))
        fields = raw_items(form).get("/Fields") if isinstance(form, generic.DictionaryObject) else None
        for one in raw_list(self.old.value(fields)):
            keys = (key for key, _field in tree(self.old, one, "/Kids"))
            self.fixed |= dict.fromkeys((key for key in keys if key is not None), "field")

    def push(self, old: Any, new: Any, role: str, path: str) -> None:
        self.stack.append(_Node(old, new, role, path))

    def step(self, node: _Node) -> None:
        self.steps += 1
        if self.steps > STEPS_MAX:
            raise TooMuch
        old, new, same = node.old, node.new, False
        if is_reference(old) and key_of(old) in self.fixed:
            node.role = self.fixed[key_of(old)]
        if is_reference(old) or is_reference(new):
            mark = (
                key_of(old) if is_reference(old) else id(old), key_of(new) if is_reference(new) else id(new), node.role,
            )  # fmt: skip
            if mark in self.seen:
                return
            self.seen.add(mark)
            same = is_reference(old) and is_reference(new) and key_of(old) == key_of(new)
            same = same and self.old.place(key_of(old)) == self.new.place(key_of(new))
        left = self.old.value(old)
        if same and node.role == "strict":
            self._descend(left, node.path)
            return
        right = self.new.value(new)
        if left is None and right is None:
            return
        handler = self.handlers.get(node.role, self._strict)
        handler(node, left, right)

    def _descend(self, value: Any, path: str) -> None:
        """Into what an unchanged object refers to."""
        inner = [value]
        while inner:
            one = inner.pop()
            if is_reference(one):
                self.push(one, one, "strict", path)
            elif isinstance(one, generic.DictionaryObject):
                inner += [entry for key, entry in raw_items(one).items() if key not in _BACK]
            elif isinstance(one, generic.ArrayObject):
                inner += raw_list(one)

    def _strict(self, node: _Node, old: Any, new: Any) -> None:
        if isinstance(old, generic.DictionaryObject) and isinstance(new, generic.DictionaryObject):
            if not same_data(old, new):
                self.problem("content-changed", node.path)
            mine, theirs = stream_items(old), stream_items(new)
            for key in mine.keys() ^ theirs.keys():
                self.problem("entry-changed", f"{node.path}{key}")
            for key in mine.keys() & theirs.keys() - _BACK:
                self.push(mine[key], theirs[key], "strict", node.path + key)
            if old.get("/Subtype") == "/Popup":
                # A note's window shows what its parent says.
                self.push(mine.get("/Parent"), theirs.get("/Parent"), "strict", f"{node.path}/Parent")
        elif isinstance(old, generic.ArrayObject) and isinstance(new, generic.ArrayObject):
            left, right = raw_list(old), raw_list(new)
            if len(left) != len(right):
                self.problem("entry-changed", node.path)
            for a, b in zip(left, right, strict=False):
                self.push(a, b, "strict", node.path)
        elif old is None or new is None or not same_plain(old, new):
            self.problem("entry-changed", node.path)

    def _entries(self, node: _Node, old: Any, new: Any, kind: str) -> None:
        """A dictionary of which some entries are free and some have a role of their own."""
        if not (isinstance(old, generic.DictionaryObject) and isinstance(new, generic.DictionaryObject)):
            self.problem("entry-changed", node.path)
            return
        mine, theirs = raw_items(old), raw_items(new)
        for key in mine.keys() | theirs.keys():
            path = node.path + key
            if key == "/DSS":
                self.changes.evidence |= not equal(self.old, mine.get(key), self.new, theirs.get(key), deep=True)
            elif key in _FREE[kind]:
                self.changes.other |= not equal(self.old, mine.get(key), self.new, theirs.get(key))
            elif key in _ROLES[kind]:
                if _ROLES[kind][key] == "heirlooms":
                    self._heirlooms(kind, mine.get(key), theirs.get(key), path)
                else:
                    self.push(mine.get(key), theirs.get(key), _ROLES[kind][key], path)
            elif key in mine and key in theirs:
                self.push(mine[key], theirs[key], "strict", path)
            else:
                self.problem("entry-changed", path)

    def _heirlooms(self, kind: str, old: Any, new: Any, path: str) -> None:
        """What the nodes above give: another node above is no other page, but it may be another look."""
        mark = (*(key_of(one) if is_reference(one) else id(one) for one in (old, new)), kind, "heirlooms")
        if mark in self.seen:
            return
        self.seen.add(mark)
        keys = _HEIRLOOMS[kind]
        mine, theirs = above(self.old, old, keys), above(self.new, new, keys)
        for key in mine.keys() | theirs.keys():
            self.push(mine.get(key), theirs.get(key), "strict", path + key)

    def _catalog(self, node: _Node, old: Any, new: Any) -> None:
        self._entries(node, old, new, "catalog")

    def _pages(self, node: _Node, old: Any, new: Any) -> None:
        if not (isinstance(old, generic.DictionaryObject) and isinstance(new, generic.DictionaryObject)):
            self.problem("page-changed", node.path)
            return
        if "/Kids" not in old:
            self._entries(node, old, new, "page")
            return
        mine, theirs = raw_items(old), raw_items(new)
        for key in (mine.keys() | theirs.keys()) - {"/Kids", "/Parent"}:
            self.push(mine.get(key), theirs.get(key), "strict", node.path + key)
        left, right = raw_list(self.old.value(mine.get("/Kids"))), raw_list(self.new.value(theirs.get("/Kids")))
        if len(left) != len(right):
            self.problem("pages-changed", node.path)
        for number, (a, b) in enumerate(zip(left, right, strict=False)):
            self.push(a, b, "pages", f"{node.path}/{number}")

    def _permissions(self, node: _Node, old: Any, new: Any) -> None:
        mine, theirs = (raw_items(one) if isinstance(one, generic.DictionaryObject) else {} for one in (old, new))
        for key in mine.keys() | theirs.keys():
            if key not in {"/UR", "/UR3"}:
                self.push(mine.get(key), theirs.get(key), "strict", node.path + key)

    # Lists that may only grow

    def _kept(self, old: list[Any], new: list[Any]) -> tuple[list[tuple[Any, Any]], list[Any], list[Any]]:
        """Pairs that are the same thing, what is gone, and what came in between or after."""
        pairs, extra, at = [], [], 0
        for one in new:
            if at < len(old) and self._is_same_thing(old[at], one):
                pairs.append((old[at], one))
                at += 1
            else:
                extra.append(one)
        return pairs, old[at:], extra

    def _is_same_thing(self, old: Any, new: Any) -> bool:
        if is_reference(old) and is_reference(new):
            return key_of(old) == key_of(new)
        return equal(self.old, old, self.new, new)

    def _annotations(self, node: _Node, old: Any, new: Any) -> None:
        pairs, gone, extra = self._kept(raw_list(old), raw_list(new))
        if gone:
            self.problem("annotation-removed", node.path)
        for a, b in pairs:
            self.push(a, b, "strict", node.path)
        for one in extra:
            widget = self.new.value(one)
            if self._kind(widget, self.new) != "/Sig" or widget.get("/Subtype") != "/Widget":
                self.problem("annotation-added", node.path)
                continue
            name = self._name(widget, self.new)
            if not is_reference(one) or self.fixed.get(key_of(one)) != "field":
                self._note_added(name, widget)
            elif is_visible(self.new, widget):
                self.changes.added_visible.add(name)

    def _old_names(self) -> set[str]:
        if not hasattr(self, "_names_before"):
            self._names_before = {
                self._name(self.old.object(key), self.old) for key, role in self.fixed.items() if role == "field"
            }
        return self._names_before

    def _note_added(self, name: str, widget: Any) -> None:
        entries = self._inherited(widget, self.new)
        filled = self.new.value(entries.get("/V")) is not None
        (self.changes.added if filled else self.changes.added_empty).add(name)
        if is_visible(self.new, widget):
            self.changes.added_visible.add(name)

    def _inherited(self, node: Any, side: Side) -> dict[str, Any]:
        """Own entries and those of the fields above that a field inherits."""
        return above(side, node, ("/FT", "/V", "/Ff"))

    def _kind(self, node: Any, side: Side) -> str:
        return str(side.value(self._inherited(node, side).get("/FT")) or "")

    def _name(self, node: Any, side: Side) -> str:
        parts: list[str] = []
        for _ in range(40):
            if not isinstance(node, generic.DictionaryObject):
                break
            entries = raw_items(node)
            partial = side.value(entries.get("/T"))
            parts += [] if partial is None else [str(partial)]
            node = side.value(entries.get("/Parent"))
        return ".".join(reversed(parts))

    # The form

    def _form(self, node: _Node, old: Any, new: Any) -> None:
        mine, theirs = (raw_items(one) if isinstance(one, generic.DictionaryObject) else {} for one in (old, new))
        for key in mine.keys() | theirs.keys():
            path = node.path + key
            if key == "/Fields":
                self._fields(mine.get(key), theirs.get(key), path)
            elif key == "/DR":
                self.push(mine.get(key), theirs.get(key), "resources", path)
            elif key == "/NeedAppearances":
                if self.new.value(theirs.get(key)) and not self.old.value(mine.get(key)) and self._old_names():
                    self.problem("appearances-regenerated", path)
            elif key == "/SigFlags":
                # Signers set them and nobody takes them back (ISO 32000-1, table 219).
                before, after = (
                    int(side.value(one.get(key)) or 0) for side, one in ((self.old, mine), (self.new, theirs))
                )
                if after & before != before or after > _SIG_FLAGS:
                    self.problem("entry-changed", path)
            elif key == "/DA" and key not in mine:
                continue
            elif key == "/XFA" and not equal(self.old, mine.get(key), self.new, theirs.get(key)):
                self.changes.overwritten.add("XFA")
            else:
                self.push(mine.get(key), theirs.get(key), "strict", path)

    def _fields(self, old: Any, new: Any, path: str) -> None:
        pairs, gone, extra = self._kept(raw_list(self.old.value(old)), raw_list(self.new.value(new)))
        if gone:
            self.problem("field-removed", path)
        for a, b in pairs:
            self.push(a, b, "field", path)
        for one in extra:
            self._added_field(one, path)

    def _added_field(self, raw: Any, path: str) -> None:
        for _key, one in tree(self.new, raw, "/Kids"):
            entries = raw_items(one)
            kids = raw_list(self.new.value(entries.get("/Kids")))
            if self._kind(one, self.new) == "/Sig":
                self._note_added(self._name(one, self.new), one)
            elif not kids:
                self.problem("field-added", path)

    def _field(self, node: _Node, old: Any, new: Any) -> None:
        if not (isinstance(old, generic.DictionaryObject) and isinstance(new, generic.DictionaryObject)):
            self.problem("field-changed", node.path)
            return
        mine, theirs = raw_items(old), raw_items(new)
        name = self._name(old, self.old)
        changed = {
            key for key in mine.keys() | theirs.keys()
            if key not in _FREE["field"] | {"/Kids"}
            and not equal(self.old, mine.get(key), self.new, theirs.get(key), deep=key == "/AP")
        }  # fmt: skip
        self._kids(mine.get("/Kids"), theirs.get("/Kids"), f"{node.path}/{name}")
        self._field_above(mine.get("/Parent"), theirs.get("/Parent"), f"{node.path}/{name}/Parent")
        before = self.old.value(self._inherited(old, self.old).get("/V"))
        after = self.new.value(self._inherited(new, self.new).get("/V"))
        if self._kind(old, self.old) == "/Sig":
            self._signature_field(changed, name, (old, before), (new, after))
        else:
            self._data_field(changed, name, (old, before), (new, after))
        for key in (mine.keys() & theirs.keys()) - changed - _FREE["field"] - {"/Kids"}:
            self.push(mine[key], theirs[key], "strict", f"{node.path}/{name}{key}")

    def _kids(self, old: Any, new: Any, path: str) -> None:
        pairs, gone, extra = self._kept(raw_list(self.old.value(old)), raw_list(self.new.value(new)))
        if gone:
            self.problem("field-removed", path)
        for a, b in pairs:
            self.push(a, b, "field", path)
        for one in extra:
            self._added_field(one, path)

    def _field_above(self, old: Any, new: Any, path: str) -> None:
        """A field that moves below another one takes over its name and its value."""
        if is_reference(old) and is_reference(new) and key_of(old) == key_of(new):
            self.push(old, new, "field", path)
        elif old is not None or new is not None:
            self._heirlooms("field", old, new, path)

    def _signature_field(self, changed: set[str], name: str, old: tuple[Any, Any], new: tuple[Any, Any]) -> None:
        (was, before), (now, after) = old, new
        if before is None and after is not None:
            self.changes.signed.add(name)
            shown = "/Rect" in changed or not is_visible(self.old, was)
            if shown and is_visible(self.new, now):
                self.changes.added_visible.add(name)
            rest = changed - _OF_SIGNING - {"/Rect"}
        else:
            # Signed before, or still empty: a picture where nobody signs would pass for a signature.
            rest = changed - _OF_SIGNED - ({"/F", "/Ff"} if self._only_locked(changed, was, now) else set())
        if rest:
            self.problem("signature-field-changed", f"{name}{''.join(sorted(rest))}")

    def _only_locked(self, changed: set[str], was: Any, now: Any) -> bool:
        for key, allowed in (("/Ff", _READ_ONLY), ("/F", _LOCKS)):
            if key in changed:
                flags = [
                    int(side.value(raw_items(one).get(key)) or 0) for side, one in ((self.old, was), (self.new, now))
                ]
                if (flags[0] ^ flags[1]) & ~allowed:
                    return False
        return True

    def _data_field(self, changed: set[str], name: str, old: tuple[Any, Any], new: tuple[Any, Any]) -> None:
        (was, before), (now, after) = old, new
        if not self._only_locked(changed, was, now):
            self.changes.overwritten.add(name)
        rest = changed - {"/Ff", "/F"}
        if rest - _OF_FILLING:
            self.problem("field-changed", f"{name}{''.join(sorted(rest - _OF_FILLING))}")
        elif rest:
            same_value = equal(self.old, before, self.new, after)
            empty = before is None or str(before) in {"", "/Off"}
            (self.changes.filled if empty and not same_value else self.changes.overwritten).add(name)

    def _resources(self, node: _Node, old: Any, new: Any) -> None:
        """Fonts and the like of the form: more of them show nothing by themselves."""
        mine, theirs = (raw_items(one) if isinstance(one, generic.DictionaryObject) else {} for one in (old, new))
        deeper = node.path.endswith("/DR")
        for key in mine:
            if deeper and key not in {"/Font", "/Encoding"}:
                continue
            if key not in theirs:
                self.problem("entry-changed", node.path + key)
            else:
                self.push(mine[key], theirs[key], "resources" if deeper else "strict", node.path + key)
