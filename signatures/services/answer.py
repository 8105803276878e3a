"""Signatures that come from elsewhere: from the officer's token or a licensed provider.

An answer is checked against what was prepared before it is kept, and kept once. It signs nothing by itself: the act is
completed by `signing_finish_many`, which checks everything again.
"""

from __future__ import annotations

from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, NotVisible, WrongState
from eoffice.ledger.writer import record_event
from signatures.engine import certificates, pades
from signatures.engine.errors import EngineError
from signatures.models import SigningAnswer, SigningAttempt
from signatures.services.prepared import prepared_of
from signatures.services.signer import signing_certificate
from signatures.workflow import AttemptState


def signing_answer(*, attempt_id: int, actor: Actor, signature: bytes = b"", cms: bytes = b"") -> SigningAnswer:
    """Keep the raw signature over the signed attributes, or a whole CMS, of one open attempt of the actor's own.

    Refused with `answer_wrong` when it does not belong to exactly what was prepared; a second answer of the same bytes
    changes nothing, another one is refused.
    """
    attempt = SigningAttempt.objects.select_related("credential", "prepared").filter(pk=attempt_id).first()
    if attempt is None or attempt.credential.employee_id != actor.employee_id:
        raise NotVisible
    prepared = prepared_of(attempt)
    try:
        certificate = signing_certificate(attempt.credential, cms=cms, at=clock.now())
        if signature and prepared.certificate_sha256:
            certificates.check_raw_signature(certificate, signature=signature, data=prepared.signed_attrs)
        else:
            pades.check_cms(cms, prepared=prepared, certificate=certificate)
    except EngineError as error:
        with transaction.atomic():
            record_event(
                action=Action.SIGNING_FAIL, subject=attempt, actor=actor, data={"code": f"answer-{error.reason}"[:60]}
            )
        raise BadInput(
            "answer_wrong",
            _("What came back does not belong to the paper that was prepared, so nothing was signed."),
            _("Sign it again. If this happens twice, tell the operator."),
        ) from error
    with transaction.atomic():
        row = SigningAttempt.objects.select_for_update(of=("self",)).get(pk=attempt.pk)
        if row.state != AttemptState.PREPARED or row.expires_at <= clock.now():
            raise WrongState(
                "signing_not_open",
                _("This signing was finished or given up already."),
                _("Open the paper to see what stands; prepare it again if it is not signed."),
            )
        answer, made = SigningAnswer.objects.get_or_create(
            attempt=row, defaults={"signature": signature, "cms": cms, "answered_at": clock.now()}
        )
        if not made and (bytes(answer.signature), bytes(answer.cms)) != (signature, cms):
            raise WrongState("answered_already", _("This paper has its signature already."))
        if made:
            record_event(
                action=Action.SIGNING_ANSWER, subject=row, actor=actor,
                data={"certificate_sha256": sha256(certificate).hexdigest()},
            )  # fmt: skip
    return answer
