"""The verifier's plain sentences: the engine's codes as words, in the language of the page."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from eoffice.core.errors import Text
from eoffice.core.templatetags.eoffice_ui import office_moment
from signatures.engine.facts import Report, SignatureFacts, Verdict, WholeState
from signatures.models import PaperState, SignedPaper

NO = pgettext_lazy("answer", "No.")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The sentence above the facts, and how it looks: good, bad or open."""

    tone: str
    icon: str
    sentence: Text
    advice: Text = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """Question, short answer, explanation. `state` is yes, no, wait or na."""

    state: str
    question: Text
    answer: Text
    more: Text = ""


_ASK = _("Ask the issuing office for the original, and keep this copy.")


def outcome_of(report: Report, paper: SignedPaper | None) -> Outcome:
    """One sentence that follows from the facts; never a green tick for anything that is not proven."""
    if report.integrity in {WholeState.BROKEN, WholeState.SUSPICIOUS}:
        return Outcome("bad", "x-lg", _("Do not rely on this copy: it was changed after it was signed."), _ASK)
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
        return Outcome("open", "question-lg", sentence, advice)
    if report.verdict is Verdict.TOTAL_FAILED:
        return Outcome("bad", "x-lg", _("Do not rely on this copy: its signature is not right."), _ASK)
    return _genuine(report, paper)


def _genuine(report: Report, paper: SignedPaper | None) -> Outcome:
    if paper is not None and paper.state == PaperState.WITHDRAWN:
        return Outcome("bad", "x-lg", _("This letter is genuine, but it was withdrawn and is no longer in force."))
    if paper is not None and paper.state == PaperState.SUPERSEDED:
        return Outcome("open", "exclamation-lg", _("This letter is genuine, but another letter has replaced it."))
    if report.verdict is Verdict.TOTAL_PASSED:
        return Outcome("good", "check-lg", _("This letter is genuine and has not been changed since it was signed."))
    return Outcome(
        "open",
        "question-lg",
        _("This file has not been changed since it was signed, but not everything about the signer is proven."),
        _INDETERMINATE.get(report.sub_indication, _("See below what is missing.")),
    )


_INDETERMINATE = {
    "TRY_LATER": _("The proof that the certificate was not revoked is still on its way. Check again later."),
    "NO_CERTIFICATE_CHAIN_FOUND": _("The signer's certificate is not by an authority that this office trusts."),
    "REVOKED_NO_POE": _("The signer's certificate was revoked, and nothing proves that the signature is older."),
    "OUT_OF_BOUNDS_NO_POE": _("The signer's certificate has ended, and nothing proves that the signature is older."),
}


def facts_of(report: Report, paper: SignedPaper | None) -> list[Fact]:
    """Each fact on its own, for the page. Nothing about the content of the paper."""
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
    return Fact("no", question, NO, _("The file was altered or added to after signing."))


def _who(one: SignatureFacts) -> Fact:
    question = _("Who signed?")
    if one.signer is None:
        return Fact("no", question, _("Nobody can be named."))
    if not one.intact or one.verdict is Verdict.TOTAL_FAILED:
        return Fact("na", question, one.signer.name, _("The name in the file is not proven for the altered text."))
    return Fact(
        "yes" if one.chain_trusted == "yes" else "wait", question, one.signer.name, _besides_name(one.signer.subject)
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
    more = format_lazy(_("By an independent time authority; level {level}."), level=str(one.level))
    return Fact("yes", question, office_moment(one.proven_at), more)


def _in_force(paper: SignedPaper | None) -> Fact:
    question = _("Still in force?")
    if paper is None:
        return Fact("na", question, _("Not a letter of this office."), _("Its own office can say."))
    if paper.state == PaperState.CURRENT:
        return Fact("yes", question, _("Yes."), _("Neither withdrawn nor replaced until now."))
    if paper.state == PaperState.SUPERSEDED and paper.superseded_by is not None:
        by = format_lazy(_("Replaced by {reference}."), reference=paper.superseded_by.reference)
        return Fact("no", question, NO, format_lazy("{what} {act}", what=by, act=_ended(paper)))
    return Fact("no", question, NO, format_lazy("{what} {act}", what=_("It was withdrawn."), act=_ended(paper)))


def _ended(paper: SignedPaper) -> Text:
    """Since when, and by which signed act, that can be looked up by its own reference number."""
    if paper.ended_at is None:
        return ""
    if paper.ended_by is None:
        return format_lazy(_("Since {time}."), time=office_moment(paper.ended_at))
    return format_lazy(
        _("Since {time}, by the signed decision {reference}."), time=office_moment(paper.ended_at),
        reference=paper.ended_by.reference,
    )  # fmt: skip


NOT_FOUND = Outcome(
    "open",
    "question-lg",
    _("No signed letter fits these details."),
    _("Compare number, date and name with the print, letter by letter. The page does not say which one differs."),
)


def outcome_of_paper(paper: SignedPaper) -> Outcome:
    """For a look-up from the print: the record exists; whether a copy is unchanged only the PDF can show."""
    if paper.state == PaperState.WITHDRAWN:
        return Outcome("bad", "x-lg", _("A letter with these details was signed, and it was withdrawn."))
    if paper.state == PaperState.SUPERSEDED:
        return Outcome("open", "exclamation-lg", _("A letter with these details was signed, and another replaced it."))
    return Outcome(
        "good",
        "check-lg",
        _("A letter with these details was signed and is in force."),
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
