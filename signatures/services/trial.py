"""The test signature of the check-up: a sheet of our own, signed by the real way and judged by our own verifier."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from employee_master.models import Employee
from eoffice.core import clock
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, NotVisible
from eoffice.documents.models import Document
from eoffice.documents.pdf.errors import BadText
from eoffice.documents.pdf.report import Report, draw_report
from signatures import policy
from signatures.models import SigningAttempt
from signatures.queries import credential_to_sign
from signatures.services.signing import signing_begin, signing_finish

# Fixed words, not the catalogue: a signed paper reads the same whatever the catalogue of the day says.
_TITLE = "जाँच हस्ताक्षर, बिना किसी प्रभाव के · Test signature without any effect"
_WORDS = (
    "यह पृष्ठ केवल यह जाँचने के लिए है कि हस्ताक्षर ठीक बनता है। इससे कुछ भी अनुमोदित, जारी या स्वीकार नहीं होता।",
    "This page only checks that signing works. It approves, issues and accepts nothing.",
)


def trial_begin(*, actor: Actor) -> SigningAttempt:
    """Draw the sheet and prepare it for the actor's signature. Refused as every signing is; the policy allows it."""
    credential = credential_to_sign(actor)
    pdf = _draw(Employee.objects.get(pk=actor.person))
    return signing_begin(
        pdf=pdf, manifest=None, purpose=policy.CHECK_UP, subject=credential, shown_sha256=sha256(pdf).hexdigest(),
        credential=credential, actor=actor, title="check-up", reason="Test",
    )  # fmt: skip


def trial_finish(*, attempt: UUID, pin: str, actor: Actor) -> Document:
    """Sign the prepared sheet; a wrong PIN is counted as everywhere. The signed sheet, for the verifier."""
    own_trial(attempt=attempt, actor=actor)
    return signing_finish(attempt_id=attempt, pin=pin, actor=actor)


def own_trial(*, attempt: UUID, actor: Actor) -> SigningAttempt:
    """The actor's own test signing; `NotVisible` for any other paper."""
    found = SigningAttempt.objects.select_related("credential").filter(
        uuid=attempt, purpose=policy.CHECK_UP, credential__employee_id=actor.employee_id
    )
    row: SigningAttempt | None = found.first()
    if row is None or actor.employee_id is None:
        raise NotVisible
    return row


def _draw(officer: Employee) -> bytes:
    report = Report(
        language="hi",
        office=f"{settings.INSTANCE_NAME_HI} · {settings.INSTANCE_NAME_EN}",
        number=settings.INSTANCE_CODE,
        title=_TITLE,
        facts=(("अधिकारी · Officer", f"{officer.name_hi} · {officer.name_en}"),),
        tables=(),
        signers=(),
        made_at=clock.now(),
        author=officer.name_en,
        closing=_WORDS,
    )
    try:
        return draw_report(report)
    except BadText as error:
        raise BadInput(
            "unprintable_data",
            _("Your name has a character that can't be printed, so nothing was signed."),
            _("Ask the EMD manager to correct the name."),
        ) from error
