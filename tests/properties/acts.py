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
    # Acts that rarely have something to act on come in every example, and as often as this.
    weight: ClassVar[int] = 1

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

    @abstractmethod
    def do(self, world: World, actor: Actor) -> None:
        """The call of the service. New rows are made known to the world."""


def first_refusal(*codes: str) -> set[str]:
    """The first code that is not empty, as a set; empty when there is none."""
    return next(({code} for code in codes if code), set())


def charge_over(model: Model, seat: Seat) -> str:
    """Whoever has been relieved lays nothing on the desk any more."""
    return "" if seat in model.seats() else "charge_over"
