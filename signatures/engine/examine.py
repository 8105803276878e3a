"""One PDF, all facts: integrity from `integrity`, trust and time from `evidence`, our own rules, one conclusion.

Time is slid back over the document time stamps from the newest to the oldest (ETSI EN 319 102-1, 5.6): each is judged
at the instant that the next newer one proves, and a signature at the oldest instant that is proven for it. pyHanko's
own long-term routine wants a time stamp inside the CMS, which would change stored bytes. This function trusts its input
with nothing, but runs in the caller's process: for uploads use `verify.verify`, which puts it into a limited child.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from io import BytesIO
from typing import Any, Final, Literal

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.crypt import AuthStatus
from pyhanko.pdf_utils.misc import PdfStrictReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import find_unique_cms_attribute
from pyhanko.sign.validation.generic_cms import extract_self_reported_ts, extract_tst_data_iter, message_imprint_checker

from signatures.engine import certificates, loop, signed
from signatures.engine.evidence import (
    ChainFacts,
    Evidence,
    evidence_in,
    evidence_in_signature,
    judge_certificate,
    judge_chain,
)  # fmt: skip
from signatures.engine.facts import Level, Person, Report, SignatureFacts, Tri, Verdict, WholeState
from signatures.engine.integrity import Integrity, Paper, judge, rewritten_since
from signatures.engine.reading import UNREADABLE, entry
from signatures.engine.signed import Signed
from signatures.engine.structure import odd_evidence, odd_signatures, odd_structure
from signatures.engine.tail import odd_tail
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
    "byte-range-gap", "contents-elsewhere", "coverage-unclear", "signature-ambiguous", "signer-unknown",
}  # fmt: skip
# Nothing that was signed is touched, but the copy is not the one that was made; or more than may be was added to it.
_NOT_CLEAN: Final = {
    "contents-mixed-case", "contents-padding", "contents-labels", "certificate-damaged", "certificate-swapped",
    "time-stamp-damaged", "evidence-damaged", "changed-after-signing", "form-fields-changed", "docmdp-violated",
    "field-lock-violated", "late-empty-field", "late-visible-field", "objects-outside-the-table", "signature-twice",
    "signature-removed",
}  # fmt: skip
_PADES: Final = "/ETSI.CAdES.detached"
Reading = Literal["strict", "lenient", "none"]


@dataclass
class _Found:
    """A signature field under examination."""

    name: str
    signed: Signed | None
    integrity: Integrity | None
    reasons: list[str] = field(default_factory=list)

    @property
    def is_stamp(self) -> bool:
        return self.signed is not None and self.signed.is_stamp

    @property
    def covered_to(self) -> int:
        return self.signed.covered_to if self.signed else 0

    @property
    def is_sound(self) -> bool:
        return self.integrity is not None and self.integrity.intact and self.integrity.covered


@dataclass(frozen=True)
class _Stamp:
    """A document time stamp that was found good."""

    at: datetime
    covered_to: int


def examine(pdf: bytes, *, trust: Trust, at: datetime, fetch: bool = False) -> Report:
    """The answer about `pdf` as of `at`. Every failure to read is an answer too; nothing is raised for bad input."""
    base = {"sha256": sha256(pdf).hexdigest(), "size": len(pdf), "checked_at": at, "network_used": fetch}

    def answer(verdict: Verdict, integrity: WholeState, reading: Reading, *reasons: str) -> Report:
        return Report(verdict, "", integrity, reading, (), reasons, **base)  # type: ignore[arg-type]

    if len(pdf) > SIZE_MAX:
        return answer(Verdict.UNREADABLE, WholeState.UNKNOWN, "none", "too-large")
    if b"%PDF-" not in pdf[:1024]:
        return answer(Verdict.UNREADABLE, WholeState.UNKNOWN, "none", "not-a-pdf")
    reasons: list[str] = []
    readings: tuple[Reading, ...] = ("strict", "lenient")
    for reading in readings:
        try:
            reader = PdfFileReader(BytesIO(pdf), strict=reading == "strict")
            if reading == "strict" and reader.xrefs.hybrid_xrefs_present:
                # Two tables of contents, for old and new programs (Word writes them): said, and read with both.
                reasons.append("hybrid")
                continue
            locked = reader.encrypted and not _opens_without_password(reader)
            if locked:
                return answer(Verdict.ENCRYPTED, WholeState.UNKNOWN, reading, *reasons, "encrypted")
            paper = Paper(pdf, reader, password=reader.encrypted)
            found = _signatures(paper, trust)
            if not found:
                return _unsigned(paper, reading, reasons, answer)
            last = max(f.covered_to for f in found)
            rights = _rights(paper)
            known = [one.signed.ranges for one in found if one.signed is not None]
            odd = odd_structure(pdf, [last]) + odd_signatures(pdf, known + ([rights.ranges] if rights else []))
            odd += rewritten_since(rights, paper) if rights else []
            if last < len(pdf):
                odd += odd_evidence(paper.present())
                odd += odd_tail(pdf, last, paper.present(), paper.revision(last)) if found[-1].is_sound else []
            judged = partial(_judge_all, paper, found, trust=trust, at=at, fetch=fetch)
            facts = loop.run(judged, seconds=_SECONDS)
        except UNREADABLE as error:
            reasons.append(f"{reading}-{type(error).__name__}")
            continue
        integrity, codes = _whole(found, facts, odd)
        verdict, sub = _conclusion(facts, integrity)
        return Report(verdict, sub, integrity, reading, tuple(facts), (*reasons, *codes), **base)  # type: ignore[arg-type]
    claims = b"/ByteRange" in pdf
    return answer(Verdict.UNREADABLE, WholeState.UNKNOWN, "none", *reasons, *(["claims-signature"] if claims else []))


def _opens_without_password(reader: PdfFileReader) -> bool:
    """Many files are locked against changes only: anybody may read them, so anybody may check them."""
    try:
        return bool(reader.decrypt("").status is not AuthStatus.FAILED)
    except UNREADABLE:
        return False


def _unsigned(paper: Paper, reading: Reading, reasons: list[str], answer: Callable[..., Report]) -> Report:
    """No person signed. The signature that unlocks functions of Adobe's reader can still vouch for the bytes."""
    if paper.reader.encrypted:
        return answer(Verdict.ENCRYPTED, WholeState.UNKNOWN, reading, *reasons, "encrypted")
    try:
        rights = signed.usage_rights(paper.reader)
        if rights is not None and rights.covered_to == len(paper.pdf):
            state = judge(rights, paper)
            if state.intact and state.covers_whole_file and not _NOT_CLEAN & set(state.reasons):
                return answer(Verdict.NO_SIGNATURE, WholeState.INTACT, reading, *reasons, "usage-rights")
    except UNREADABLE:
        pass
    return answer(Verdict.NO_SIGNATURE, WholeState.NONE, reading, *reasons)


