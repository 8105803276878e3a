"""What becomes of a signed paper: superseded or withdrawn, as the verifier shows; the paper itself never changes."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import NotVisible, WrongState
from eoffice.ledger.writer import record_event
from signatures.models import PaperState, SignedPaper


@transaction.atomic
def paper_supersede(*, reference: str, by_reference: str, actor: Actor) -> SignedPaper:
    """Another signed paper takes its place. The room that owns both decides who may; this room writes it down."""
    paper = _locked(reference)
    other = SignedPaper.objects.filter(reference=by_reference).first()
    if other is None or other.pk == paper.pk:
        raise NotVisible
    paper.state, paper.superseded_by = PaperState.SUPERSEDED, other
    paper.save()
    record_event(action=Action.SIGNING_FINISH, subject=paper, actor=actor, data={"step": "superseded", "by": other.pk})
    return paper


@transaction.atomic
def paper_withdraw(*, reference: str, actor: Actor) -> SignedPaper:
    """It is no longer in force, and nothing takes its place."""
    paper = _locked(reference)
    paper.state = PaperState.WITHDRAWN
    paper.save()
    record_event(action=Action.SIGNING_FINISH, subject=paper, actor=actor, data={"step": "withdrawn"})
    return paper


def _locked(reference: str) -> SignedPaper:
    paper = SignedPaper.objects.select_for_update(of=("self",)).filter(reference=reference).first()
    if paper is None:
        raise NotVisible
    if paper.state != PaperState.CURRENT:
        raise WrongState("paper_not_current", _("This paper is no longer in force already."))
    return paper
