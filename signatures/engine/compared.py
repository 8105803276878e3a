"""What a comparison of two states of a PDF found, as frozen values that travel as JSON."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["changed", "added", "removed"]


@dataclass(frozen=True)
class Place:
    """One outlined region: its number on the pictures, where on the page, and the words in it then and now."""

    number: int
    where: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class PageChange:
    """One page that differs. Page numbers count from 1; 0 where the page does not exist on that side.

    Pictures are WebP; empty where the page was left to the words. `many`: more places than can be numbered.
    """

    kind: str
    old_page: int
    new_page: int
    places: tuple[Place, ...]
    old_picture: bytes = b""
    new_picture: bytes = b""
    many: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind, "old_page": self.old_page, "new_page": self.new_page, "many": self.many,
            "places": [[one.number, one.where, one.before, one.after] for one in self.places],
            "old_picture": b64encode(self.old_picture).decode(),
            "new_picture": b64encode(self.new_picture).decode(),
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> PageChange:
        return cls(
            str(data["kind"]), int(data["old_page"]), int(data["new_page"]),
            tuple(Place(int(number), str(where), str(was), str(now)) for number, where, was, now in data["places"]),
            b64decode(data["old_picture"]), b64decode(data["new_picture"]), bool(data["many"]),
        )  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """A signed state of the file beside the file as it is. `end` is where the signed state ends."""

    drawn: bool
    end: int = 0
    old_pages: int = 0
    new_pages: int = 0
    looked_at: int = 0
    left_out: int = 0
    pages: tuple[PageChange, ...] = ()

    @property
    def looks_same(self) -> bool:
        return self.drawn and not self.pages and not self.left_out

    @property
    def without_picture(self) -> int:
        return sum(1 for page in self.pages if not page.old_picture and not page.new_picture)

    def as_json(self) -> dict[str, Any]:
        return {
            "drawn": self.drawn, "end": self.end, "old_pages": self.old_pages, "new_pages": self.new_pages,
            "looked_at": self.looked_at, "left_out": self.left_out, "pages": [page.as_json() for page in self.pages],
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Compared:
        numbers = {key: int(data[key]) for key in ("end", "old_pages", "new_pages", "looked_at", "left_out")}
        return cls(drawn=bool(data["drawn"]), pages=tuple(map(PageChange.from_json, data["pages"])), **numbers)