def _rights(paper: Paper) -> Signed | None:
    try:
        return signed.usage_rights(paper.reader)
    except UNREADABLE:
        return None


def _signatures(paper: Paper, trust: Trust) -> list[_Found]:
    found: list[_Found] = []
    roots, known = trust.root_certificates(), list(evidence_in(paper.reader).certificates)
    for one in filter(signed.is_filled, signed.fields_of(paper.reader)):
        try:
            value = signed.signed(one)
            integrity = judge(value, paper, roots, known)
        except UNREADABLE as error:
            if isinstance(error, PdfStrictReadError):
                raise
            # A field that claims a signature which can't be read is a broken signature, not a missing one: the
            # "universal signature forgery" attacks null these very entries.
            found.append(_Found(one.name, None, None, ["signature-unreadable", f"error-{type(error).__name__}"]))
            continue
        found.append(_Found(one.name, value, integrity, list(integrity.reasons)))
    return sorted(found, key=lambda f: f.covered_to)


async def _judge_all(
    paper: Paper, found: list[_Found], *, trust: Trust, at: datetime, fetch: bool
) -> list[SignatureFacts]:
    evidence = evidence_in(paper.reader)
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
                one, paper, evidence, [s for s in stamps if s.covered_to > one.covered_to],
                trust=trust, at=at, fetch=fetch,
            )  # fmt: skip
    return [facts[index] for index in range(len(found))]


