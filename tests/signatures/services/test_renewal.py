from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from eoffice.core import clock, outbox
from eoffice.core.actor import Actor
from eoffice.core.errors import WrongState
from eoffice.core.models import OutboxRow, OutboxState
from eoffice.documents.queries import document_bytes
from eoffice.ledger.models import Event
from signatures import custody, queries, queries_archive
from signatures.engine.examine import examine
from signatures.engine.facts import Level, Verdict
from signatures.models import SignedRevision, SigningAttempt
from signatures.models_archive import ArchiveTerm, TermEnd, TermTrouble
from signatures.services import renewal, signing, upgrade
from tests.cast import Cast
from tests.signatures.authority import World
from tests.signatures.conftest import PIN, register
from tests.signatures.services.test_signing import begin

ALGORITHM_END = datetime(2029, 1, 1, tzinfo=UTC)


def archived(instance: World, cast: Cast) -> SigningAttempt:
    attempt = begin(register(instance, cast), cast, reference=signing.reference_number())
    signing.signing_finish(attempt_id=attempt.uuid, pin=PIN, actor=cast.actor("secretary"))
    upgrade.attempt_upgrade(attempt_id=attempt.pk)
    return attempt


def ends_soon(term: ArchiveTerm, days: int = 30) -> ArchiveTerm:
    """As if its authority's certificate ended then."""
    term.not_after = term.ends_at = clock.now() + timedelta(days=days)
    term.save()
    return term


def row(kind: str, **payload: object) -> OutboxRow:
    return OutboxRow(kind=kind, key="k", payload=payload)


def said(*arguments: str) -> list[dict[str, object]]:
    output = StringIO()
    try:
        call_command("renew_signatures", "--json", *arguments, stdout=output)
    except SystemExit as failed:
        assert failed.code == 1  # noqa: PT017 - the code is what is tested
    return [json.loads(line) for line in output.getvalue().splitlines()]


def test_an_archived_paper_is_planned_and_renewed_in_time(instance: World, cast: Cast) -> None:
    attempt = archived(instance, cast)
    term = ArchiveTerm.objects.get()
    assert (term.revision.attempt_id, term.ends_at, term.why) == (attempt.pk, ALGORITHM_END, TermEnd.ALGORITHM)
    assert (term.digest, term.key, term.bits) == ("sha256", "rsa", 2048)
    assert not queries_archive.terms_due().exists()
    ends_soon(term)
    renewal.plan(row(renewal.PLAN, slot="2026-11-24"))
    renewal.plan(row(renewal.PLAN, slot="2026-11-24"))
    errand = OutboxRow.objects.get(kind=renewal.RENEW)
    renewal.run(errand)
    renewal.run(errand)  # a second time does nothing
    newest = queries.last_revision(attempt)
    assert newest is not None
    assert (newest.renewal, newest.parent, newest.level) == (1, term.revision, Level.LTA)
    term.refresh_from_db()
    assert term.replaced_by == newest
    assert list(queries_archive.open_terms().values_list("revision_id", flat=True)) == [newest.pk]
    before, after = document_bytes(term.revision.document), document_bytes(newest.document)
    assert after.startswith(before)
    report = examine(after, trust=custody.trust(), at=clock.now())
    assert (report.verdict, report.level) == (Verdict.TOTAL_PASSED, Level.LTA)
    told = [event.data for event in Event.objects.filter(action="signing:upgrade", subject_id=attempt.pk)]
    assert told[-1] == {"level": "B-LTA", "renewal": 1, "sha256": newest.sha256}
    assert not queries.is_pending(attempt)


def test_the_command_says_what_is_due_and_renews_it(instance: World, cast: Cast) -> None:
    attempt = archived(instance, cast)
    assert said("--dry-run") == [
        {"due": 0, "renewed": 0, "failed": 0, "dry_run": True, "algorithms": "ETSI TS 119 312 V1.5.1"}
    ]
    ends_soon(ArchiveTerm.objects.get())
    planned = said("--dry-run")
    assert (planned[0]["reference"], planned[0]["outcome"]) == (attempt.reference, "due")
    assert SignedRevision.objects.filter(renewal=1).count() == 0
    done = said()
    assert (done[0]["outcome"], done[1]["renewed"]) == ("renewed", 1)
    output = StringIO()
    call_command("renew_signatures", stdout=output)
    assert "due 0, renewed 0, failed 0" in output.getvalue()


