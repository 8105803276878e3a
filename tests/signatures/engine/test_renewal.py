"""Papers that are renewed in time verify decades later, when every authority that they once relied upon is gone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from eoffice.demo.authority import Authority
from eoffice.demo.authority.server import Application, Server, serve
from signatures.engine import algorithms, levels, planning
from signatures.engine.algorithms import Strength
from signatures.engine.errors import EvidenceMissing
from signatures.engine.examine import examine
from signatures.engine.facts import Level, Verdict
from signatures.engine.proofs import Proofs
from signatures.engine.time_authority import over_http
from signatures.engine.trust import Trust
from tests.signatures.authority import World, letter, private_key, running

YEAR = timedelta(days=365)


class Moved:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.at


@contextmanager
def authority_of(folder: Path, clock: Moved) -> Iterator[tuple[Authority, str]]:
    """A whole authority that is founded when the clock says, valid for ten years from then."""
    server: Server = serve(None, port=0)  # type: ignore[arg-type]
    url = f"http://127.0.0.1:{server.server_port}"
    authority = Authority.open(folder, base_url=url, now=clock())
    server.set_app(Application(authority, now=clock))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield authority, url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_renewed_twice_it_passes_when_three_generations_of_authorities_are_gone(tmp_path: Path) -> None:
    clock = Moved()
    began = clock()
    with ExitStack() as stack:
        world = stack.enter_context(running(tmp_path / "first"))
        officers = [world.officer("Rekha Nautiyal", "p-256"), world.officer("डॉ. मीनाक्षी वर्धन", "rsa-2048")]
        archived = world.archived(world.signed(*officers))  # the last signer allowed no changes
        trust, paper = Trust(roots=(world.authority.der("root"),)), archived
        for generation in (1, 2):
            clock.at = began + generation * 9 * YEAR
            world.clock.offset = clock.at - datetime.now(UTC)
            authority, url = stack.enter_context(authority_of(tmp_path / f"generation{generation}", clock))
            trust = trust.and_roots([authority.der("root")])
            assert examine(paper, trust=trust, at=clock.at).verdict is Verdict.TOTAL_PASSED
            renewed = levels.renew(paper, authority=over_http([f"{url}/tsa"]), trust=trust, at=clock.at)
            assert renewed.startswith(paper)
            paper = renewed
            term = planning.term_of(paper)
            assert term is not None
            assert term.not_after > clock.at + 9 * YEAR
    late = began + 27 * YEAR
    report = examine(paper, trust=trust, at=late)
    assert (report.verdict, report.level, report.integrity) == (Verdict.TOTAL_PASSED, Level.LTA, "intact")
    assert len(levels.stamps_of(paper)) == 4
    assert examine(archived, trust=trust, at=late).verdict is Verdict.INDETERMINATE


def test_a_renewal_that_can_not_be_had_changes_nothing(world: World) -> None:
    archived = world.archived(world.signed(world.officer(kind="p-256")))
    with pytest.raises(EvidenceMissing):
        levels.renew(archived, authority=over_http(["http://127.0.0.1:9/"]), trust=world.trust)


def test_a_stamp_tells_what_it_rests_on(world: World) -> None:
    assert planning.term_of(letter()) is None
    raised = levels.complete(
        world.signed(world.officer(kind="p-256")), have=Level.B, authority=world.tsa, trust=world.trust
    )
    term = planning.term_of(raised.pdf)
    assert term is not None
    assert term == raised.term
    assert term.strength == Strength("sha256", "rsa", 2048)
    assert term.authority == "DEMO Time Authority"
    # The demo's authority signs by RSA PKCS #1 v1.5, which the catalogue lets end before its certificate does.
    assert (term.ends_at, term.why) == (datetime(2029, 1, 1, tzinfo=UTC), "algorithm")


@pytest.mark.parametrize(
    ("strength", "ends"),
    [
        (Strength("sha256", "ec", 256), None),
        (Strength("sha512", "rsa-pss", 3072), None),
        (Strength("sha256", "rsa", 3072), 2029),
        (Strength("sha224", "ec", 384), 2029),
        (Strength("sha1", "rsa", 2048), 2012),
        (Strength("sha256", "rsa", 1024), 2019),
        (Strength("md5", "ec", 256), 1970),
        (Strength("sha256", "dsa", 2048), 1970),
        (Strength("sha256", "ec", 128), 1970),
    ],
)
def test_the_weaker_of_digest_and_key_decides(strength: Strength, ends: int | None) -> None:
    assert (strength.ends_at.year if strength.ends_at else None) == ends


def test_new_stamps_take_the_next_digest_before_the_present_one_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    at = datetime(2030, 1, 1, tzinfo=UTC)
    assert algorithms.digest_for_stamps(at) == "sha256"
    monkeypatch.setitem(algorithms.DIGESTS, "sha256", at + 3 * YEAR)
    assert algorithms.digest_for_stamps(at) == "sha512"


def test_a_stamp_with_a_longer_digest_is_taken_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(algorithms.DIGESTS, "sha256", datetime.now(UTC) + YEAR)
    archived = world.archived(world.signed(world.officer(kind="p-256")))
    assert examine(archived, trust=world.trust, at=datetime.now(UTC)).verdict is Verdict.TOTAL_PASSED


def test_proofs_outlive_their_freshness_only_where_the_source_is_silent(tmp_path: Path) -> None:
    from signatures.engine.proofs import status_now  # noqa: PLC0415 - next to what it tests

    proofs, stale = Proofs(), Proofs(fresh=timedelta(0))
    with running(tmp_path) as world:
        officer = world.officer("Officer", "p-256")
        trust = world.trust
        for known in (proofs, stale, None):
            assert status_now(officer.certificate, officer.chain, trust, 20, proofs=known) == "good"
        lost = world.officer("Lost", "p-256")
        assert status_now(lost.certificate, lost.chain, trust, 20, proofs=stale) == "good"
        world.authority.revoke_certificate(lost.certificate)
        assert status_now(lost.certificate, lost.chain, trust, 20, proofs=stale) == "revoked"
        assert stale.valid(lost.certificate, trust, "signing", datetime.now(UTC)) is None
    stranger = world.authority.issue_officer(private_key("p-256", "Stranger").public_key(), name="Stranger")
    now = datetime.now(UTC)
    assert status_now(officer.certificate, officer.chain, trust, 20, proofs=stale) == "good"
    assert status_now(stranger.certificate, stranger.chain, trust, 20, proofs=stale) == "unknown"
    assert status_now(officer.certificate, officer.chain, trust, 20) == "unknown"
    assert status_now(b"garbage", (), trust, 20) == "unknown"
    assert stale.valid(officer.certificate, trust, "signing", now + timedelta(days=2)) is None
    assert proofs.recent(officer.certificate, trust, "signing", now + timedelta(minutes=5)) is None
    assert stale.valid(officer.certificate, Trust(), "signing", now) is None
