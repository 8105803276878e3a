"""From B-B upwards: time stamp (B-T), validation data (B-LT), archive stamp (B-LTA), and the same again to renew.

Each step returns new bytes of which the old ones are a strict prefix, so every revision stays provable (design 6). The
time stamp of B-T is a document time stamp (ETSI EN 319 142-1, 6.3): one inside the CMS would change stored bytes.

`complete` goes the whole way with one look at the file at the end instead of one per step: what came from outside
(token, chain, answers about revocation) is judged when it comes, and before anything is handed out every signature and
stamp of the finished file is computed anew from its bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final

from asn1crypto import cms, ocsp
from asn1crypto.crl import CertificateList
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.validation import DocumentSecurityStore, EmbeddedPdfSignature

from signatures.engine import algorithms, certificates, loop, tokens
from signatures.engine.errors import EvidenceMissing
from signatures.engine.facts import Level
from signatures.engine.increment import Increment, extending
from signatures.engine.planning import Term, term_of_token
from signatures.engine.proofs import ChainProof, Proofs, prove
from signatures.engine.reading import UNREADABLE, entry
from signatures.engine.soundness import Unsound, all_sound
from signatures.engine.time_authority import SECONDS, Single, Stamper, TimeAuthority, each_of, silent
from signatures.engine.trust import FETCH_SECONDS, Trust

_STAMP_HEX_DIGITS: Final = 16384
_ORDER: Final = (Level.B, Level.T, Level.LT, Level.LTA)
_Extend = Callable[[Increment], Coroutine[Any, Any, object]]


@dataclass(frozen=True)
class Raised:
    """How far a paper could be brought: what was reached, and what is missing for the rest (then to be tried again)."""

    pdf: bytes
    level: Level
    missing: EvidenceMissing | None = None
    term: Term | None = None
    """Of the outermost stamp that was added; None when none was."""


def complete(
    pdf: bytes, *, have: Level, authority: TimeAuthority, trust: Trust, want: Level = Level.LTA,
    proofs: Proofs | None = None, seconds: float = SECONDS, at: datetime | None = None,
) -> Raised:  # fmt: skip
    """From `have` to `want` in one go. Never a lower level in silence: `level` is the one that was reached.

    With `proofs`, chains that were proven less than a minute ago are not asked about again. Nothing that is returned is
    unchecked: a file whose signatures do not all compute afterwards is given up, and `pdf` is what came in.
    """
    work = _Work(authority, trust, proofs, seconds, at)

    async def climb() -> Raised:
        reached, level, missing = pdf, have, None
        try:
            if level is Level.B and _ORDER.index(want) > _ORDER.index(Level.B):
                reached, level = await work.stamped(reached), Level.T
            if level is Level.T and want is Level.LTA:
                try:
                    reached, level = await work.stamped(reached, work.with_evidence), Level.LTA
                except EvidenceMissing:
                    # The evidence may be had where the second stamp may not: then at least that is kept.
                    reached, level = await work.with_evidence_only(reached), Level.LT
                    raise
            elif level is Level.T and want is Level.LT:
                reached, level = await work.with_evidence_only(reached), Level.LT
            if level is Level.LT and want is Level.LTA:
                reached, level = await work.stamped(reached), Level.LTA
        except EvidenceMissing as error:
            missing = error
        return Raised(reached, level, missing, term_of_token(work.tokens[-1]["content"]) if work.tokens else None)

    try:
        raised = loop.run(climb, seconds=work.patience)
    except UNREADABLE as error:
        return Raised(pdf, have, EvidenceMissing(f"{type(error).__name__}: {error}", code="upgrade-failed"))
    if raised.pdf != pdf:
        _require_extended(pdf, raised.pdf)
        _require_sound(raised.pdf)
    return raised


def renew(
    pdf: bytes, *, authority: TimeAuthority, trust: Trust, proofs: Proofs | None = None, seconds: float = SECONDS,
    at: datetime | None = None,
) -> bytes:  # fmt: skip
    """A B-LTA paper with the evidence about its last stamp and a new stamp over all of it.

    To be done before the last stamp's authority or algorithm ends (`planning`). `EvidenceMissing` when not everything
    could be had; then nothing has changed.
    """
    return _run(_Work(authority, trust, proofs, seconds, at), pdf, lambda work: work.stamped(pdf, work.with_evidence))


def timestamp(
    pdf: bytes, *, authority: TimeAuthority, trust: Trust, seconds: float = SECONDS, at: datetime | None = None
) -> bytes:
    """B-B to B-T: a document time stamp over everything so far, whose authority chains up to `trust`.

    `EvidenceMissing` when every authority is silent, late, answers another request or is not trusted.
    """
    return _run(_Work(authority, trust, None, seconds, at), pdf, lambda work: work.stamped(pdf))


def archive_stamp(
    pdf: bytes, *, authority: TimeAuthority, trust: Trust, seconds: float = SECONDS, at: datetime | None = None
) -> bytes:
    """B-LT to B-LTA: a document time stamp over the validation data too."""
    if "/DSS" not in PdfFileReader(BytesIO(pdf), strict=True).root:
        raise EvidenceMissing("There is no validation data to stamp yet.", code="no-validation-data")
    return timestamp(pdf, authority=authority, trust=trust, seconds=seconds, at=at)


def embed_validation_data(
    pdf: bytes, *, trust: Trust, fetch: bool = True, proofs: Proofs | None = None, at: datetime | None = None
) -> bytes:
    """B-T to B-LT: chains and revocation answers for every signature and time stamp go into the DSS.

    What has its entry there from an earlier step keeps it: a stamp covers it, and an altered entry would look like a
    change after every later signature (two officers on one record). `EvidenceMissing` when a chain does not reach
    `trust`, a certificate is revoked, or a source did not answer.
    """

    def nobody(_request: bytes) -> bytes:
        raise silent(())

    return _run(_Work(nobody, trust, proofs, SECONDS, at, fetch=fetch), pdf, lambda work: work.with_evidence_only(pdf))


def stamps_of(pdf: bytes) -> list[tuple[str, bytes]]:
    """Field name and certificate of the authority of each document time stamp, oldest first (for planning renewal)."""
    reader = PdfFileReader(BytesIO(pdf), strict=True)
    return [(str(s.field_name), bytes(s.signer_cert.dump())) for s in reader.embedded_timestamp_signatures]


@dataclass(frozen=True)
class _Work:
    """What one climb asks and whom it believes."""

    authority: TimeAuthority
    trust: Trust
    proofs: Proofs | None
    seconds: float
    at: datetime | None
    fetch: bool = True
    tokens: list[cms.ContentInfo] = field(default_factory=list)

    @property
    def patience(self) -> float:
        return self.seconds * 2 * len(each_of(self.authority)) + FETCH_SECONDS * 6 + 5

    async def stamped(self, pdf: bytes, extend: _Extend | None = None) -> bytes:
        """With a stamp by the first authority that gives a good one; `extend` adds to the same increment before it."""
        failures: list[tuple[str, EvidenceMissing]] = []
        for single in each_of(self.authority):
            with extending(pdf) as writer:
                if extend is not None:
                    await extend(writer)  # what is missing here no other time authority can give
                try:
                    stamped = await self._stamped_by(single, writer)
                except UNREADABLE as error:
                    failures.append((single.name, EvidenceMissing(str(error), code="time-stamp-unusable")))
                except EvidenceMissing as error:
                    failures.append((single.name, error))
                else:
                    single.answered()
                    return stamped
            single.failed()
        if len(failures) == 1:
            raise failures[0][1]
        raise silent([f"{name}: {error}" for name, error in failures])

    async def _stamped_by(self, single: Single, writer: Increment) -> bytes:
        stamper = PdfTimeStamper(
            _Judged(single.ask, work=self),
            invis_settings=fields.InvisSigSettings(box_out_of_bounds=True),
            readable_field_name="Time stamp",
        )
        digest = algorithms.digest_for_stamps(self.at or datetime.now(UTC))
        output = await stamper.async_timestamp_pdf(writer, digest, bytes_reserved=_STAMP_HEX_DIGITS)
        assert isinstance(output, BytesIO)
        return output.getvalue()

    async def with_evidence_only(self, pdf: bytes) -> bytes:
        with extending(pdf) as writer:
            await self.with_evidence(writer)
            output = BytesIO()
            writer.write(output)  # type: ignore[no-untyped-call]
        return output.getvalue()

    async def with_evidence(self, writer: Increment) -> None:
        """Write what proves each signature and stamp that has no entry yet."""
        kept = _entries(writer.prev)
        for embedded in writer.prev.embedded_signatures:
            raw = embedded.sig_object.raw_get("/Contents")
            contents = raw.hex().encode().upper() if isinstance(raw, bytes) else None
            if contents is None or DocumentSecurityStore.sig_content_identifier(contents) in kept:
                continue
            proof = await self._proof_of(embedded)
            DocumentSecurityStore.supply_dss_in_writer(
                writer,
                contents,
                certs=[certificates.load(der) for der in proof.certificates],
                ocsps=[ocsp.OCSPResponse.load(der) for der in proof.ocsps],
                crls=[CertificateList.load(der) for der in proof.crls],
            )

    async def _proof_of(self, embedded: EmbeddedPdfSignature) -> ChainProof:
        is_stamp = embedded.sig_object_type == "/DocTimeStamp"
        try:
            return await prove(
                embedded.signer_cert, others=embedded.other_embedded_certs, trust=self.trust, proofs=self.proofs,
                use="time-stamping" if is_stamp else "signing", fetch=self.fetch, at=self.at,
            )  # fmt: skip
        except EvidenceMissing as error:
            raise EvidenceMissing(f"{embedded.field_name!r}: {error.detail}", code=error.reason) from error


class _Judged(Stamper):
    """A stamper whose tokens are signed well, by one of the trusted authorities, before they get into a file."""

    def __init__(self, ask: TimeAuthority, *, work: _Work) -> None:
        super().__init__(ask, seconds=work.seconds)
        self._work = work

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> Any:
        token = await super().async_timestamp(message_digest, md_algorithm)
        await tokens.require_good(token, trust=self._work.trust, proofs=self._work.proofs, at=self._work.at)
        self._work.tokens.append(token)
        return token


def _run(work: _Work, pdf: bytes, make: Callable[[_Work], Coroutine[Any, Any, bytes]]) -> bytes:
    try:
        extended = loop.run(lambda: make(work), seconds=work.patience)
    except UNREADABLE as error:
        raise EvidenceMissing(f"{type(error).__name__}: {error}", code="upgrade-failed") from error
    _require_extended(pdf, extended)
    _require_sound(extended)
    return extended


def _entries(reader: PdfFileReader) -> set[str]:
    """The signatures and stamps whose evidence the file carries already, as its DSS names them."""
    return set(entry(entry(reader.root, "/DSS", {}), "/VRI", {}))


def _require_extended(old: bytes, new: bytes) -> None:
    if not new.startswith(old) or len(new) <= len(old):
        raise EvidenceMissing("The increment does not extend the signed bytes.", code="not-an-increment")


def _require_sound(pdf: bytes) -> None:
    try:
        all_sound(pdf)
    except Unsound as error:
        raise EvidenceMissing(str(error), code="unsound-after-upgrade") from error
