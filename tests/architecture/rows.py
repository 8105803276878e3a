"""A row of the access matrix (see `matrix`)."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    method: str
    name: str
    thing: str
    form: dict[str, str]
    rule: str


def get(name: str, rule: str, thing: str = "") -> Row:
    return Row("get", name, thing, {}, rule)


def post(name: str, rule: str, thing: str = "", **form: str) -> Row:
    return Row("post", name, thing, form, rule)