def test_what_can_not_be_renewed_stays_and_says_why(instance: World, cast: Cast, settings: object) -> None:
    archived(instance, cast)
    term = ends_soon(ArchiveTerm.objects.get())
    settings.TSA_URLS = ["http://127.0.0.1:9/"]  # type: ignore[attr-defined]
    with pytest.raises(outbox.Retry):
        renewal.run(row(renewal.RENEW, term=term.pk))
    term.refresh_from_db()
    assert term.trouble == TermTrouble.EVIDENCE
    assert queries_archive.terms_due().exists()  # asked again the same night
    settings.TSA_URLS = []  # type: ignore[attr-defined]
    with pytest.raises(WrongState, match="authority_no_better"):
        renewal.revision_renew(term_id=term.pk, actor=Actor.system())
    assert not queries_archive.terms_due().exists()  # and not every night where nobody could do better
    assert queries_archive.terms_due(rested=False).exists()
    assert [group.troubled for group in queries_archive.renewal_groups()] == [1]
    assert said("--within", "60")[-1]["failed"] == 1
    assert SignedRevision.objects.count() == 2


def test_a_stamp_that_would_last_no_longer_is_not_kept(instance: World, cast: Cast) -> None:
    archived(instance, cast)
    outcomes = said("--within", "4000")
    assert outcomes[0]["outcome"] == "authority_no_better"
    assert SignedRevision.objects.count() == 2
    assert ArchiveTerm.objects.get().trouble == TermTrouble.NO_BETTER


def test_of_two_renewals_at_once_one_stands(instance: World, cast: Cast) -> None:
    archived(instance, cast)
    term = ends_soon(ArchiveTerm.objects.get())
    renewal.revision_renew(term_id=term.pk, actor=Actor.system())
    fresh = renewal.planning.term_of(document_bytes(term.revision.document))
    assert fresh is not None
    with pytest.raises(WrongState, match="term_replaced"):
        renewal._store(term, term.revision.document_id, "ff" * 32, fresh, Actor.system())
    assert SignedRevision.objects.filter(renewal__gt=0).count() == 1


def test_a_new_table_of_algorithms_moves_the_ends(instance: World, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from signatures.engine import algorithms  # noqa: PLC0415 - the table is changed here

    archived(instance, cast)
    sooner = datetime(2027, 1, 1, tzinfo=UTC)
    monkeypatch.setitem(algorithms.KEYS["rsa"], 1900, sooner)
    assert renewal.terms_refresh() == 1
    assert ArchiveTerm.objects.get().ends_at == sooner
    monkeypatch.setitem(algorithms.KEYS["rsa"], 1900, None)
    assert renewal.terms_refresh() == 1
    term = ArchiveTerm.objects.get()
    assert (term.ends_at, term.why) == (term.not_after, TermEnd.CERTIFICATE)
    assert renewal.terms_refresh() == 0


def test_papers_archived_before_there_was_an_index_are_taken_in(instance: World, cast: Cast) -> None:
    archived(instance, cast)
    ArchiveTerm.objects.all().delete()
    assert (renewal.terms_fill(), renewal.terms_fill()) == (1, 0)
    assert ArchiveTerm.objects.get().ends_at == ALGORITHM_END


def test_what_was_parked_on_the_way_to_its_level_is_taken_up_again(
    instance: World, cast: Cast, settings: object
) -> None:
    attempt = begin(register(instance, cast), cast)
    signing.signing_finish(attempt_id=attempt.uuid, pin=PIN, actor=cast.actor("secretary"))
    assert list(queries_archive.pending_attempts()) == [attempt]
    renewal.plan(row(renewal.PLAN, slot="2026-11-24"))
    assert OutboxRow.objects.filter(kind=signing.UPGRADE).count() == 1  # still on its way
    with transaction.atomic():
        OutboxRow.objects.filter(kind=signing.UPGRADE).update(state=OutboxState.PARKED)
    renewal.plan(row(renewal.PLAN, slot="2026-11-25"))
    again = OutboxRow.objects.get(kind=signing.UPGRADE, state=OutboxState.WAITING)
    upgrade.run(again)
    assert not queries_archive.pending_attempts().exists()
    settings.TSA_URLS = []  # type: ignore[attr-defined]
    assert not queries.is_pending(attempt) or queries.wanted_level() is Level.B
