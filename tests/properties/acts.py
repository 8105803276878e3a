"""What an act is to the tests: what may be tried, what will come of it, what it changes, and the call itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from eoffice.core.actor import Actor
from tests.properties.model import Model, Seat
from tests.properties.world import World


@dataclass(frozen=True, kw_only=True)
class Act(ABC):
    """One call of one service. `seat` is who does it and where; None for the super admin, who does nothing else."""

    seat: Seat | None = None
    # Several calls in a row, which others may come between: only done one by one.
    compound: ClassVar[bool] = False
    # Acts that rarely have something to act on come in every example of their theme, and as often as this.
    weight: ClassVar[int] = 1
    theme: ClassVar[str] = ""

    @classmethod
    @abstractmethod
    def offers(cls, model: Model) -> Sequence[Self]:
        """Calls worth trying now, those that will be refused too."""

    @abstractmethod
    def refusals(self, model: Model) -> set[str]:
        """The codes with which it may be refused; empty when it must be accepted."""

    @abstractmethod
    def change(self, model: Model) -> None:
        """What the accepted act does to the model."""

    def traces(self, model: Model) -> set[str]:
        """Whom it leaves a trace on, beside those whose charges and desks change: "post:SO1"; who acted, as what."""
        if self.seat is None:
            return set()
        under = [
            name
            for name, one in model.charges.items()
            if one.runs(model.day) and (one.person, one.post) == (self.seat.person, self.seat.post)
        ]
        return {f"by:{self.seat.person}", *(f"under:{name}" for name in under[:1])}

    def happen(self, model: Model) -> None:
        """What the accepted act changes, and its traces: a sheet is undone only if nothing has used what it made."""
        model.acts.update(self.traces(model))
        trails = {name: len(thing.trail) for name, thing in model.things.items()}
        days = {name: (one.last, one.ended) for name, one in model.charges.items()}
        self.change(model)
        for name, thing in model.things.items():
            model.acts.update(f"reached:{to}" for _giver, to in thing.trail[trails.get(name, 0) :] if to is not None)
        changed = {name for name, one in model.charges.items() if name in days and days[name] != (one.last, one.ended)}
        model.acts.update(f"charge:{name}" for name in changed)

    @abstractmethod
    def do(self, world: World, actor: Actor) -> None:
        """The call of the service. New rows are made known to the world."""


def first_refusal(*codes: str) -> set[str]:
    """The first code that is not empty, as a set; empty when there is none."""
    return next(({code} for code in codes if code), set())


def charge_over(model: Model, seat: Seat) -> str:
    """Whoever has been relieved lays nothing on the desk any more."""
    return "" if seat in model.seats() else "charge_over"
