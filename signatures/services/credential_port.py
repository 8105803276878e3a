"""What the employee master asks of the credentials: relieving, charge lists, readiness (R8, R18, R20)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from employee_master import ports
from eoffice.core import clock
from eoffice.core.actor import Actor
from signatures.models import LIVE, Backend, Credential, SigningAttempt
from signatures.queries import mapped_q
from signatures.services.credential import retire_row
from signatures.workflow import AttemptState, CredentialState, RetiredKind


class RetiresCredentials:
    """Port of the employee master (R20): relieving retires the officer's credentials at the office left."""

    def retire_for(self, *, employee_id: int, office_id: int, reason: str, actor: Actor) -> int:
        """In the caller's transaction and on the caller's authority; how many there were."""
        kind = reason if reason in RetiredKind.values else RetiredKind.TRANSFERRED
        rows = list(
            Credential.objects.select_for_update(of=("self",)).filter(
                employee_id=employee_id, office_id=office_id, state__in=LIVE
            )
        )
        for credential in rows:
            retire_row(credential, kind, actor)
        return len(rows)

    def items_of(self, *, employee_id: int, office_id: int) -> Sequence[ports.Item]:
        """The living credential at the office, and what the officer prepared with it and has not signed yet."""
        credentials = Credential.objects.filter(employee_id=employee_id, office_id=office_id, state__in=LIVE)
        waiting = SigningAttempt.objects.filter(
            credential__in=credentials, state=AttemptState.PREPARED, expires_at__gt=clock.now()
        )
        return [
            *(
                ports.Item(
                    key="",
                    kind=_("Digital signatures"),
                    number=one.certificate_sha256[:16],
                    subject=one.subject_name,
                    state=one.get_state_display(),
                    since=one.activated_at or one.requested_at,
                )
                for one in credentials.order_by("pk")
            ),
            *(
                ports.Item(
                    key="",
                    kind=_("Pending signatures"),
                    number=one.title or one.reference,
                    state=one.get_state_display(),
                    since=one.prepared_at,
                )
                for one in waiting.order_by("pk")
            ),
        ]

    def active_among(self, *, employee_ids: Collection[int], office_id: int) -> set[int]:
        """Who can sign at the office: registered there, or mapped to it by the order of a charge (R20)."""
        at = clock.now()
        # Indian eSign makes a certificate for each act; there is none that could end.
        in_time = Q(not_before__lte=at, not_after__gte=at) | Q(backend=Backend.ESIGN)
        active = Credential.objects.filter(in_time, employee__in=employee_ids, state=CredentialState.ACTIVE)
        return set(active.filter(Q(office_id=office_id) | mapped_q(office_id)).values_list("employee_id", flat=True))
