"""Walking up and down the trees of a PDF, and whether a widget is seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from pyhanko.pdf_utils import generic

from signatures.engine.values import Side, is_reference, key_of, raw_items, raw_list

STEPS_MAX: Final = 400_000
_DEPTH_MAX: Final = 40
_HIDDEN: Final = 0x02
_NO_VIEW: Final = 0x20
_PRINT: Final = 0x04


class TooMuch(Exception):
    """The walk has seen enough problems, or too many objects."""


def tree(side: Side, root: Any, below: str) -> Iterator[tuple[tuple[int, int] | None, Any]]:
    """Every dictionary of a tree with its object number, parents first; loops are cut."""
    seen: set[tuple[int, int]] = set()
    stack, count = [root], 0
    while stack:
        raw = stack.pop()
        key = key_of(raw) if is_reference(raw) else None
        if key in seen:
            continue
        if key is not None:
            seen.add(key)
        count += 1
        if count > STEPS_MAX:
            raise TooMuch
        node = side.value(raw)
        if isinstance(node, generic.DictionaryObject):
            yield key, node
            stack += reversed(raw_list(side.value(raw_items(node).get(below))))


def above(side: Side, raw: Any, keys: tuple[str, ...]) -> dict[str, Any]:
    """The nearest of each entry in the node `raw` and those above it, as written."""
    found: dict[str, Any] = {}
    for _ in range(_DEPTH_MAX):
        node = side.value(raw)
        if not isinstance(node, generic.DictionaryObject):
            break
        entries = raw_items(node)
        for key in keys:
            if key in entries:
                found.setdefault(key, entries[key])
        raw = entries.get("/Parent")
    return found


def is_widget(node: Any) -> bool:
    return isinstance(node, generic.DictionaryObject) and node.get("/Subtype") == "/Widget"


def is_visible(side: Side, widget: Any) -> bool:
    """Whether the widget takes room on its page, on the screen or printed."""
    entries = raw_items(widget)
    box = [side.value(one) for one in raw_list(side.value(entries.get("/Rect")))]
    flags = int(side.value(entries.get("/F")) or 0)
    if len(box) != 4 or flags & _HIDDEN or (flags & _NO_VIEW and not flags & _PRINT):  # noqa: PLR2004 - a rectangle
        return False
    sides = abs(float(box[2]) - float(box[0])), abs(float(box[3]) - float(box[1]))
    # A line of one point strikes a text out.
    return min(sides) > 0 and max(sides) > 1
