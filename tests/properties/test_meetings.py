"""Chosen meetings of imports and re-organisations with whoever works meanwhile, let on at every point that matters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from tests.properties.acts import Act
from tests.properties.acts_charges import StartCharge
from tests.properties.acts_imports import (
    ApplySheet,
    BeginCertificate,
    ImportSheet,
    SendSheet,
    SignCertificate,
    TakeBackSheet,
    UndoSheet,
    UploadSheet,
)
from tests.properties.acts_joining import NameLink
from tests.properties.acts_posts import CreatePost
from tests.properties.acts_reorganising import ApplyOrder, PrepareOrder, WithdrawOrder
from tests.properties.acts_things import Forward, OpenFile
from tests.properties.machine import tried
from tests.properties.model import Reorganisation, Row, Seat
from tests.properties.schedule import Switch
from tests.properties.store import Store
from tests.properties.together import meeting
from tests.properties.world import build

SOM, ASHA = Seat("som", "SO1"), Seat("asha", "DA3")


def uploaded(name: str, *rows: Row) -> UploadSheet:
    return UploadSheet(batch=name, rows=rows, person=rows[0].person)


def certified(name: str, *rows: Row) -> list[Act]:
    return list(ImportSheet.steps_after(uploaded(name, *rows))[:-1])


def applied(name: str, *rows: Row) -> list[Act]:
    return [*certified(name, *rows), ApplySheet(batch=name)]


def prepared(name: str, order: Reorganisation) -> PrepareOrder:
    return PrepareOrder(name=name, order=order, section=order.section or "", posts=order.posts)


ASHA_ON_DA3 = Row("asha", section="S2", rank="DA")
NEHA_ON_DA3 = Row("neha", section="S2", rank="DA")
MERGE = prepared("g0", Reorganisation("merge", "GAD", 0, "S2", "S1", abolish=(("DA3", "DA1"),)))
CLOSE = prepared("g0", Reorganisation("merge", "GAD", 0, "S1", "S2", abolish=(("DA1", "SO2"),)))
SPLIT = prepared("g1", Reorganisation("split", "GAD", 0, "S2", posts=("DA3",), code="T9", name="T9"))

# What was done before, and what then meets.
MEETINGS: dict[str, tuple[list[Act], Act, Act]] = {
    "two sheets for one seat": (
        [*certified("b0", ASHA_ON_DA3), *certified("b1", NEHA_ON_DA3)], ApplySheet(batch="b0"), ApplySheet(batch="b1"),
    ),
    "one sheet applied twice": (certified("b0", ASHA_ON_DA3), ApplySheet(batch="b0"), ApplySheet(batch="b0")),
    "a sheet and a charge for one seat": (
        certified("b0", ASHA_ON_DA3), ApplySheet(batch="b0"),
        StartCharge(charge="c90", person="ravi", post="DA3", kind="officiating", first=0, last=None),
    ),
    "a sheet and a charge for one person": (
        certified("b0", NEHA_ON_DA3), ApplySheet(batch="b0"),
        StartCharge(charge="c90", person="neha", post="DA3", kind="link", first=0, last=2),
    ),
    "a sheet is applied and taken back": (
        certified("b0", ASHA_ON_DA3), ApplySheet(batch="b0"), TakeBackSheet(batch="b0"),
    ),
    "a sheet is signed and taken back": (
        certified("b0", ASHA_ON_DA3)[:-1], SignCertificate(batch="b0"), TakeBackSheet(batch="b0"),
    ),
    "a sheet is signed twice": (
        certified("b0", ASHA_ON_DA3)[:-1], SignCertificate(batch="b0"), SignCertificate(batch="b0"),
    ),
    "a certificate is prepared while it is taken back": (
        [uploaded("b0", ASHA_ON_DA3), SendSheet(batch="b0")], BeginCertificate(batch="b0"), TakeBackSheet(batch="b0"),
    ),
    "a sheet is undone while a file comes": (
        applied("b0", ASHA_ON_DA3), UndoSheet(batch="b0"), Forward(seat=SOM, thing="f3", to="DA3"),
    ),
    "a sheet is undone while the new officer acts": (
        applied("b0", ASHA_ON_DA3), UndoSheet(batch="b0"), OpenFile(seat=ASHA, file="f4"),
    ),
    "a sheet is undone while somebody is named for the new officer": (
        applied("b0", ASHA_ON_DA3), UndoSheet(batch="b0"),
        NameLink(charge="c90", person="dev", post="DA3", first=0, last=1),
    ),
    "a sheet is undone while the new officer gets another charge": (
        applied("b0", ASHA_ON_DA3), UndoSheet(batch="b0"),
        StartCharge(charge="c90", person="asha", post="US", kind="link", first=0, last=2),
    ),
    "a sheet is undone while a post comes under the new one": (
        applied("b0", Row("asha", section="S1", rank="SO")), UndoSheet(batch="b0"),
        CreatePost(post="P90", section="S1", rank="DA", superior="b0.0-post"),
    ),
    "a sheet is undone twice": (applied("b0", ASHA_ON_DA3), UndoSheet(batch="b0"), UndoSheet(batch="b0")),
    "a sheet is undone while its post is abolished": (
        [*applied("b0", ASHA_ON_DA3), MERGE], UndoSheet(batch="b0"), ApplyOrder(name="g0"),
    ),
    "a sheet is undone while its post moves": (
        [*applied("b0", ASHA_ON_DA3, Row("neha", section="S2", rank="SO")), SPLIT], UndoSheet(batch="b0"),
        ApplyOrder(name="g1"),
    ),
    "a sheet seats somebody in a section that is merged away": (
        [*certified("b0", Row("asha", section="S1", rank="DA")), CLOSE], ApplySheet(batch="b0"), ApplyOrder(name="g0"),
    ),
    "a post is abolished while somebody is entered on it": (
        [MERGE], ApplyOrder(name="g0"),
        StartCharge(charge="c90", person="ravi", post="DA3", kind="officiating", first=0, last=None),
    ),
    "a post is abolished while a file comes": ([CLOSE], ApplyOrder(name="g0"), Forward(seat=SOM, thing="f3", to="DA1")),
    "a post is created in a section that is merged away": (
        [CLOSE], ApplyOrder(name="g0"), CreatePost(post="P90", section="S1", rank="DA", superior=None),
    ),
    "two re-organisations of one section": (
        [MERGE, SPLIT], ApplyOrder(name="g0"), ApplyOrder(name="g1"),
    ),
    "a re-organisation is agreed to and withdrawn": (
        [MERGE], ApplyOrder(name="g0"), WithdrawOrder(seat=Seat("emd", "EMD"), name="g0"),
    ),
}  # fmt: skip


@pytest.fixture
def store(transactional_db: None) -> Iterator[Store]:
    """Empty until the test has built its world."""
    kept = Store()
    yield kept
    kept.forget()


# Where the other is let on, in PostgreSQL; SQLite has one writer, so there is nothing to choose.
FEW = [Switch(before="COMMIT")]
MANY = [Switch(before="INSERT"), Switch(before="UPDATE"), *(Switch(after=steps) for steps in range(2, 40, 3))]


def all_meetings(store: Store, points: Sequence[Switch], *, both_ways: bool) -> None:
    """In both orders, or in the one that is the more dangerous: nobody undoes under somebody's hands."""
    world, model = build()
    store.keep()
    for what, (before, one, other) in MEETINGS.items():
        for point in points:
            pairs = [([one], [other]), ([other], [one])]
            if not both_ways:
                pairs = pairs[1:] if isinstance(one, UndoSheet) else pairs[:1]
            for pair in pairs:
                store.restore()
                own, then = world.copy(), model.copy()
                assert [tried(act, own, then) for act in before] == [""] * len(before), what
                results = meeting(pair, [point], own, then)
                assert "" in [done.codes[0] for done in results], (what, results)


def test_each_comes_to_what_one_order_of_the_two_explains(store: Store) -> None:
    all_meetings(store, FEW, both_ways=False)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_each_at_every_point(store: Store) -> None:
    all_meetings(store, [*FEW, *MANY], both_ways=True)
