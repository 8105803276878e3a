"""What this office knows of the very paper in a file, found by what was signed and not by what is printed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from eoffice.documents.queries import document_bytes
from signatures import words
from signatures.engine import levels, pades, slots
from signatures.engine.examine import examine
from signatures.engine.facts import WholeState
from signatures.models import Credential, SignedPaper, SigningAttempt
from signatures.queries_verify import Check, Known, known_copy
from signatures.services.paper import paper_withdraw
from signatures.services.unlock import unlocked
from tests.cast import Cast
from tests.signatures.authority import World, letter
from tests.signatures.conftest import PIN
from tests.signatures.issued import issue, with_damage, with_other_amount, with_signature_hidden

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def issued(instance: World, cast: Cast) -> tuple[SignedPaper, bytes]:
    return issue(instance, cast)


def known(world: World, pdf: bytes) -> tuple[Known, words.Outcome, list[words.Fact]]:
    report = examine(pdf, trust=world.trust, at=datetime.now(UTC))
    found = known_copy(pdf, report)
    check = Check(report, found, report.checked_at)
    return found, words.outcome_of_check(check), [fact for group in words.groups_of(check) for fact in group.facts]


def test_every_stored_copy_is_known_as_which_one_it_is(instance: World, issued: tuple[SignedPaper, bytes]) -> None:
    paper, pdf = issued
    found, outcome, facts = known(instance, pdf)
    assert (found.likeness, found.paper, found.place, found.of, found.level) == ("same", paper, 2, 2, "B-LTA")
    assert outcome.tone == "good"
    assert any(str(fact.answer) == "Yes, byte for byte." for fact in facts)
    first = SigningAttempt.objects.get().revisions.order_by("pk").first()
    found, outcome, facts = known(instance, document_bytes(first.document))
    assert (found.likeness, found.paper, found.place, found.level) == ("same", paper, 1, "B-B")
    assert any("A later copy carries more proof" in str(fact.more) for fact in facts)


def test_a_copy_with_a_further_stamp_is_intact_and_still_not_the_stored_one(
    instance: World, issued: tuple[SignedPaper, bytes]
) -> None:
    paper, pdf = issued
    longer = levels.timestamp(pdf, authority=instance.tsa, trust=instance.trust)
    found, outcome, facts = known(instance, longer)
    assert (found.likeness, found.paper, found.place, found.surplus) == ("longer", paper, 2, len(longer) - len(pdf))
    assert (outcome.tone, str(outcome.sentence)) == (
        "open", "The signed letter is genuine, but this copy is not one that this office stored.",
    )  # fmt: skip
    assert f"{found.surplus} bytes follow that this office did not add" in " ".join(str(fact.more) for fact in facts)
    assert any("time stamp of" in str(fact.answer) for fact in facts)


def test_a_copy_that_was_cut_short_is_known_as_the_beginning(
    instance: World, issued: tuple[SignedPaper, bytes]
) -> None:
    paper, pdf = issued
    ends = [one.covered_to for one in examine(pdf, trust=instance.trust, at=datetime.now(UTC)).signatures]
    found, outcome, _facts = known(instance, pdf[: ends[1]])
    assert (found.likeness, found.paper) == ("longer" if ends[1] > ends[0] else "shorter", paper)
    assert outcome.tone != "good"
    found, _outcome, _facts = known(instance, pdf[: ends[0]] + pdf[ends[0] : ends[0] + 3])
    assert found.likeness == "longer"
    report = examine(pdf, trust=instance.trust, at=datetime.now(UTC))
    found = known_copy(pdf[: ends[0] - 1], report.__class__(**{**vars(report), "sha256": "0" * 64}))
    assert found.likeness == "shorter"


@pytest.mark.parametrize("attack", [with_other_amount, with_damage])
def test_an_altered_copy_names_the_genuine_letter(
    instance: World, issued: tuple[SignedPaper, bytes], attack: object
) -> None:
    paper, pdf = issued
    found, outcome, facts = known(instance, attack(pdf))  # type: ignore[operator]
    assert (found.is_ours, found.paper) == (True, paper)
    assert outcome.tone == "bad"
    assert f"A genuine letter with reference {paper.reference} exists" in str(outcome.advice)
    assert not any(fact.state == "yes" and str(fact.question) == "As this office stored it?" for fact in facts)


def test_what_is_printed_on_a_page_makes_no_paper_ours(instance: World, issued: tuple[SignedPaper, bytes]) -> None:
    paper, _pdf = issued
    forged = slots.prepare_slots(letter(text=f"Letter {paper.reference}: the grant is doubled."), ["Signature1"])
    found, outcome, _facts = known(instance, instance.sign(forged, "Signature1", instance.officer("Somebody")))
    assert found == Known("none")
    assert paper.reference not in f"{outcome.sentence} {outcome.advice}"


def test_the_officers_key_outside_the_records_warns(
    instance: World, cast: Cast, issued: tuple[SignedPaper, bytes]
) -> None:
    """A stolen software key signs a letter that this office never saw: unbroken, and yet not this office's."""
    credential = Credential.objects.get()
    certificate = bytes(credential.certificate)
    chain = instance.officer().chain
    prepared = pades.begin(
        slots.prepare_slots(letter(), ["S"]), slot="S", certificate=certificate, at=datetime.now(UTC)
    )
    with unlocked(credential, PIN, cast.actor("secretary")) as key:
        signature = key.sign(prepared.signed_attrs)
    pdf = pades.finish(prepared, certificate=certificate, chain=chain, signature=signature)
    report = examine(pdf, trust=instance.trust, at=datetime.now(UTC))
    assert report.integrity is WholeState.INTACT
    found, outcome, facts = known(instance, pdf)
    assert found.likeness == "unrecorded"
    assert (outcome.tone, "no record of this paper" in str(outcome.sentence)) == ("open", True)
    assert any(str(fact.answer) == "Not on record here." for fact in facts)


