"""Credentials, signing attempts, the revisions of signed papers, what the verifier looks up, and the daily seals."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from eoffice.core import clock
from signatures import models_agent, models_archive, models_remote  # noqa: F401 - tables of this room too
from signatures.workflow import AttemptLife, AttemptState, CredentialLife, CredentialState, RetiredKind

PIN_TRIES = 5
COMING = (CredentialState.REQUESTED, CredentialState.APPROVED)
WORKING = (CredentialState.ACTIVE, CredentialState.SUSPENDED)
LIVE = (*COMING, *WORKING)


class Backend(models.TextChoices):
    """Where the private key lives (design 6); what each can do stands in `signatures.backends`."""

    SOFTWARE = "software", _("PIN-protected software key")
    AGENT = "agent", _("Token by the pull agent")
    PKCS11 = "pkcs11", _("Hardware security module")
    CSC = "csc", _("Remote signing service")
    ESIGN = "esign", _("Indian eSign")


class Credential(CredentialLife):
    """An officer's registration of a signing key at an office (R20).

    An officer has one that works at most, and beside it at most one that is to replace it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    employee = models.ForeignKey("employee_master.Employee", on_delete=models.PROTECT, related_name="credentials")
    office = models.ForeignKey("employee_master.Office", on_delete=models.PROTECT, related_name="+")
    backend = models.CharField(max_length=10, choices=Backend.choices, default=Backend.SOFTWARE)
    requested_by = models.ForeignKey("employee_master.Employee", on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey("employee_master.Employee", on_delete=models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField()
    certificate = models.BinaryField(blank=True, default=b"")
    # Base64 of the issuing authorities' certificates, nearest first, without the root.
    chain = models.JSONField(default=list, blank=True)
    certificate_sha256 = models.CharField(max_length=64, blank=True)
    subject_name = models.CharField(max_length=300, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    not_after = models.DateTimeField(null=True, blank=True)
    # The software key, wrapped (engine.softkey); the derivation parameters stand inside. Empty for other backends.
    wrapped_key = models.JSONField(default=dict, blank=True)
    # Where a key outside the database is found (token, key id, account at a provider); never anything secret.
    key_ref = models.JSONField(default=dict, blank=True)
    # PKCS#10 in DER, once the key is made and until its certificate comes.
    certificate_request = models.BinaryField(blank=True, default=b"")
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="renewals")

    ledger_type: ClassVar[str] = "credential"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=CredentialState.values), name="credential_state_known"),
            models.CheckConstraint(
                condition=Q(retired_kind__in=["", *RetiredKind.values]), name="credential_retired_kind_known"
            ),
            models.UniqueConstraint(
                fields=["employee"], condition=Q(state__in=[s.value for s in WORKING]), name="one_working_credential"
            ),
            models.UniqueConstraint(
                fields=["employee"], condition=Q(state__in=[s.value for s in COMING]), name="one_coming_credential"
            ),
            models.UniqueConstraint(
                fields=["certificate_sha256"],
                condition=~Q(certificate_sha256=""),
                name="one_registration_of_certificate",
            ),
            models.CheckConstraint(
                # Indian eSign makes certificate and key anew for each act.
                condition=~Q(state=CredentialState.ACTIVE) | ~Q(certificate_sha256="") | Q(backend=Backend.ESIGN),
                name="active_credential_has_certificate",
            ),
        ]

    def __str__(self) -> str:
        return f"credential {self.pk} {self.state}"

    @property
    def tries_left(self) -> int:
        return max(0, PIN_TRIES - self.pin_failures)

    @property
    def days_left(self) -> int | None:
        """Whole days until the certificate ends; negative afterwards, None before there is one."""
        return None if self.not_after is None else (self.not_after - clock.now()).days

    @property
    def is_in_time(self) -> bool:
        """Whether its certificate is valid now; where each act makes its own, that is checked with the answer."""
        if self.backend == Backend.ESIGN:
            return True
        at = clock.now()
        return bool(self.not_before and self.not_after and self.not_before <= at <= self.not_after)


class CredentialMapping(models.Model):
    """A credential counts at a further office, by the order of an additional charge (R20); ended, never deleted."""

    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="mappings")
    office = models.ForeignKey("employee_master.Office", on_delete=models.PROTECT, related_name="+")
    order_number = models.CharField(max_length=80)
    mapped_by = models.ForeignKey("employee_master.Employee", on_delete=models.PROTECT, related_name="+")
    mapped_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    ledger_type: ClassVar[str] = "credential_mapping"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["credential", "office"], condition=Q(ended_at__isnull=True), name="one_mapping_per_office"
            ),
            models.CheckConstraint(condition=~Q(order_number=""), name="mapping_names_its_order"),
        ]

    def __str__(self) -> str:
        return f"{self.credential_id} at {self.office_id}"


class SigningRule(models.Model):
    """One line of the signing policy: for this act and this kind of charge, only these backends (`signatures.policy`).

    Empty `purpose` or `charge_kind` means any. A line only narrows what the instance allows.
    """

    purpose = models.CharField(max_length=30, blank=True)
    charge_kind = models.CharField(max_length=12, blank=True)
    backends = models.JSONField()
    order_number = models.CharField(max_length=80)
    made_by = models.ForeignKey("employee_master.Employee", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    ledger_type: ClassVar[str] = "signing_rule"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["purpose", "charge_kind"], name="one_rule_per_act_and_charge"),
            models.CheckConstraint(condition=~Q(order_number=""), name="rule_names_its_order"),
        ]
        ordering: ClassVar = ["purpose", "charge_kind"]

    def __str__(self) -> str:
        return f"{self.purpose or 'any act'} {self.charge_kind or 'any charge'}: {self.backends}"