async def _judge_stamp(
    one: _Found, evidence: Evidence, *, trust: Trust, at: datetime, outermost: bool, fetch: bool
) -> tuple[SignatureFacts, _Stamp | None]:
    if not one.is_sound or one.integrity is None or one.integrity.envelope is None:
        return _facts(one, Verdict.TOTAL_FAILED, _failure(one)), None
    token = one.integrity.envelope.signed
    assert token is not None
    stamped_at: datetime = token["encap_content_info"]["content"].parsed["gen_time"].native

    async def chain_by(known: Evidence, mode: RevocationMode, *, ask: bool = False) -> ChainFacts:
        return await judge_chain(
            token, digest=None, trust=trust, moment=at, evidence=known, time_stamp=True, mode=mode, fetch=ask
        )

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
        return state, _Stamp(stamped_at, one.covered_to)
    one.reasons.append("time-stamp-untrusted")
    sub = chain.sub_indication or "TIMESTAMP_ORDER_FAILURE"
    return _facts(one, Verdict.INDETERMINATE, sub, chain=chain), None


async def _judge_signature(
    one: _Found, paper: Paper, evidence: Evidence, stamps: list[_Stamp], *, trust: Trust, at: datetime, fetch: bool
) -> SignatureFacts:
    if not one.is_sound:
        return _facts(one, Verdict.TOTAL_FAILED, _failure(one))
    assert one.signed is not None
    assert one.integrity is not None
    envelope = one.integrity.envelope
    assert envelope is not None
    own = evidence_in_signature(envelope.signer_info) if envelope.signer_info is not None else Evidence()
    proven_at, source = (min(s.at for s in stamps), "document-time-stamp") if stamps else (None, "none")
    inner = await _time_in_cms(envelope.signer_info, evidence + own, trust=trust, at=proven_at or at)
    if inner is not None:
        proven_at, source = inner, "signature-time-stamp"
    digest = None if one.signed.sub_filter == "/adbe.pkcs7.sha1" else one.integrity.digest

    async def chain_by(known: Evidence, mode: RevocationMode, *, ask: bool = False) -> ChainFacts:
        moment = proven_at or at
        if envelope.signed is None:
            return await judge_certificate(
                envelope.signer, envelope.certificates, trust=trust, moment=moment, evidence=known, mode=mode, fetch=ask
            )
        return await judge_chain(
            envelope.signed, digest=digest, trust=trust, moment=moment, evidence=known, mode=mode, fetch=ask
        )

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
        then = evidence_in(paper.revision(max(s.covered_to for s in stamps)))
        archived = (await chain_by(then + own, "require")).trusted
    if long_term and not archived and chain.valid_until is not None and chain.valid_until < at:
        # The revocation answers are not stamped, so nothing proves that they existed while the issuer's key was good.
        verdict, sub = Verdict.INDETERMINATE, "REVOCATION_OUT_OF_BOUNDS_NO_POE"
    level = _level(one.signed, proven_at, long_term=long_term, archived=archived) if chain.trusted else Level.NONE
    _compare_times(one, proven_at)
    return _facts(one, verdict, sub, chain=chain, proven_at=proven_at, time_source=source, level=level)


def _compare_times(one: _Found, proven_at: datetime | None) -> None:
    claimed = _claimed(one)
    if claimed is not None and proven_at is not None and claimed > proven_at + _SKEW:
        one.reasons.append("claimed-after-proven")


