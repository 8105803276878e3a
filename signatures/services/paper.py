"""What becomes of a signed paper: superseded or withdrawn, as the verifier shows; the paper itself never changes."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import NotVisible, WrongState
from eoffice.ledger.writer import record_event
from signatures.models import PaperState, SignedPaper


@transaction.atomic
def paper_supersede(*, reference: str, by_reference: str, act: str = "", actor: Actor) -> SignedPaper:
    """Another signed paper takes its place. The room that owns both decides who may; this room writes it down.

    `act` is the reference of the signed record by which it was decided; empty where the new paper itself says so.
    """
    paper = _locked(reference)
    other = SignedPaper.objects.filter(reference=by_reference).first()
    if other is None or other.pk == paper.pk or other.state != PaperState.CURRENT:
        raise NotVisible
    paper.superseded_by = other
    return _ended(paper, PaperState.SUPERSEDED, act or by_reference, actor)


@transaction.atomic
def paper_withdraw(*, reference: str, act: str = "", actor: Actor) -> SignedPaper:
    """It is no longer in force, and nothing takes its place. `act` is the reference of the signed record."""
    return _ended(_locked(reference), PaperState.WITHDRAWN, act, actor)


def _ended(paper: SignedPaper, state: PaperState, act: str, actor: Actor) -> SignedPaper:
    paper.state = state
    paper.ended_at = clock.now()
    paper.ended_by = SignedPaper.objects.get(reference=act) if act else None
    paper.save()
    data = {"step": str(state), "act": paper.ended_by_id, "by": paper.superseded_by_id}
    record_event(action=Action.SIGNING_FINISH, subject=paper, actor=actor, data=data)
    return paper


def _locked(reference: str) -> SignedPaper:
    paper = SignedPaper.objects.select_for_update(of=("self",)).filter(reference=reference).first()
    if paper is None:
        raise NotVisible
    if paper.state != PaperState.CURRENT:
        raise WrongState("paper_not_current", _("This paper is no longer in force already."))
    return paper
