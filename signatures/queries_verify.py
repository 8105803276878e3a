"""One check of a PDF: the verifier's report, what this office knows of that very paper, and what was changed in it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final, Literal

from django.utils.translation import gettext_lazy as _

from eoffice.core import clock
from eoffice.core.errors import NotAvailable
from eoffice.documents.queries import document_bytes
from signatures import custody
from signatures.engine.compare import claimed_ends, compare_with_signed
from signatures.engine.compared import Compared
from signatures.engine.facts import Level, Report, SignatureFacts, WholeState
from signatures.engine.verify import verify
from signatures.models import Credential, SignedPaper, SignedRevision, SigningAttempt
from signatures.queries import Stored, stored_revision

Likeness = Literal["same", "longer", "shorter", "other", "unrecorded", "none"]
_DIGEST_LENGTH: Final = 64
# Signatures of a file that are looked up, and claimed earlier states that are verified for their own sake.
_LOOKED_UP_MAX: Final = 50
_STATES_MAX: Final = 2
_SIGNERS_MAX: Final = 10
# Each check has a child with up to a gigabyte: so many at a time in one process, the others wait, and not for ever.
_AT_ONCE: Final = 2
_TURN_SECONDS: Final = 20.0
# A file that took longer gets its answer without pictures: the server gives a request a minute.
_PATIENCE: Final = 20.0
_turn = threading.BoundedSemaphore(_AT_ONCE)


@dataclass(frozen=True, slots=True)
class Known:
    """What this office knows of the very paper in the file, whether or not its bytes are right.

    `same`: the bytes are those of a stored revision, number `place` of `of`. `longer`: they begin with a stored
    revision, and `surplus` bytes follow. `shorter`: a stored revision begins with them. `other`: an officer signed this
    very paper here, and these bytes are none of that. `unrecorded`: signed with a key that is registered here, and no
    such paper is on record. `none`: nothing to do with this office.

    Found by what the signer's key signed, never by a number that is printed on the page.
    """

    likeness: Likeness
    paper: SignedPaper | None = None
    place: int = 0
    of: int = 0
    level: str = ""
    surplus: int = 0

    @property
    def is_ours(self) -> bool:
        return self.likeness in {"same", "longer", "shorter", "other"}


@dataclass(frozen=True, slots=True)
class Check:
    """All that is said about one file; `compared` is empty where nothing changed.

    `inner` is the report about an earlier state inside the file that is signed and unbroken, where the file as it
    stands no longer shows that signature.
    """

    report: Report
    known: Known
    at: datetime
    inner: Report | None = None
    compared: list[Compared] = field(default_factory=list)

    @property
    def signers(self) -> tuple[SignatureFacts, ...]:
        return tuple(one for one in self.report.signatures if one.kind == "signature")

    @property
    def is_tampered(self) -> bool:
        return self.report.integrity in {WholeState.BROKEN, WholeState.SUSPICIOUS} or self.inner is not None


def check(pdf: bytes, *, pictures: bool = True) -> Check:
    """Check a file in limited children. Nothing of it is kept, and no address that it names is asked.

    `NotAvailable` when too many others are being checked just now.
    """
    with _one_of_few():
        return _checked(pdf, pictures=pictures)


@contextmanager
def _one_of_few() -> Iterator[None]:
    if not _turn.acquire(timeout=_TURN_SECONDS):
        raise NotAvailable(
            "verifier_busy", _("Many files are being checked just now."), _("Try again in a minute; nothing was kept.")
        )
    try:
        yield
    finally:
        _turn.release()


def _checked(pdf: bytes, *, pictures: bool) -> Check:
    at, trust, started = clock.now(), custody.trust(), time.monotonic()
    report = verify(pdf, trust=trust, at=at)
    ends = [one.covered_to for one in report.signatures if one.intact and 0 < one.covered_to < len(pdf)]
    inner: Report | None = None
    if not ends and report.integrity is not WholeState.INTACT:
        for end in claimed_ends(pdf)[:_STATES_MAX]:
            if time.monotonic() - started > _PATIENCE:
                break
            state = verify(pdf[:end], trust=trust, at=at)
            if state.integrity is WholeState.INTACT and any(one.kind == "signature" for one in state.signatures):
                inner, ends = state, [end]
                break
    known = known_copy(pdf, report, inner)
    changed = report.integrity is not WholeState.INTACT
    compared: list[Compared] = []
    if pictures and changed and ends:
        late = time.monotonic() - started > _PATIENCE
        compared = [Compared(drawn=False, end=ends[0])] if late else compare_with_signed(pdf, ends)
    return Check(report, known, at, inner, compared)


def known_copy(pdf: bytes, report: Report, inner: Report | None = None) -> Known:
    """What this office knows of the paper in `pdf`."""
    stored = stored_revision(report.sha256)
    if stored is not None:
        paper = stored.paper or _paper_of(stored.revision.attempt)
        return Known("same", paper, stored.place, stored.of, stored.revision.level)
    signatures = [*report.signatures, *(inner.signatures if inner else ())][:_LOOKED_UP_MAX]
    attempt = _attempt_of(signatures)
    if attempt is not None:
        return _likeness(pdf, attempt)
    certificates = {one.signer.certificate_sha256 for one in signatures if one.signer and one.signed_digest}
    if Credential.objects.exclude(certificate_sha256="").filter(certificate_sha256__in=certificates).exists():
        return Known("unrecorded")
    return Known("none")


def _attempt_of(signatures: list[SignatureFacts]) -> SigningAttempt | None:
    """The last signing here whose digest one of the signatures signed, with that very certificate."""
    signed = {
        one.signed_digest: one.signer.certificate_sha256
        for one in signatures
        if one.signer is not None and len(one.signed_digest) == _DIGEST_LENGTH
    }
    if not signed:
        return None
    rows = SigningAttempt.objects.filter(document_digest__in=signed, revisions__isnull=False)
    newest: list[SigningAttempt] = list(rows.distinct().order_by("-pk")[:_SIGNERS_MAX])
    # Where the certificate is made with the signature, none is known before.
    return next((row for row in newest if row.certificate_sha256 in {"", signed[row.document_digest]}), None)


def _likeness(pdf: bytes, attempt: SigningAttempt) -> Known:
    revisions = list(attempt.revisions.select_related("document").order_by("pk"))
    paper, of = _paper_of(attempt), len(revisions)
    for place, row in reversed(list(enumerate(revisions, start=1))):
        size = row.document.size
        if size < len(pdf) and sha256(pdf[:size]).hexdigest() == row.sha256:
            return Known("longer", paper, place, of, row.level, len(pdf) - size)
    last: SignedRevision = revisions[-1]
    if len(pdf) < last.document.size and document_bytes(last.document).startswith(pdf):
        return Known("shorter", paper, of, of, last.level)
    return Known("other", paper, of, of, last.level)


def _paper_of(attempt: SigningAttempt) -> SignedPaper | None:
    """The record of the paper; where several officers signed, it stands with the last of them."""
    rows = SignedPaper.objects.select_related("superseded_by", "ended_by")
    for _step in range(_SIGNERS_MAX):
        paper: SignedPaper | None = rows.filter(attempt=attempt).first()
        if paper is not None:
            return paper
        later = attempt.followed_by.filter(revisions__isnull=False).order_by("pk").first()
        if later is None:
            return None
        attempt = later
    return None


__all__ = ["Check", "Known", "Level", "Likeness", "Stored", "check", "known_copy"]