def test_an_altered_copy_of_a_withdrawn_letter_says_both(
    instance: World, cast: Cast, issued: tuple[SignedPaper, bytes]
) -> None:
    paper, pdf = issued
    paper_withdraw(reference=paper.reference, actor=cast.actor("secretary"))
    found, outcome, facts = known(instance, with_damage(pdf))
    assert found.paper is not None
    assert outcome.tone == "bad"
    assert any("It was withdrawn." in str(fact.more) and fact.state == "no" for fact in facts)


def test_a_hidden_signature_is_not_taken_for_none(instance: World, issued: tuple[SignedPaper, bytes]) -> None:
    paper, pdf = issued
    hidden = with_signature_hidden(pdf)
    report = examine(hidden, trust=instance.trust, at=datetime.now(UTC))
    inner = examine(pdf, trust=instance.trust, at=datetime.now(UTC))
    found = known_copy(hidden, report, inner)
    assert (found.likeness, found.paper) == ("longer", paper)
    check = Check(report, found, report.checked_at, inner)
    assert "hides its signature" in str(words.outcome_of_check(check).sentence)
    assert words.outcome_of_check(check).tone == "bad"


def test_the_look_up_costs_a_few_queries_however_many_signatures(
    instance: World, issued: tuple[SignedPaper, bytes]
) -> None:
    _paper, pdf = issued
    report = examine(pdf, trust=instance.trust, at=datetime.now(UTC))
    for candidate, most in ((pdf, 4), (pdf + b"\n", 7), (b"%PDF-1.7", 7)):
        stuffed = report.__class__(
            **{**vars(report), "signatures": report.signatures * 40, "sha256": sha256(candidate).hexdigest()}
        )
        with CaptureQueriesContext(
            connection,
        ) as asked:
            known_copy(candidate, stuffed)
        assert len(asked) <= most
