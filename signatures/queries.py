"""What may be asked of the signing room."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from employee_master.models import FULL_KINDS, Charge, ChargeKind, Office
from employee_master.queries import active_on
from eoffice.access import managed_q
from eoffice.core import clock
from eoffice.core.actor import Actor
from eoffice.core.errors import NotAllowed, Text, WrongState
from eoffice.core.names import named
from eoffice.ledger.queries import Difference, Head, head_at
from signatures import custody
from signatures.engine import merkle
from signatures.engine import seal as engine
from signatures.engine.facts import Level, Report
from signatures.engine.verify import verify
from signatures.models import (
    COMING,
    LIVE,
    WORKING,
    Credential,
    CredentialMapping,
    Seal,
    SealedHead,
    SignedPaper,
    SignedRevision,
    SigningAttempt,
)
from signatures.workflow import CredentialState

# From so many days before its end on, the officer reads of it (and is mailed, services.expiry).
WARN_DAYS = 60


def credential_to_sign(actor: Actor) -> Credential:
    """The actor's active credential; otherwise a refusal that says what is missing and who can help."""
    credential = working_credential(actor) or coming_credential(actor)
    if credential is None:
        raise WrongState(
            "no_credential",
            _("No digital signature is registered to you, so you can't sign."),
            _("Ask for one on the page 'My signature'; your EMD manager approves it."),
        )
    require_usable(credential, actor)
    return credential


def require_usable(credential: Credential, actor: Actor) -> None:
    """The credential is the actor's own, active, and in time; otherwise a refusal that says what to do."""
    if credential.employee_id != actor.employee_id:
        raise NotAllowed("not_your_credential", _("Only the officer signs with the officer's own key."))
    if credential.state != CredentialState.ACTIVE:
        raise WrongState(
            "credential_not_active",
            _("Your signing credential can't be used now: %(state)s.") % {"state": credential.get_state_display()},
            _("Your EMD manager can say why, and resume it or register a new one."),
        )
    if not credential.is_in_time:
        raise WrongState(
            "credential_expired",
            _("Your signing certificate is not valid today."),
            _("Ask your EMD manager to retire it, and register a new one."),
        )


def working_credential(actor: Actor) -> Credential | None:
    """The actor's registration with a key: active, or suspended."""
    return _own(actor, WORKING)


def coming_credential(actor: Actor) -> Credential | None:
    """What the actor asked for and has not activated yet: a first one, or one that replaces the working one."""
    return _own(actor, COMING)


def live_credential(actor: Actor) -> Credential | None:
    """The working one, otherwise the coming one."""
    return working_credential(actor) or coming_credential(actor)


def notice_for(actor: Actor) -> Text:
    """What the officer should know at the desk about the own digital signature; the empty string for nothing."""
    if actor.employee_id is None:
        return ""
    rows = list(Credential.objects.filter(employee_id=actor.employee_id, state__in=LIVE))
    working = next((one for one in rows if one.state in WORKING), None)
    coming = next((one for one in rows if one.state in COMING), None)
    if coming is not None and coming.state == CredentialState.APPROVED:
        return _("Your digital signature was approved; its key is made in the next step.")
    if working is None:
        return ""
    if working.state == CredentialState.SUSPENDED:
        return _("Your digital signature is suspended; you can't sign now.")
    days = working.days_left
    if coming is None and days is not None and days <= WARN_DAYS:
        return ngettext_lazy(
            "The certificate of your digital signature ends in %(days)s day.",
            "The certificate of your digital signature ends in %(days)s days.",
            max(days, 0),
        ) % {"days": max(days, 0)}
    return ""


def _own(actor: Actor, states: tuple[CredentialState, ...]) -> Credential | None:
    if actor.employee_id is None:
        return None
    found = Credential.objects.select_related("office", "employee", "replaces")
    own: Credential | None = found.filter(employee_id=actor.employee_id, state__in=states).first()
    return own


def mapped_q(office_id: int) -> Q:
    """Credentials of other offices that count at this one, by the order of a full charge there or by its own (R20).

    The substantive charge is where the officer was posted; an additional one maps by the number of its order.
    """
    charges = Charge.objects.filter(
        active_on(clock.today()), employee=OuterRef("employee"), post__office_id=office_id, kind__in=FULL_KINDS
    )
    ordered = charges.filter(Q(kind=ChargeKind.SUBSTANTIVE) | ~Q(order_number=""))
    mappings = CredentialMapping.objects.filter(credential=OuterRef("pk"), office_id=office_id, ended_at__isnull=True)
    return Q(Exists(ordered)) | Q(Exists(mappings))


