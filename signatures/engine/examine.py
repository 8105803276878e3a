"""One PDF, all facts: integrity from `integrity`, trust and time from `evidence`, our own rules, one conclusion.

Time is slid back over the document time stamps from the newest to the oldest (ETSI EN 319 102-1, 5.6): each is judged
at the instant that the next newer one proves, and a signature at the oldest instant that is proven for it. pyHanko's
own long-term routine wants a time stamp inside the CMS, which would change stored bytes. This function trusts its input
with nothing, but runs in the caller's process: for uploads use `verify.verify`, which puts it into a limited child.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from io import BytesIO
from typing import Final, Literal

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter, message_imprint_checker

from signatures.engine import certificates, loop
from signatures.engine.evidence import ChainFacts, Evidence, evidence_in, evidence_in_signature, judge_chain
from signatures.engine.facts import Level, Person, Report, SignatureFacts, Tri, Verdict, WholeState
from signatures.engine.integrity import Integrity, integrity_of
from signatures.engine.reading import UNREADABLE, entry
from signatures.engine.structure import odd_structure
from signatures.engine.trust import RevocationMode, Trust

SIZE_MAX: Final = 200 * 1024 * 1024
_SKEW: Final = timedelta(minutes=10)
_SECONDS: Final = 120.0
_FAILED_BY: Final = {
    "digest-differs": "HASH_FAILURE",
    "signature-wrong": "SIG_CRYPTO_FAILURE",
    "signature-malformed": "FORMAT_FAILURE",
}
# Codes that say that bytes were damaged or lie; all other integrity codes only make a file suspicious.
_BREAKING: Final = {
    "digest-differs", "signature-wrong", "signature-malformed", "signature-unreadable", "byte-range-odd",
    "byte-range-gap", "contents-elsewhere", "coverage-unclear",
}  # fmt: skip
# Nothing that was signed is touched, but the copy is not the one that was made.
_HIDING: Final = {"contents-mixed-case", "contents-padding", "contents-algorithms", "certificate-damaged"}
_PADES: Final = "/ETSI.CAdES.detached"
Reading = Literal["strict", "lenient"]


@dataclass
class _Found:
    """A signature field under examination."""

    name: str
    embedded: EmbeddedPdfSignature | None
    integrity: Integrity | None
    reasons: list[str] = field(default_factory=list)

    @property
    def is_stamp(self) -> bool:
        return self.embedded is not None and self.embedded.sig_object_type == "/DocTimeStamp"

    @property
    def covered_to(self) -> int:
        ranges = self.embedded.byte_range if self.embedded else (0, 0, 0, 0)
        return int(ranges[2]) + int(ranges[3])


@dataclass(frozen=True)
class _Stamp:
    """A document time stamp that was found good."""

    at: datetime
    covered_to: int
    revision: int


def examine(pdf: bytes, *, trust: Trust, at: datetime, fetch: bool = False) -> Report:
    """The answer about `pdf` as of `at`. Every failure to read is an answer too; nothing is raised for bad input."""
    base = {"sha256": sha256(pdf).hexdigest(), "size": len(pdf), "checked_at": at, "network_used": fetch}

    def answer(
        verdict: Verdict, integrity: WholeState, reading: Literal["strict", "lenient", "none"], *reasons: str
    ) -> Report:
        return Report(verdict, "", integrity, reading, (), reasons, **base)  # type: ignore[arg-type]

    if len(pdf) > SIZE_MAX:
        return answer(Verdict.UNREADABLE, WholeState.UNKNOWN, "none", "too-large")
    if b"%PDF-" not in pdf[:1024]:
        return answer(Verdict.UNREADABLE, WholeState.UNKNOWN, "none", "not-a-pdf")
    reasons: list[str] = []
    for reading in ("strict", "lenient"):
        try:
            reader = PdfFileReader(BytesIO(pdf), strict=reading == "strict")
            if reader.encrypted:
                return answer(Verdict.ENCRYPTED, WholeState.UNKNOWN, reading, "encrypted")
            found = _signatures(reader, pdf, trust)
            if not found:
                return answer(Verdict.NO_SIGNATURE, WholeState.NONE, reading, *reasons)
            odd = odd_structure(reader, pdf, [f.covered_to for f in found])
            judge = partial(_judge_all, reader, found, trust=trust, at=at, fetch=fetch)
            facts = loop.run(judge, seconds=_SECONDS)
        except UNREADABLE as error:
            reasons.append(f"{reading}-{type(error).__name__}")
            continue
        integrity, codes = _whole(found, facts, odd)
        verdict, sub = _conclusion(facts, integrity)
        return Report(verdict, sub, integrity, reading, tuple(facts), (*reasons, *codes), **base)  # type: ignore[arg-type]
    claims = b"/ByteRange" in pdf
    return answer(Verdict.UNREADABLE, WholeState.UNKNOWN, "none", *reasons, *(["claims-signature"] if claims else []))


def _signatures(reader: PdfFileReader, pdf: bytes, trust: Trust) -> list[_Found]:
    found: list[_Found] = []
    for name, _value, reference in enumerate_sig_fields(reader, filled_status=True):
        try:
            embedded = EmbeddedPdfSignature(reader, reference.get_object(), name)
            integrity = integrity_of(embedded, pdf, trust.root_certificates())
        except UNREADABLE as error:
            # A field that claims a signature which can't be read is a broken signature, not a missing one: the
            # "universal signature forgery" attacks null these very entries.
            found.append(_Found(name, None, None, ["signature-unreadable", f"error-{type(error).__name__}"]))
            continue
        found.append(_Found(name, embedded, integrity, list(integrity.reasons)))
    return sorted(found, key=lambda f: f.covered_to)


async def _judge_all(
    reader: PdfFileReader, found: list[_Found], *, trust: Trust, at: datetime, fetch: bool
) -> list[SignatureFacts]:
    evidence = evidence_in(reader)
    stamps: list[_Stamp] = []
    facts: dict[int, SignatureFacts] = {}
    control = at
    for index in reversed(range(len(found))):
        if found[index].is_stamp:
            facts[index], stamp = await _judge_stamp(
                found[index], evidence, trust=trust, at=control, outermost=not stamps, fetch=fetch
            )
            if stamp is not None:
                stamps.append(stamp)
                control = min(control, stamp.at)
    for index, one in enumerate(found):
        if not one.is_stamp:
            facts[index] = await _judge_signature(
                one, reader, evidence, [s for s in stamps if s.covered_to > one.covered_to],
                trust=trust, at=at, fetch=fetch,
            )  # fmt: skip
    return [facts[index] for index in range(len(found))]


async def _judge_stamp(
    one: _Found, evidence: Evidence, *, trust: Trust, at: datetime, outermost: bool, fetch: bool
) -> tuple[SignatureFacts, _Stamp | None]:
    embedded, integrity = one.embedded, one.integrity
    assert embedded is not None
    assert integrity is not None
    if not (integrity.intact and integrity.covered):
        return _facts(one, Verdict.TOTAL_FAILED, _failure(one)), None
    stamped_at: datetime = embedded.signed_data["encap_content_info"]["content"].parsed["gen_time"].native

    async def chain_by(known: Evidence, mode: RevocationMode, *, ask: bool = False) -> ChainFacts:
        return await judge_chain(
            embedded.signed_data, digest=None, trust=trust, moment=at, evidence=known, time_stamp=True, mode=mode,
            fetch=ask,
        )  # fmt: skip

    if outermost:
        # Nobody proves when the answers about the outermost authority existed, and years later they are stale: they
        # are heeded if they say "revoked", and not demanded. The archive stamp is renewed before that authority ends.
        chain = await chain_by(evidence, "soft-fail", ask=fetch)
        if not chain.trusted and chain.revoked_at is None:
            chain = await chain_by(Evidence(evidence.certificates), "soft-fail")
    else:
        chain = await chain_by(evidence, "require")
    if chain.trusted and stamped_at <= at + _SKEW:
        state = _facts(one, Verdict.TOTAL_PASSED, "", chain=chain, proven_at=stamped_at, time_source="own")
        return state, _Stamp(stamped_at, one.covered_to, embedded.signed_revision)
    one.reasons.append("time-stamp-untrusted")
    sub = chain.sub_indication or "TIMESTAMP_ORDER_FAILURE"
    return _facts(one, Verdict.INDETERMINATE, sub, chain=chain), None


async def _judge_signature(
    one: _Found, reader: PdfFileReader, evidence: Evidence, stamps: list[_Stamp], *,
    trust: Trust, at: datetime, fetch: bool,
) -> SignatureFacts:  # fmt: skip
    embedded, integrity = one.embedded, one.integrity
    if embedded is None or integrity is None or not (integrity.intact and integrity.covered):
        return _facts(one, Verdict.TOTAL_FAILED, _failure(one))
    own = evidence_in_signature(embedded.signer_info)
    proven_at, source = (min(s.at for s in stamps), "document-time-stamp") if stamps else (None, "none")
    inner = await _time_in_cms(embedded, evidence + own, trust=trust, at=proven_at or at)
    if inner is not None:
        proven_at, source = inner, "signature-time-stamp"
    digest = None if str(entry(embedded.sig_object, "/SubFilter")) == "/adbe.pkcs7.sha1" else embedded.compute_digest()

    async def chain_by(known: Evidence, mode: RevocationMode, *, ask: bool = False) -> ChainFacts:
        return await judge_chain(
            embedded.signed_data, digest=digest, trust=trust, moment=proven_at or at, evidence=known, mode=mode,
            fetch=ask,
        )  # fmt: skip

    chain = await chain_by(evidence + own, "require")
    if not chain.trusted and chain.revoked_at is None and fetch and proven_at is None:
        chain = await chain_by(evidence + own, "require", ask=True)
    verdict, sub, long_term, archived = Verdict.TOTAL_PASSED, "", proven_at is not None, False
    if not chain.trusted and chain.revoked_at is None:
        chain, long_term = await chain_by(evidence + own, "soft-fail"), False
        verdict, sub = Verdict.INDETERMINATE, chain.sub_indication or "TRY_LATER"
        one.reasons += ["revocation-unknown"] if chain.trusted else []
    elif not chain.trusted:
        verdict, sub, long_term = Verdict.INDETERMINATE, chain.sub_indication, False
    elif stamps:
        then = evidence_in(reader.get_historical_resolver(max(s.revision for s in stamps)))
        archived = (await chain_by(then + own, "require")).trusted
    if long_term and not archived and chain.valid_until is not None and chain.valid_until < at:
        # The revocation answers are not stamped, so nothing proves that they existed while the issuer's key was good.
        verdict, sub = Verdict.INDETERMINATE, "REVOCATION_OUT_OF_BOUNDS_NO_POE"
    level = _level(embedded, proven_at, long_term=long_term, archived=archived) if chain.trusted else Level.NONE
    claimed = _claimed(embedded)
    if claimed is not None and proven_at is not None and claimed > proven_at + _SKEW:
        one.reasons.append("claimed-after-proven")
    return _facts(one, verdict, sub, chain=chain, proven_at=proven_at, time_source=source, level=level)


async def _time_in_cms(
    embedded: EmbeddedPdfSignature, evidence: Evidence, *, trust: Trust, at: datetime
) -> datetime | None:
    """The earliest trusted signature time stamp inside the CMS."""
    best: datetime | None = None
    try:
        for token in extract_tst_data_iter(embedded.signer_info, signed=False):
            info = token["encap_content_info"]["content"].parsed
            imprint = info["message_imprint"]
            expected = message_imprint_checker(embedded.signer_info)(imprint["hash_algorithm"]["algorithm"].native)
            if expected != imprint["hashed_message"].native:
                continue
            chain = await judge_chain(
                token, digest=None, trust=trust, moment=at, evidence=evidence, time_stamp=True, mode="soft-fail"
            )
            stamped_at: datetime = info["gen_time"].native
            if chain.trusted and stamped_at <= at + _SKEW:
                best = min(best or stamped_at, stamped_at)
    except UNREADABLE:
        return best
    return best


def _level(embedded: EmbeddedPdfSignature, proven_at: datetime | None, *, long_term: bool, archived: bool) -> Level:
    if str(entry(embedded.sig_object, "/SubFilter")) != _PADES:
        return Level.NONE
    if proven_at is None:
        return Level.B
    if not long_term:
        return Level.T
    return Level.LTA if archived else Level.LT


def _failure(one: _Found) -> str:
    return next((_FAILED_BY[code] for code in one.reasons if code in _FAILED_BY), "FORMAT_FAILURE")


def _facts(
    one: _Found, verdict: Verdict, sub: str, *, chain: ChainFacts | None = None, proven_at: datetime | None = None,
    time_source: str = "none", level: Level = Level.NONE,
) -> SignatureFacts:  # fmt: skip
    embedded, integrity = one.embedded, one.integrity
    person, claimed, given = None, None, ""
    if embedded is not None:
        own = certificates.facts(embedded.signer_cert)
        person = Person(own.common_name, own.subject, own.issuer, own.serial, own.sha256, own.not_before, own.not_after)
        claimed = None if one.is_stamp else _claimed(embedded)
        given = str(entry(embedded.sig_object, "/Reason", ""))[:200]
    trusted: Tri = "unknown" if chain is None else ("yes" if chain.trusted else "no")
    revoked: Tri = "unknown"
    if chain is not None and chain.revoked_at is not None:
        trusted, revoked = "yes", "yes"
    elif chain is not None and chain.revocation_known:
        revoked = "no"
    return SignatureFacts(
        field=one.name,
        kind="time-stamp" if one.is_stamp else "signature",
        intact=bool(integrity and integrity.intact),
        coverage=integrity.coverage if integrity else "partial",
        changes_after=integrity.changes if integrity else "other",
        changed_fields=integrity.changed_fields if integrity else (),
        signer=person,
        claimed_at=claimed,
        reason_given=given,
        proven_at=proven_at,
        time_source=time_source,
        chain_trusted=trusted,
        trust_anchor=chain.anchor if chain else "",
        revoked_then=revoked,
        revoked_at=chain.revoked_at if chain else None,
        level=level,
        verdict=verdict,
        sub_indication=sub,
        reasons=tuple(dict.fromkeys(one.reasons)),
    )


def _person(embedded: EmbeddedPdfSignature) -> Person | None:
    try:
        own = certificates.facts(embedded.signer_cert)
    except UNREADABLE:
        return None
    return Person(own.common_name, own.subject, own.issuer, own.serial, own.sha256, own.not_before, own.not_after)


def _claimed(embedded: EmbeddedPdfSignature) -> datetime | None:
    try:
        claimed: datetime | None = embedded.self_reported_timestamp
    except UNREADABLE:
        return None
    return claimed.astimezone() if claimed is not None and claimed.tzinfo is None else claimed


def _whole(found: list[_Found], facts: list[SignatureFacts], odd: list[str]) -> tuple[WholeState, list[str]]:
    """Was the file tampered with? `intact` only when every signature is, and nothing uncovered follows the last."""
    codes = list(odd)
    if any(code in _BREAKING for one in found for code in one.reasons) or not all(fact.intact for fact in facts):
        return WholeState.BROKEN, codes
    codes += [code for one in found for code in one.reasons if code in _HIDING]
    harmless = all(one.integrity is not None and one.integrity.changes_harmless for one in found)
    last = max(found, key=lambda one: one.covered_to).integrity
    if last is None or not (last.covers_whole_file or last.changes == "archive-data"):
        # Form filling that no later signature covers: an added empty field, a rewritten value (signing.md section 6).
        codes.append("uncovered-changes")
    if not harmless or codes:
        return WholeState.SUSPICIOUS, codes
    return WholeState.INTACT, codes


def _conclusion(facts: list[SignatureFacts], integrity: WholeState) -> tuple[Verdict, str]:
    signatures = [fact for fact in facts if fact.kind == "signature"]
    for fact in facts:
        if fact.verdict is Verdict.TOTAL_FAILED:
            return Verdict.TOTAL_FAILED, fact.sub_indication
    if integrity in {WholeState.BROKEN, WholeState.SUSPICIOUS}:
        return Verdict.TOTAL_FAILED, "FORMAT_FAILURE"
    if not signatures:
        return Verdict.NO_SIGNATURE, ""
    for fact in signatures:
        if fact.verdict is not Verdict.TOTAL_PASSED:
            return Verdict.INDETERMINATE, fact.sub_indication
    return Verdict.TOTAL_PASSED, ""
