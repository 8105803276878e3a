"""The same people, posts and things in the database: built once, read back for comparing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.db import transaction
from django.db.models import Model as Row

from dak.models import ReceiptCopy
from dak.services import receipt_diarise, receipt_mark
from employee_master.models import (
    Account,
    Charge,
    Designation,
    Employee,
    ImportBatch,
    Joining,
    Office,
    Post,
    Relieving,
    RelievingReason,
    Reorganisation,
    RoleGrant,
    Section,
)
from employee_master.queries import actor_for
from employee_master.services import NewPost, posts_create_many
from eoffice.core import clock
from eoffice.core.actor import Actor, Role
from eoffice.documents.services import document_store
from files.models import File
from files.services.file import file_forward, file_open
from files.services.paper import receipt_file
from tests.conftest import MORNING
from tests.dak.conftest import facts, letter_pdf
from tests.properties import model as m
from tests.properties.model import LONG_AGO, Model, Picture, Seat

ADMIN = "admin"
RANK_NAMES = {
    "SEC": ("Secretary", "सचिव"),
    "US": ("Under Secretary", "अनु सचिव"),
    "SO": ("Section Officer", "अनुभाग अधिकारी"),
    "DA": ("Dealing Assistant", "सहायक समीक्षा अधिकारी"),
}
# Each post of the beginning: office, section, rank, superior, who sits there.
POSTS = {
    "SEC": ("GAD", None, "SEC", None, "head"),
    "EMD": ("GAD", None, "US", "SEC", "emd"),
    "US": ("GAD", None, "US", "SEC", "usha"),
    "SO1": ("GAD", "S1", "SO", "US", "som"),
    "DA1": ("GAD", "S1", "DA", "SO1", "dina"),
    "SO2": ("GAD", "S2", "SO", "US", "sona"),
    "DA2": ("GAD", "S2", "DA", "SO2", "dev"),
    "DA3": ("GAD", "S2", "DA", "SO2", None),
    "SEF": ("FIN", None, "SEC", None, "boss"),
    "SOF": ("FIN", "S3", "SO", "SEF", "finn"),
    "ADM": ("ITE", None, "SEC", None, ADMIN),
}
SECTIONS = {"S1": ("GAD", "DA1"), "S2": ("GAD", "DA2"), "S3": ("FIN", "SOF")}
HEADS = {"GAD": "SEC", "FIN": "SEF", "ITE": None}
WITHOUT_CHARGE = ("neha", "ravi")
# The employee code of each person of the beginning.
CODES = {
    who: f"E{number:03d}"
    for number, who in enumerate([*(who for *_facts, who in POSTS.values() if who is not None), *WITHOUT_CHARGE])
}
# Who runs the master stays where they are, so that there is always somebody to ask.
STAYING = {ADMIN, "emd", "head", "boss"}
REASONS = {"transfer": "", "retirement": "retirement"}
ROLES = {ADMIN: Role.SUPER_ADMIN, "emd": Role.EMD_MANAGER, "dina": Role.REGISTRY_CLERK, "dev": Role.REGISTRY_CLERK}


class Unbound(LookupError):
    """There is no such row: what was to make it was refused."""


@dataclass
class World:
    """Names of the model and the rows behind them."""

    ids: dict[tuple[str, str], int] = field(default_factory=dict)
    ticks: Iterator[int] = field(default_factory=count)

    def id(self, kind: str, name: str) -> int:
        try:
            return self.ids[kind, name]
        except KeyError as error:
            raise Unbound(kind, name) from error

    def id_or_none(self, kind: str, name: str | None) -> int | None:
        return None if name is None else self.id(kind, name)

    def bind(self, kind: str, name: str, row: Any) -> None:
        self.ids[kind, name] = int(row.pk)

    def bind_new_charge(self, name: str) -> None:
        """The newest charge, if it has no name yet."""
        newest = Charge.objects.order_by("-pk").values_list("pk", flat=True).first()
        if newest is not None and newest not in {pk for (kind, _name), pk in self.ids.items() if kind == "charge"}:
            self.ids["charge", name] = newest

    def copy(self) -> World:
        """For one example: what it makes is its own."""
        return World(ids=dict(self.ids), ticks=self.ticks)

    def row(self, model: type[Row], name: str) -> Any:
        return model._default_manager.get(pk=self.id(model.__name__.lower(), name))

    def date(self, day: int) -> dt.date:
        return first_day() + dt.timedelta(days=day)

    def date_or_none(self, day: int | None) -> dt.date | None:
        return None if day is None else self.date(day)

    def actor(self, seat: Seat | None) -> Actor:
        """Who acts, as a page would find it out at the beginning of a request."""
        who, where = (ADMIN, "ADM") if seat is None else (seat.person, seat.post)
        employee = Employee.objects.get(pk=self.id("employee", who))
        running = [
            charge
            for charge in Charge.objects.filter(employee=employee, post_id=self.id("post", where), ended_at=None)
            if charge.runs_on(clock.today())
        ]
        return actor_for(employee, running[0])

    @contextmanager
    def time(self, day: int) -> Iterator[None]:
        """The clock stands still for an act, a little later for each."""
        with clock.freeze(MORNING + dt.timedelta(days=day, milliseconds=next(self.ticks))):
            yield

    def office_of(self, section_id: int) -> int:
        return int(Section.objects.values_list("office_id", flat=True).get(pk=section_id))

    # reading back

    def picture(self) -> Picture:
        names = {(kind, pk): name for (kind, name), pk in self.ids.items()}

        def name(kind: str, pk: int | None) -> str | None:
            return None if pk is None else names.get((kind, pk), f"unknown {kind}")

        def known(kind: str, pk: int) -> str:
            return name(kind, pk) or ""

        return Picture(
            posts={
                known("post", one.pk): (
                    known("office", one.office_id),
                    name("section", one.section_id),
                    name("post", one.superior_id),
                    one.is_active,
                    one.marking,
                )
                for one in Post.objects.all()
            },
            sections={
                known("section", one.pk): (
                    known("office", one.office_id),
                    name("section", one.parent_id),
                    name("post", one.receiving_post_id),
                    one.to_on is not None,
                    one.code,
                )
                for one in Section.objects.all()
            },
            heads={known("office", one.pk): name("post", one.head_post_id) for one in Office.objects.all()},
            people={
                known("employee", one.pk): (
                    one.left_on is not None,
                    one.mobile,
                    one.account_id is not None,
                    one.certified_at is not None,
                )
                for one in Employee.objects.all()
            },
            charges={
                known("charge", one.pk): (
                    known("employee", one.employee_id),
                    known("post", one.post_id),
                    one.kind,
                    (one.from_on - first_day()).days,
                    None if one.to_on is None else (one.to_on - first_day()).days,
                    one.ended_at is not None,
                )
                for one in Charge.objects.all()
            },
            things={known("file", one.pk): self._thing(one, name, one.state) for one in File.objects.all()}
            | {
                known("copy", one.pk): self._thing(one, name, one.receipt.state)
                for one in ReceiptCopy.objects.select_related("receipt")
            },
            relievings={known("relieving", one.pk): str(one.state) for one in Relieving.objects.all()},
            joinings={known("joining", one.pk): str(one.state) for one in Joining.objects.all()},
            batches={known("importbatch", one.pk): str(one.state) for one in ImportBatch.objects.all()},
            reorganisations={known("reorganisation", one.pk): str(one.state) for one in Reorganisation.objects.all()},
        )

    def _thing(self, one: Any, name: Any, state: str) -> tuple[str | None, str | None, bool, str]:
        return name("post", one.held_by_id), name("post", one.came_from_id), one.seen_at is not None, str(state)


def first_day() -> dt.date:
    return clock.office_time(MORNING).date()


@transaction.atomic
def build() -> tuple[World, Model]:
    """The beginning of every example, in the database and in the model."""
    world, model = World(), Model()
    with world.time(LONG_AGO):
        _organisation(world, model)
    with world.time(0):
        _things(world, model)
    assert model.picture().differences(world.picture()) == []
    return world, model


def _organisation(world: World, model: Model) -> None:
    _units(world, model)
    for code, leaves_as in REASONS.items():
        reason, _made = RelievingReason.objects.update_or_create(
            code=code, defaults={"name_en": code.title(), "name_hi": code, "leaves_as": leaves_as}
        )
        world.bind("reason", code, reason)
    posts = _posts(world)
    _people(world, model)
    _places(world, model, posts)
    for code, (_office, receiver) in SECTIONS.items():
        Section.objects.filter(pk=world.id("section", code)).update(receiving_post=world.id("post", receiver))
        model.sections[code].receiving = receiver
    for code, head in HEADS.items():
        Office.objects.filter(pk=world.id("office", code)).update(head_post=world.id_or_none("post", head))
        model.offices[code].head = head


def _units(world: World, model: Model) -> None:
    for code in HEADS:
        office = Office.objects.create(code=code, name_en=f"{code} Department", name_hi=f"विभाग {code}")
        world.bind("office", code, office)
        model.offices[code] = m.Office()
    for code, (name, _receiver) in SECTIONS.items():
        en, hi = section_names(code)
        section = Section.objects.create(office_id=world.id("office", name), code=code, name_en=en, name_hi=hi)
        world.bind("section", code, section)
        model.sections[code] = m.Section(office=name, code=code)
        model.codes[code] = code
    for code, (en, hi) in RANK_NAMES.items():
        row = Designation.objects.create(code=code, name_en=en, name_hi=hi, rank=m.RANKS[code], abbreviation=code)
        world.bind("rank", code, row)


def section_names(code: str) -> tuple[str, str]:
    return f"Section {code}", f"अनुभाग {code}"


def _posts(world: World) -> list[Post]:
    places = list(POSTS)
    rows = [
        NewPost(
            office_id=world.id("office", office),
            section_id=world.id_or_none("section", section),
            designation_id=world.id("rank", rank),
            superior_row=places.index(superior) if superior else None,
        )
        for office, section, rank, superior, _who in POSTS.values()
    ]
    return posts_create_many(rows=rows, actor=Actor.system())


def _people(world: World, model: Model) -> None:
    for who, code in CODES.items():
        account = Account.objects.create(email=f"{who}@gad.state.example", password="!")
        person = Employee.objects.create(account=account, code=code, name_en=who.title(), name_hi=who)
        world.bind("employee", who, person)
        model.people[who] = m.Person()
        if who in ROLES:
            RoleGrant.objects.create(employee=person, role=ROLES[who], from_on=clock.today())


def _places(world: World, model: Model, posts: list[Post]) -> None:
    """The posts in the model, and who sits on them."""
    for name, post in zip(POSTS, posts, strict=True):
        office, section, rank, superior, who = POSTS[name]
        world.bind("post", name, post)
        model.posts[name] = m.Post(office, section, rank, superior)
        model.mark(name, post.marking)
        if who is not None:
            charge = Charge.objects.create(employee_id=world.id("employee", who), post=post, from_on=clock.today())
            known = model.new("c", model.charges)
            world.bind("charge", known, charge)
            model.charges[known] = m.Charge(who, name, "substantive", LONG_AGO)


def _things(world: World, model: Model) -> None:
    """Receipt r1 lies in file f1 on DA1 and r2 in f2 on DA2; their information copies lie crosswise on the other's
    desk. f3 and r3 are without company.
    """  # fmt: skip
    paper = document_store(content=letter_pdf(), name="letter.pdf", kind="upload")
    som = Seat("som", "SO1")
    for name in ("f1", "f2", "f3"):
        row = file_open(subject=name, free_number=name, actor=world.actor(som))
        world.bind("file", name, row)
        model.things[name] = m.Thing("file", "SO1", trail=[(None, "SO1")])
    for receipt, seat in (("r1", Seat("dina", "DA1")), ("r2", Seat("dev", "DA2")), ("r3", Seat("dina", "DA1"))):
        diarised = receipt_diarise(facts=facts(subject=receipt), document=paper, actor=world.actor(seat))
        world.bind("receipt", receipt, diarised)
        world.bind("copy", f"{receipt}.1", ReceiptCopy.objects.get(receipt=diarised))
        model.receipts[receipt] = "diarised"
        model.things[f"{receipt}.1"] = m.Thing("copy", seat.post, receipt=receipt, trail=[(None, seat.post)])
    for number, giver, other in ((1, Seat("dina", "DA1"), "DA2"), (2, Seat("dev", "DA2"), "DA1")):
        receipt, file = f"r{number}", f"f{number}"
        copy_id, actor = world.id("copy", f"{receipt}.1"), world.actor(giver)
        receipt_mark(copy_id=copy_id, to=world.row(Post, "SO1"), information=[world.row(Post, other)], actor=actor)
        own = ReceiptCopy.objects.get(receipt=world.id("receipt", receipt), number=2)
        world.bind("copy", f"{receipt}.2", own)
        info = m.Thing("copy", giver.post, receipt=receipt, for_action=False)
        info.move(other)
        model.things[f"{receipt}.2"] = info
        receipt_file(copy_id=copy_id, file_id=world.id("file", file), actor=world.actor(som))
        model.things[f"{receipt}.1"].move("SO1")
        model.things[f"{receipt}.1"].move(None)
        model.receipts[receipt] = "in_file"
        file_forward(file_id=world.id("file", file), to_post_id=world.id("post", giver.post), actor=world.actor(som))
        model.things[file].move(giver.post)