@dataclass(frozen=True, slots=True)
class Guest:
    """An officer of another office with a full charge here: how the own credential counts here, if it does."""

    credential: Credential
    charge: Charge
    mapping: CredentialMapping | None

    @property
    def counts(self) -> bool:
        return self.mapping is not None or bool(self.charge.order_number)


def guests_of(office_id: int) -> list[Guest]:
    """Officers with a further charge in the office whose credential is registered elsewhere (R20)."""
    charges = Charge.objects.filter(
        active_on(clock.today()), post__office_id=office_id, kind__in=FULL_KINDS,
        employee__credentials__state__in=WORKING,
    ).exclude(kind=ChargeKind.SUBSTANTIVE)  # fmt: skip
    charges = charges.select_related("post", "employee").order_by("post__name_en", "pk")
    credentials = {
        one.employee_id: one
        for one in Credential.objects.select_related("office", "employee").filter(
            state__in=WORKING, employee__in=[charge.employee_id for charge in charges]
        ).exclude(office_id=office_id)
    }  # fmt: skip
    mappings = {
        one.credential_id: one
        for one in CredentialMapping.objects.filter(
            office_id=office_id, ended_at__isnull=True, credential__in=credentials.values()
        )
    }
    return [
        Guest(credentials[charge.employee_id], charge, mappings.get(credentials[charge.employee_id].pk))
        for charge in charges
        if charge.employee_id in credentials
    ]


@dataclass(frozen=True, slots=True)
class MappedOffice:
    """A further office at which a credential counts, and by which order."""

    office: Office
    order_number: str


def mapped_offices(credential: Credential) -> list[MappedOffice]:
    """Where the credential counts beside the office of its registration (R20)."""
    charges = Charge.objects.filter(
        active_on(clock.today()), employee=credential.employee_id, kind__in=FULL_KINDS
    ).exclude(kind=ChargeKind.SUBSTANTIVE).exclude(order_number="")  # fmt: skip
    found = {
        charge.post.office_id: MappedOffice(charge.post.office, charge.order_number)
        for charge in charges.exclude(post__office=credential.office_id).select_related("post__office")
    }
    for mapping in credential.mappings.filter(ended_at__isnull=True).select_related("office"):
        found[mapping.office_id] = MappedOffice(mapping.office, mapping.order_number)
    return list(found.values())


def require_at_office(credential: Credential, actor: Actor) -> None:
    """Refuse (`not_mapped`) to sign for an office where the credential does not count.

    A link officer signs for the holder of the post, under the registration of the own office.
    """
    if actor.office_id in {None, credential.office_id} or actor.is_link:
        return
    if not Credential.objects.filter(mapped_q(actor.office_id or 0), pk=credential.pk).exists():
        raise WrongState(
            "not_mapped",
            format_lazy(
                _("Your digital signature is registered at {office} and not mapped to the office for which you act."),
                office=named(credential.office),
            ),
            _("The EMD manager of this office maps it by the order that gave you the charge."),
        )


def managed_credentials(actor: Actor) -> QuerySet[Credential]:
    """The living credentials that the actor looks after: of the own office, or all for the super admin (R2)."""
    rows: QuerySet[Credential] = Credential.objects.filter(managed_q(actor, office="office_id"), state__in=LIVE)
    return rows.select_related("employee", "office").order_by("requested_at", "pk")


def last_revision(attempt: SigningAttempt) -> SignedRevision | None:
    return attempt.revisions.select_related("document").order_by("pk").last()


def wanted_level() -> Level:
    """B-LTA where a time authority is configured, otherwise what can be had: B-B (design 6)."""
    return Level.LTA if custody.time_authority() is not None else Level.B


