"""A first pass through all kinds of acts: each is done until it was accepted, those before it that it needs as well.

The way to a kind that nothing leads to yet is looked for in the model alone, by short random walks from where things
stand; then the acts of the way are done in the database and compared like all others.
"""

from __future__ import annotations

from collections import Counter
from random import Random

from django.db import transaction

from tests.properties.acts import Act
from tests.properties.acts_charges import EndCharge, StartCharge
from tests.properties.acts_joining import Guard, Join, TryJoining
from tests.properties.acts_night import Night
from tests.properties.acts_things import Forward, Park, Resume
from tests.properties.catalogue import ACTS
from tests.properties.machine import Surprise, checked, compare, tried
from tests.properties.model import Model
from tests.properties.together import concerns
from tests.properties.world import World

SEED = 3
WALKS = 300
LONGEST = 8
MOST_ASKED = 60
# Where only a long and narrow way leads to a kind, what it goes over.
LEADING: dict[type[Act], list[type[Act]]] = {
    TryJoining: [Join, StartCharge, Night, EndCharge],
    Guard: [StartCharge, Forward, Night],
    Resume: [Park],
}


def through_all_kinds(world: World, model: Model) -> Counter[tuple[str, str]]:
    """What came of each; kinds that no way leads to are not among them."""
    random, tally = Random(SEED), Counter[tuple[str, str]]()
    savepoint = transaction.savepoint()
    world, model = world.copy(), model.copy()
    for kind in ACTS:
        for act in () if tally[kind.__name__, "accepted"] else way_to(kind, model, random):
            code = tried(act, world, model)
            tally[type(act).__name__, "refused" if code else "accepted"] += 1
            compare(world, model, after=act)
    found = checked(world, model)
    transaction.savepoint_rollback(savepoint)
    if found:
        raise Surprise(found)
    return tally


def way_to(kind: type[Act], model: Model, random: Random) -> list[Act]:
    """Acts that will all be accepted, the last of them of the kind; all around one post, so that they meet."""
    if (act := accepted(kind, model, random)) is not None:
        return [act]
    for _number in range(WALKS):
        walked, way, about = model.copy(), list[Act](), random.choice(list(model.posts))
        for step_kind in random.choices(LEADING.get(kind, ACTS), k=LONGEST):
            step = accepted(step_kind, walked, random, about)
            if step is None:
                continue
            way.append(step)
            step.happen(walked)
            if (act := accepted(kind, walked, random)) is not None:
                return [*way, act]
    return []


def accepted(kind: type[Act], model: Model, random: Random, about: str = "") -> Act | None:
    """One of the calls on offer that will be accepted."""
    offers: list[Act] = [act for act in kind.offers(model) if not about or about in concerns(act, model)]
    random.shuffle(offers)
    return next((act for act in [*offers, *kind.offers(model)][:MOST_ASKED] if not act.refusals(model)), None)