async def _time_in_cms(info: Any, evidence: Evidence, *, trust: Trust, at: datetime) -> datetime | None:
    """The earliest trusted signature time stamp inside the CMS."""
    best: datetime | None = None
    if info is None:
        return None
    try:
        for token in extract_tst_data_iter(info, signed=False):
            stamp = token["encap_content_info"]["content"].parsed
            imprint = stamp["message_imprint"]
            expected = message_imprint_checker(info)(imprint["hash_algorithm"]["algorithm"].native)
            if expected != imprint["hashed_message"].native:
                continue
            chain = await judge_chain(
                token, digest=None, trust=trust, moment=at, evidence=evidence, time_stamp=True, mode="soft-fail"
            )
            stamped_at: datetime = stamp["gen_time"].native
            if chain.trusted and stamped_at <= at + _SKEW:
                best = min(best or stamped_at, stamped_at)
    except UNREADABLE:
        return best
    return best


def _level(one: Signed, proven_at: datetime | None, *, long_term: bool, archived: bool) -> Level:
    if one.sub_filter != _PADES:
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
    integrity = one.integrity
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
        signer=_person(one),
        claimed_at=None if one.is_stamp else _claimed(one),
        reason_given=_reason(one),
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
        covered_to=one.covered_to,
        signed_digest=_signed_digest(one),
    )


def _signed_digest(one: _Found) -> str:
    """The digest in the signed attributes, given only when the signature over them is right."""
    try:
        info = one.integrity.envelope.signer_info if one.integrity and one.integrity.envelope else None
        if info is None or one.is_stamp or one.integrity is None or not one.integrity.signature_right:
            return ""
        stated = find_unique_cms_attribute(info["signed_attrs"], "message_digest")
        return bytes(stated.native).hex()
    except UNREADABLE:
        return ""


def _person(one: _Found) -> Person | None:
    if one.integrity is None or one.integrity.envelope is None:
        return None
    try:
        own = certificates.facts(one.integrity.envelope.signer)
    except UNREADABLE:
        return None
    return Person(own.common_name, own.subject, own.issuer, own.serial, own.sha256, own.not_before, own.not_after)


def _reason(one: _Found) -> str:
    try:
        return str(entry(one.signed.dictionary, "/Reason", "") if one.signed else "")[:200]
    except UNREADABLE:
        return ""


def _claimed(one: _Found) -> datetime | None:
    """The time that the signer's own clock gave: in the CMS, else in the file."""
    try:
        info = one.integrity.envelope.signer_info if one.integrity and one.integrity.envelope else None
        claimed = extract_self_reported_ts(info) if info is not None else None
        if claimed is None and one.signed is not None and "/M" in one.signed.dictionary:
            claimed = generic.parse_pdf_date(str(one.signed.dictionary["/M"]), strict=False)
    except UNREADABLE:
        return None
    return claimed.astimezone() if claimed is not None and claimed.tzinfo is None else claimed


def _whole(found: list[_Found], facts: list[SignatureFacts], odd: list[str]) -> tuple[WholeState, list[str]]:
    """Was the file tampered with? `intact` only when every signature is, and nothing uncovered follows the last."""
    codes = list(odd)
    if any(code in _BREAKING for one in found for code in one.reasons) or not all(fact.intact for fact in facts):
        return WholeState.BROKEN, codes
    codes += [code for one in found for code in one.reasons if code in _NOT_CLEAN]
    last = max(found, key=lambda one: one.covered_to).integrity
    if last is None or not (last.covers_whole_file or last.changes == "archive-data"):
        # What no later signature covers may only be validation data: not form filling (the shadow attack "replace"),
        # and not an increment that seems to do nothing, because another reader may see in it what ours does not.
        codes.append("uncovered-changes")
    return (WholeState.SUSPICIOUS if codes else WholeState.INTACT), list(dict.fromkeys(codes))


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