def is_pending(attempt: SigningAttempt) -> bool:
    """Signed, but not yet at the level of the policy: it must not leave, and the page says so."""
    revision = last_revision(attempt)
    return revision is not None and Level(revision.level) is not wanted_level()


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored revision of ours: which of how many it is."""

    paper: SignedPaper | None
    revision: SignedRevision
    place: int
    of: int


def stored_revision(sha256: str) -> Stored | None:
    """Whether these very bytes left this instance, as which revision of which paper."""
    revision = SignedRevision.objects.select_related("attempt").filter(sha256=sha256).first()
    if revision is None:
        return None
    pks = list(revision.attempt.revisions.order_by("pk").values_list("pk", flat=True))
    paper = revision.attempt.papers.first()
    return Stored(paper, revision, pks.index(revision.pk) + 1, len(pks))


def paper_by_three_factors(*, reference: str, on: date, signer: str) -> SignedPaper | None:
    """The paper, if number, day and signer all fit; None tells nothing about which did not (R10)."""
    rows = SignedPaper.objects.select_related("superseded_by", "ended_by", "attempt__credential__employee")
    paper = rows.filter(reference=reference.strip()).first()
    if paper is None or clock.office_time(paper.signed_at).date() != on:
        return None
    asked = _plain_name(signer)
    # Of a letter that two officers signed, the last one's name stands on it too.
    last = paper.attempt.credential.employee
    names = {_plain_name(one) for one in (paper.signer_name_en, paper.signer_name_hi, last.name_en, last.name_hi)}
    return paper if asked and asked in names else None


_TITLES = {"dr", "shri", "smt", "sri", "km", "mr", "mrs", "ms", "डॉ", "श्री", "श्रीमती", "सुश्री", "कु"}


def _plain_name(name: str) -> str:
    """For comparing what was typed from a print: no case, no titles, no marks between the words."""
    text = unicodedata.normalize("NFC", name).casefold()
    spaced = "".join(" " if unicodedata.category(c)[0] in "PZ" else c for c in text)
    return " ".join(word for word in spaced.split() if word not in _TITLES)


def check_upload(pdf: bytes) -> Report:
    """The verifier's report on an uploaded PDF, in its limited child. Nothing is kept and nothing is fetched."""
    return verify(pdf, trust=custody.trust(), at=clock.now())


def leaf(subject: str, seq: int, head_hash: str) -> bytes:
    return f"{subject}\x1f{seq}\x1f{head_hash}".encode()


def root_of(number: int, previous_root: str, heads: list[Head]) -> str:
    """The root over the seal before and the heads in a fixed order."""
    first = f"seal\x1f{number}\x1f{previous_root}".encode()
    ordered = sorted(heads, key=lambda head: head.subject)
    return merkle.root([first, *(leaf(head.subject, head.seq, head.hash) for head in ordered)]).hex()


def check_seals() -> Iterator[Difference]:
    """Every seal against its own content, its signature and time stamp, and the ledger as it is now."""
    trust = custody.trust()
    before: Seal | None = None
    for seal in Seal.objects.order_by("number").iterator(chunk_size=100):
        where = f"seal:{seal.number}"
        expected = before.number + 1 if before else 1
        if seal.number != expected:
            yield Difference("seal", where, f"seal {expected} is missing")
        heads = [Head(h.subject, h.seq, h.hash) for h in SealedHead.objects.filter(seal=seal).order_by("subject")]
        if seal.root != root_of(seal.number, before.root if before else "", heads) or seal.heads != len(heads):
            yield Difference("seal", where, f"the content of seal {seal.number} was altered after it was sealed")
        codes = engine.check(
            bytes.fromhex(seal.root), cms_der=bytes(seal.cms), token=bytes(seal.time_stamp), trust=trust,
            at=clock.now(),
        )  # fmt: skip
        for code in codes:
            yield Difference("seal", where, f"seal {seal.number} does not hold: {_SEAL_WORDS[code]}")
        yield from _cut_off(seal, heads)
        before = seal


_SEAL_WORDS = {
    "seal-signature": "its signature is not by the instance's seal",
    "seal-time": "it claims a time that has not come yet",
    "seal-unreadable": "its signature can't be read",
    "time-stamp-of-something-else": "its time stamp belongs to something else",
    "time-stamp-untrusted": "its time stamp is not by a trusted authority",
    "time-stamp-unreadable": "its time stamp can't be read",
}


def _cut_off(seal: Seal, heads: list[Head]) -> Iterator[Difference]:
    day = clock.office_time(seal.made_at).date().isoformat()
    for head in heads:
        now = head_at(head.subject, head.seq)
        if now is None:
            yield Difference(
                "cut off", head.subject,
                f"the seal of {day} knows row {head.seq} of this chain, and it is gone: newest rows were cut off",
            )  # fmt: skip
        elif now != head.hash:
            yield Difference(
                "rehashed", head.subject,
                f"row {head.seq} of this chain has another hash than the seal of {day} knows: it was re-written",
            )  # fmt: skip