class SigningAttempt(AttemptLife):
    """One deferred signing: exact bytes are prepared, then the officer's key signs them, once, in time."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    purpose = models.CharField(max_length=30)
    # The attempt whose signature lies in this paper before: of a letter that two officers sign, that of the first.
    after = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by")
    # What is being signed, as the room above names it; this room knows nothing of it.
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    subject_version = models.PositiveIntegerField(default=0)
    reference = models.CharField(max_length=20, blank=True)
    title = models.CharField(max_length=300, blank=True)
    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="attempts")
    post = models.ForeignKey("employee_master.Post", on_delete=models.PROTECT, null=True, related_name="+")
    slot = models.CharField(max_length=60)
    prepared = models.ForeignKey("documents.Document", on_delete=models.PROTECT, related_name="+")
    certificate_sha256 = models.CharField(max_length=64)
    reserved_start = models.PositiveBigIntegerField()
    reserved_end = models.PositiveBigIntegerField()
    document_digest = models.CharField(max_length=64)
    signed_attrs = models.BinaryField()
    shown_sha256 = models.CharField(max_length=64)
    manifest_sha256 = models.CharField(max_length=64, blank=True)
    prepared_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    ledger_type: ClassVar[str] = "signing"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=AttemptState.values), name="attempt_state_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject_type", "subject_id"], name="attempts_of_subject"),
            # The verifier asks by what a signature in an upload says that it signed.
            models.Index(fields=["document_digest"], name="attempts_by_digest"),
        ]

    def __str__(self) -> str:
        return f"signing {self.pk} {self.purpose} {self.state}"


class SigningAnswer(models.Model):
    """The signature for one attempt that came from elsewhere (token, provider), checked before it was kept.

    It completes nothing by itself; `services.signing` embeds it.
    """

    attempt = models.OneToOneField(SigningAttempt, on_delete=models.PROTECT, related_name="answer")
    signature = models.BinaryField(blank=True, default=b"")
    cms = models.BinaryField(blank=True, default=b"")
    answered_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"answer to {self.attempt_id}"


class SignedRevision(models.Model):
    """A stored revision of a signed paper: its level, and the revision that is its prefix. Never changed."""

    attempt = models.ForeignKey(SigningAttempt, on_delete=models.PROTECT, related_name="revisions")
    document = models.ForeignKey("documents.Document", on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    level = models.CharField(max_length=6)
    renewal = models.PositiveSmallIntegerField(default=0)
    sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["attempt", "level", "renewal"], name="one_revision_per_level")
        ]
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.level} of {self.attempt_id}"


class PaperState(models.TextChoices):
    CURRENT = "current", _("In force")
    SUPERSEDED = "superseded", _("Superseded")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class SignedPaper(models.Model):
    """What the public verifier looks up by reference, date and signer. No content, no subject, no addressee."""

    reference = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=30)
    attempt = models.ForeignKey(SigningAttempt, on_delete=models.PROTECT, related_name="papers")
    signer_name_en = models.CharField(max_length=200)
    signer_name_hi = models.CharField(max_length=200)
    designation_en = models.CharField(max_length=200, blank=True)
    designation_hi = models.CharField(max_length=200, blank=True)
    signed_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=PaperState.choices, default=PaperState.CURRENT)
    superseded_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="supersedes"
    )
    # Since when it is no longer in force, and by which signed act: the record of the decision that ended it.
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="ends")

    ledger_type: ClassVar[str] = "signed_paper"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=PaperState.values), name="paper_state_known"),
            models.CheckConstraint(
                condition=Q(state=PaperState.SUPERSEDED) | Q(superseded_by__isnull=True), name="superseded_says_by_what"
            ),
            models.CheckConstraint(
                condition=Q(state=PaperState.CURRENT, ended_at__isnull=True, ended_by__isnull=True)
                | (~Q(state=PaperState.CURRENT) & Q(ended_at__isnull=False)),
                name="ended_paper_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.state}"


class Seal(models.Model):
    """The daily seal of the ledger (design 4): a root over chain heads and the seal before, signed and stamped."""

    number = models.PositiveIntegerField(unique=True)
    previous = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="next")
    root = models.CharField(max_length=64)
    heads = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    cms = models.BinaryField()
    # RFC 3161 token over the root; empty where no time authority is configured.
    time_stamp = models.BinaryField(blank=True, default=b"")

    ledger_type: ClassVar[str] = "seal"

    class Meta:
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return f"seal {self.number}"


class SealedHead(models.Model):
    """One chain's end as a seal knew it."""

    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="sealed_heads")
    subject = models.CharField(max_length=60)
    seq = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["seal", "subject"], name="one_head_per_seal")]
        indexes: ClassVar = [models.Index(fields=["subject"], name="sealed_subject")]

    def __str__(self) -> str:
        return f"{self.subject}#{self.seq}"
