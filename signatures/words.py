"""The verifier's plain sentences: the engine's codes as words, in the language of the page."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from eoffice.core.errors import Text
from eoffice.core.templatetags.eoffice_ui import office_moment
from signatures.engine.facts import Level, Report, SignatureFacts, Verdict, WholeState
from signatures.models import PaperState, SignedPaper
from signatures.queries_verify import Check, Known

NO = pgettext_lazy("answer", "No.")
# In the language in which it is shown, not in that in which it was asked for.
_moment = lazy(office_moment, str)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The sentence above the facts, and how it looks: good, bad or open."""

    tone: str
    icon: str
    sentence: Text
    advice: Text = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """Question, short answer, explanation. `state` is yes, no, wait or na; `reference` can be looked up for more."""

    state: str
    question: Text
    answer: Text
    more: Text = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Facts that belong together; without a title where the file holds one signature."""

    title: Text
    facts: list[Fact]


_ASK = _("Ask the issuing office for the original, and keep this copy.")


def outcome_of_check(check: Check) -> Outcome:
    """The sentence about a file that was sent, with what this office knows of that paper."""
    known, report = check.known, check.report
    if check.is_tampered:
        return _tampered(check)
    plain = outcome_of(report, known.paper)
    in_force = known.paper is None or known.paper.state == PaperState.CURRENT
    if known.likeness == "same" and known.place < known.of and report.sub_indication == "TRY_LATER" and in_force:
        return replace(plain, advice=_("This office keeps a later copy that carries the missing proof; ask for it."))
    if plain.tone == "bad" or known.likeness in {"same", "none"} or report.integrity is not WholeState.INTACT:
        return plain
    return _not_the_stored_one(known) if in_force else plain


def _tampered(check: Check) -> Outcome:
    known = check.known
    reference = known.paper.reference if known.paper and known.likeness != "same" else ""
    advice = _ask_for(reference) if reference else _ASK
    if check.inner is not None and check.report.integrity is not WholeState.BROKEN:
        return Outcome("bad", "x-lg", _("Do not rely on this copy: what was added hides its signature."), advice)
    return Outcome("bad", "x-lg", _CHANGED, advice)


def _not_the_stored_one(known: Known) -> Outcome:
    """Unbroken, and yet not what this office gave out."""
    if known.likeness == "unrecorded":
        return Outcome(
            "open", _WARNING, _("Its signature is unbroken, but this office has no record of this paper."),
            _("It was signed with the key of an officer of this office, outside its records. Ask the office first."),
        )  # fmt: skip
    return Outcome(
        "open", _WARNING, _("The signed letter is genuine, but this copy is not one that this office stored."),
        _("What was signed is unchanged; see below what differs. Ask the office for its own copy if it matters."),
    )  # fmt: skip


_WARNING = "exclamation-triangle"


def _ask_for(reference: str) -> Text:
    return format_lazy(
        _("A genuine letter with reference {reference} exists; this is an altered copy of it. {ask}"),
        reference=reference, ask=_ASK,
    )  # fmt: skip


_CHANGED = _("Do not rely on this copy: it was changed after it was signed.")


def outcome_of(report: Report, paper: SignedPaper | None) -> Outcome:
    """One sentence that follows from the facts; never a green tick for anything that is not proven."""
    if report.integrity in {WholeState.BROKEN, WholeState.SUSPICIOUS}:
        return Outcome("bad", "x-lg", _CHANGED, _ASK)
    if "claims-signature" in report.reasons:
        damaged = _("Do not rely on this copy: it is damaged, and its signature can't be read any more.")
        return Outcome("bad", "x-lg", damaged, _ASK)
    simple = {
        Verdict.NO_SIGNATURE: (_("This file carries no digital signature."), _ASK),
        Verdict.ENCRYPTED: (
            _("This file is locked with a password, so it can't be checked."), _("Check the file as it was sent."),
        ),
        Verdict.UNREADABLE: (
            _("This file can't be read as a PDF, so nothing can be said about it."),
            _("Download the letter again and check that copy; a scan or photo carries no signature."),
        ),
    }  # fmt: skip
    if report.verdict in simple:
        sentence, advice = simple[report.verdict]
        return Outcome("open", "question-circle", sentence, advice)
    if report.verdict is Verdict.TOTAL_FAILED:
        return Outcome("bad", "x-lg", _("Do not rely on this copy: its signature is not right."), _ASK)
    return _genuine(report, paper)


def _genuine(report: Report, paper: SignedPaper | None) -> Outcome:
    if paper is not None and paper.state == PaperState.WITHDRAWN:
        return Outcome("bad", "x-lg", _("This letter is genuine, but it was withdrawn and is no longer in force."))
    if paper is not None and paper.state == PaperState.SUPERSEDED:
        return Outcome("open", _WARNING, _("This letter is genuine, but another letter has replaced it."))
    if report.verdict is Verdict.TOTAL_PASSED:
        genuine = _("This letter is genuine and has not been changed since it was signed.")
        if not _is_letter(paper):
            genuine = _("This record is genuine and has not been changed since it was signed.")
        return Outcome("good", "check-lg", genuine)
    return Outcome(
        "open",
        "question-circle",
        _("This file has not been changed since it was signed, but not everything about the signer is proven."),
        _INDETERMINATE.get(report.sub_indication, _("See below what is missing.")),
    )


def _is_letter(paper: SignedPaper | None) -> bool:
    """Records of decisions and notes, lists and sheets are signed too; none of them is a letter."""
    return paper is None or paper.kind == "letter"


_INDETERMINATE = {
    "TRY_LATER": _("The proof that the certificate was not revoked is still on its way. Check again later."),
    "NO_CERTIFICATE_CHAIN_FOUND": _("The signer's certificate is not by an authority that this office trusts."),
    "REVOKED_NO_POE": _("The signer's certificate was revoked, and nothing proves that the signature is older."),
    "OUT_OF_BOUNDS_NO_POE": _("The signer's certificate has ended, and nothing proves that the signature is older."),
}


def groups_of(check: Check) -> list[Group]:
    """Each fact on its own, for the page; the facts of each signature apart where there are several."""
    known, signatures = check.known, check.signers[:SIGNERS_SHOWN]
    first = Fact("no", _("Unchanged?"), NO, _HIDDEN) if check.inner else _unchanged(check.report)
    whole, end = [first, *_stored(known)], _in_force_of(check)
    if len(signatures) <= 1:
        return [
            Group("", [whole[0], *(fact for one in signatures for fact in _of(one, check.report)), *whole[1:], end])
        ]
    groups = [Group("", [*whole, end])]
    for number, one in enumerate(signatures, start=1):
        title = format_lazy(_("Signature {number} of {count}"), number=number, count=len(check.signers))
        groups.append(Group(title, _of(one, check.report)))
    return groups


# What a certificate says of itself may be anything and of any length.
_NAME_MAX, _SUBJECT_MAX = 100, 200
# A file may be stuffed with signatures; the page stays readable, and says how many there are.
SIGNERS_SHOWN = 12


_HIDDEN = _("What was added to the file hides the signature in it from programs.")


def _of(one: SignatureFacts, report: Report) -> list[Fact]:
    facts = [_who(one), _trusted(one), _revoked(one), _time(one), *_added(one, report)]
    if report.integrity is WholeState.INTACT or not one.intact:
        return facts
    # Right, but not for the file as it is now: no mark of approval on a copy that nobody should rely on.
    return [
        replace(facts[0], state="na", more=_("Signed the file as it was before it was changed.")),
        *facts[1:3],
        replace(facts[3], state="na", more=_("Of the file as it was signed, not as it is now.")),
        *facts[4:],
    ]


def facts_of(report: Report, paper: SignedPaper | None) -> list[Fact]:
    """The same as one list, for a paper that nobody compares with a stored one."""
    facts = [_unchanged(report)]
    signatures = [one for one in report.signatures if one.kind == "signature"]
    for one in signatures:
        facts += [_who(one), _trusted(one), _revoked(one), _time(one)]
    facts.append(_in_force(paper))
    return facts


def _unchanged(report: Report) -> Fact:
    question = _("Unchanged?")
    if report.integrity is WholeState.INTACT:
        return Fact("yes", question, _("Yes."), _("The signature covers the whole document."))
    if report.integrity in {WholeState.NONE, WholeState.UNKNOWN}:
        return Fact("na", question, _("Nothing can be said."))
    if any(one.intact and 0 < one.covered_to < report.size for one in report.signatures):
        more = _("Something was added to the file after signing that no signer allowed.")
    elif report.signatures and all(one.intact for one in report.signatures):
        more = _("What was signed is there, but the signature itself was tampered with.")
    else:
        more = _("The signed part itself was altered; what was signed can't be seen in this copy.")
    return Fact("no", question, NO, more)


def _stored(known: Known) -> list[Fact]:
    """The comparison with what this office stored; nothing for papers of others."""
    question = _("As this office stored it?")
    copy = format_lazy(_("Stored copy {place} of {of}."), place=known.place, of=known.of)
    if known.likeness == "same":
        more = copy if known.place == known.of else format_lazy("{copy} {later}", copy=copy, later=_LATER)
        return [Fact("yes", question, _("Yes, byte for byte."), more)]
    if known.likeness == "longer":
        surplus = ngettext_lazy(
            "{count} byte follows that this office did not add.",
            "{count} bytes follow that this office did not add.",
            known.surplus,
        )
        surplus = format_lazy(surplus, count=known.surplus)
        begins = format_lazy(_("It begins with stored copy {place} of {of}."), place=known.place, of=known.of)
        return [Fact("no", question, NO, format_lazy("{begins} {surplus}", begins=begins, surplus=surplus))]
    if known.likeness == "shorter":
        return [Fact("no", question, NO, _("It is only the beginning of the stored copy."))]
    if known.likeness == "other":
        return [Fact("no", question, NO, _("An officer signed this letter here, but the stored copy has other bytes."))]
    if known.likeness == "unrecorded":
        more = _("Signed with the key of an officer of this office, but no such paper is on record here.")
        return [Fact("no", question, NO, more)]
    return []


_LATER = _("A later copy carries more proof for the years to come; what was signed is the same.")


def _added(one: SignatureFacts, report: Report) -> list[Fact]:
    """What lies in the file after this signature and is allowed, in words; the rest is shown as pictures."""
    later = [other for other in report.signatures if other.covered_to > one.covered_to and other.intact]
    # Two stamps of one minute are told once.
    said: list[Text] = list({_mark(other): _later(other) for other in later[:SIGNERS_SHOWN]}.values())
    if one.changes_after == "archive-data":
        said.append(_("proof about certificates"))
    if not said:
        return []
    listed = format_lazy("; ".join(["{}"] * len(said)), *said)
    if report.integrity is not WholeState.INTACT or one.changes_after == "other":
        return [Fact("na", _("Added after it?"), listed)]
    return [Fact("yes", _("Added after it?"), listed, _("None of this changes what was signed."))]


def _mark(other: SignatureFacts) -> tuple[str, str]:
    if other.kind == "time-stamp":
        return other.kind, f"{other.proven_at:%Y-%m-%d %H:%M}" if other.proven_at else ""
    return other.kind, other.field


def _later(other: SignatureFacts) -> Text:
    if other.kind == "time-stamp":
        if other.proven_at is None:
            return _("a time stamp that is not proven")
        return format_lazy(_("time stamp of {time}"), time=_moment(other.proven_at))
    return format_lazy(_("signature of {name}"), name=other.signer.name[:_NAME_MAX] if other.signer else "?")


def _who(one: SignatureFacts) -> Fact:
    question = _("Who signed?")
    if one.signer is None:
        return Fact("no", question, _("Nobody can be named."))
    name = one.signer.name[:_NAME_MAX]
    if not one.intact or one.verdict is Verdict.TOTAL_FAILED:
        return Fact("na", question, name, _("The name in the file is not proven for the altered text."))
    return Fact(
        "yes" if one.chain_trusted == "yes" else "wait",
        question,
        name,
        _besides_name(one.signer.subject)[:_SUBJECT_MAX],
    )


def _besides_name(subject: str) -> str:
    """What the certificate says of the signer besides the name; without its labels, which are always English."""
    parts = subject.split("; " if "; " in subject else ", ")
    return ", ".join(part.partition(": ")[2] or part for part in parts if not part.startswith("Common Name"))


def _trusted(one: SignatureFacts) -> Fact:
    question = _("Certificate trusted?")
    if one.chain_trusted == "yes":
        more = _("Yes, but that does not make this copy genuine.") if not one.intact else ""
        return Fact("yes", question, one.trust_anchor or _("Yes."), more)
    if one.chain_trusted == "no":
        return Fact("no", question, NO, _("It is not by an authority that this office trusts."))
    return Fact("na", question, _("Not checked."))


def _revoked(one: SignatureFacts) -> Fact:
    question = _("Revoked at that time?")
    if one.revoked_then == "no":
        return Fact("yes", question, _("Not revoked."), _("The proof of that day is kept inside the letter."))
    if one.revoked_then == "yes":
        return Fact("no", question, _("Revoked."))
    return Fact("wait", question, _("Not known yet."), _("The proof is not inside this copy."))


def _time(one: SignatureFacts) -> Fact:
    question = _("Time stamp")
    if one.proven_at is None or not one.intact:
        return Fact("wait" if one.intact else "no", question, _("None for this text."))
    return Fact("yes", question, _moment(one.proven_at), _LASTS.get(one.level, _LASTS[Level.T]))


_LASTS = {
    Level.T: _("By an independent time authority."),
    Level.LT: _("By an independent time authority; the proof about the certificate lies in the file."),
    Level.LTA: _("By an independent time authority; provable for decades."),
}


def _in_force_of(check: Check) -> Fact:
    """For a copy that is not the stored one: whether the letter is in force says nothing for the copy."""
    known = check.known
    fact = _in_force(known.paper)
    if known.paper is None and known.likeness != "none":
        return Fact("na", fact.question, _("Not on record here."), _("Ask the issuing office."))
    if known.paper is not None and known.paper.state == PaperState.CURRENT and known.likeness != "same":
        return Fact("na", fact.question, _("The original is in force; this copy is no proof of it."))
    return fact


def _in_force(paper: SignedPaper | None) -> Fact:
    question = _("Still in force?")
    if paper is None:
        return Fact("na", question, _("Not a letter of this office."), _("Its own office can say."))
    if paper.state == PaperState.CURRENT:
        return Fact("yes", question, _("Yes."), _("Neither withdrawn nor replaced until now."))
    reference = paper.ended_by.reference if paper.ended_by is not None else ""
    if paper.state == PaperState.SUPERSEDED and paper.superseded_by is not None:
        by = format_lazy(_("Replaced by {reference}."), reference=paper.superseded_by.reference)
        reference = paper.superseded_by.reference
        return Fact("no", question, NO, format_lazy("{what} {act}", what=by, act=_ended(paper)), reference)
    more = format_lazy("{what} {act}", what=_("It was withdrawn."), act=_ended(paper))
    return Fact("no", question, NO, more, reference)


def _ended(paper: SignedPaper) -> Text:
    """Since when, and by which signed act, that can be looked up by its own reference number."""
    if paper.ended_at is None:
        return ""
    if paper.ended_by is None:
        return format_lazy(_("Since {time}."), time=_moment(paper.ended_at))
    return format_lazy(
        _("Since {time}, by the signed decision {reference}."), time=_moment(paper.ended_at),
        reference=paper.ended_by.reference,
    )  # fmt: skip


NOT_FOUND = Outcome(
    "open",
    "question-circle",
    _("No signed letter fits these details."),
    _("Compare number, date and name with the print, letter by letter. The page does not say which one differs."),
)


def outcome_of_paper(paper: SignedPaper) -> Outcome:
    """For a look-up from the print: the record exists; whether a copy is unchanged only the PDF can show."""
    if paper.state == PaperState.WITHDRAWN:
        return Outcome("bad", "x-lg", _("A letter with these details was signed, and it was withdrawn."))
    if paper.state == PaperState.SUPERSEDED:
        return Outcome("open", _WARNING, _("A letter with these details was signed, and another replaced it."))
    signed = _("A letter with these details was signed and is in force.")
    return Outcome(
        "good",
        "check-lg",
        signed if _is_letter(paper) else _("A record with these details was signed."),
        _("To be sure that your copy is unchanged, upload the PDF: a print can't prove that."),
    )


def facts_of_paper(paper: SignedPaper, *, pending: bool) -> list[Fact]:
    """What is known of a signed paper without its file."""
    return [
        Fact("na", _("Unchanged?"), _("A print can't prove it."), _("Upload the PDF to be sure.")),
        Fact(
            "wait" if pending else "yes",
            _("Time stamp"),
            _("On its way.") if pending else _("Kept with the letter."),
        ),
        _in_force(paper),
    ]
