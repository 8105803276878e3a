from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise
from pathlib import Path

import pytest
from asn1crypto import tsp

from eoffice.demo.authority import Authority, answers
from signatures.engine import levels, slots, softkey, time_authority
from signatures.engine.errors import EvidenceMissing
from signatures.engine.examine import examine
from signatures.engine.facts import Level, Verdict
from signatures.engine.trust import Trust
from tests.signatures.authority import World, letter, running


def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize("kind", ["rsa-2048", "p-256"])
@pytest.mark.parametrize("signers", [1, 2])
def test_each_level_extends_the_one_before_and_is_recognised(
    world: World, kind: softkey.type_of_key, signers: int
) -> None:
    steps = [world.signed(*(world.officer(f"Officer {number}", kind) for number in range(signers)))]
    steps.append(world.stamped(steps[-1]))
    steps.append(levels.embed_validation_data(steps[-1], trust=world.trust))
    steps.append(levels.archive_stamp(steps[-1], authority=world.tsa, trust=world.trust))
    for before, after in pairwise(steps):
        assert after.startswith(before)
        assert len(after) > len(before)
    reports = [examine(pdf, trust=world.trust, at=now()) for pdf in steps]
    assert [report.level for report in reports] == [Level.B, Level.T, Level.LT, Level.LTA]
    assert [report.verdict for report in reports[2:]] == [Verdict.TOTAL_PASSED] * 2
    # Without revocation data nobody can say offline that the certificate was not revoked.
    assert [report.sub_indication for report in reports[:2]] == ["TRY_LATER"] * 2
    assert {report.integrity for report in reports} == {"intact"}


def test_the_officers_certificate_may_end_and_the_archived_letter_stays_good(world: World) -> None:
    officer = world.officer(not_before=now() - timedelta(days=1), not_after=now() + timedelta(days=30))
    simple = world.signed(officer)
    archived = world.archived(simple)
    later = now() + timedelta(days=365 * 5)
    assert examine(archived, trust=world.trust, at=later).verdict is Verdict.TOTAL_PASSED
    report = examine(simple, trust=world.trust, at=later)
    assert (report.verdict, report.sub_indication) == (Verdict.INDETERMINATE, "OUT_OF_BOUNDS_NO_POE")


def test_with_every_service_gone_an_archived_letter_still_passes(tmp_path: Path) -> None:
    with running(tmp_path) as gone:
        archived = gone.archived(gone.signed(gone.officer()))
        trust = gone.trust
    report = examine(archived, trust=trust, at=now() + timedelta(days=400))
    assert (report.verdict, report.level) == (Verdict.TOTAL_PASSED, Level.LTA)


def test_validation_data_without_archive_stamp_does_not_outlive_the_certificates(world: World) -> None:
    officer = world.officer(not_before=now() - timedelta(days=1), not_after=now() + timedelta(days=30))
    report = examine(world.long_term(world.signed(officer)), trust=world.trust, at=now() + timedelta(days=60))
    assert (report.verdict, report.sub_indication) == (Verdict.INDETERMINATE, "REVOCATION_OUT_OF_BOUNDS_NO_POE")


def test_a_certificate_revoked_after_signing_leaves_the_archived_letter_good(world: World) -> None:
    officer = world.officer("Later revoked")
    archived = world.archived(world.signed(officer))
    time.sleep(1.1)  # revocation answers count in whole seconds
    world.authority.revoke_certificate(officer.certificate, at=now())
    assert examine(archived, trust=world.trust, at=now() + timedelta(hours=2)).verdict is Verdict.TOTAL_PASSED
    fresh = world.signed(officer)
    with pytest.raises(EvidenceMissing) as refused:
        levels.embed_validation_data(world.stamped(fresh), trust=world.trust)
    assert refused.value.reason == "certificate-revoked"


def test_asked_online_a_revoked_signer_is_seen_even_without_any_evidence_in_the_file(world: World) -> None:
    officer = world.officer("Revoked before")
    pdf = world.signed(officer)
    assert examine(pdf, trust=world.trust, at=now(), fetch=True).verdict is Verdict.TOTAL_PASSED
    world.authority.revoke_certificate(officer.certificate, at=now() - timedelta(hours=1))
    report = examine(pdf, trust=world.trust, at=now(), fetch=True)
    assert (report.verdict, report.sub_indication) == (Verdict.INDETERMINATE, "REVOKED_NO_POE")
    assert report.signatures[0].revoked_then == "yes"
    assert report.integrity == "intact"


def test_renewal_adds_a_newer_archive_stamp(world: World) -> None:
    archived = world.archived(world.signed(world.officer()))
    renewed = levels.archive_stamp(
        levels.embed_validation_data(archived, trust=world.trust), authority=world.tsa, trust=world.trust
    )
    assert renewed.startswith(archived)
    assert len(levels.stamps_of(renewed)) == 3
    assert examine(renewed, trust=world.trust, at=now()).level is Level.LTA


def test_an_unknown_root_is_named_as_such_and_says_nothing_about_tampering(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = Authority.open(tmp_path_factory.mktemp("other"), base_url=world.url)
    archived = world.archived(world.signed(world.officer()))
    report = examine(archived, trust=Trust(roots=(other.der("root"),)), at=now())
    assert (report.verdict, report.sub_indication) == (Verdict.INDETERMINATE, "NO_CERTIFICATE_CHAIN_FOUND")
    assert report.integrity == "intact"
    assert report.signatures[0].chain_trusted == "no"


def test_a_certificate_for_other_use_is_not_taken_for_signing(world: World) -> None:
    pdf = slots.prepare_slots(letter(), ["S"])
    with pytest.raises(Exception, match="may not be used") as refused:
        world.sign(
            pdf,
            "S",
            world.officer().__class__("CA", world.authority.keys["issuing"], world.authority.der("issuing"), ()),
        )
    assert getattr(refused.value, "reason", "") == "key-usage"


def test_not_yet_valid_certificates_do_not_pass(world: World) -> None:
    officer = world.officer("Early", not_before=now() + timedelta(days=3), not_after=now() + timedelta(days=9))
    report = examine(world.signed(officer), trust=world.trust, at=now())
    assert report.verdict is Verdict.INDETERMINATE
    assert report.signatures[0].chain_trusted == "no"


# A time authority that fails in every way it can. Each must end as "try again", never as a lower level.


class Odd:
    """A server that answers what it is told to."""

    def __init__(self) -> None:
        self.answer: Callable[[bytes], tuple[int, str, bytes]] = lambda _request: (500, "text/plain", b"")

    def __call__(self, request: bytes) -> tuple[int, str, bytes]:
        return self.answer(request)


@pytest.fixture
def odd() -> Iterator[tuple[str, Odd]]:
    behaviour = Odd()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, kind, body = behaviour(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", behaviour
    server.shutdown()
    thread.join()
    server.server_close()


REPLY = "application/timestamp-reply"


def wrong_imprint(world: World, request: bytes) -> bytes:
    other = tsp.TimeStampReq.load(request)
    other["message_imprint"]["hashed_message"] = b"\x00" * 32
    return answers.time_stamp(world.authority, other.dump(force=True))


def wrong_nonce(world: World, request: bytes) -> bytes:
    other = tsp.TimeStampReq.load(request)
    other["nonce"] = 7
    return answers.time_stamp(world.authority, other.dump(force=True))


def test_whatever_the_time_authority_does_wrong_the_paper_stays_as_it_was(world: World, odd: tuple[str, Odd]) -> None:
    url, behaviour = odd
    pdf = world.signed(world.officer())
    rejection = answers.time_stamp(world.authority, b"garbage")
    for body in (
        lambda _r: (500, "text/plain", b""), lambda _r: (200, "text/html", b"<p>"), lambda _r: (200, REPLY, b"garbage"),
        lambda _r: (200, REPLY, rejection), lambda r: (200, REPLY, wrong_imprint(world, r)),
        lambda r: (200, REPLY, wrong_nonce(world, r)), lambda _r: (200, REPLY, b"x" * 300_000),
    ):  # fmt: skip
        behaviour.answer = body
        with pytest.raises(EvidenceMissing):
            levels.timestamp(pdf, authority=time_authority.over_http([url]), trust=world.trust)


def test_a_slow_or_silent_time_authority_is_given_up_in_time(world: World, odd: tuple[str, Odd]) -> None:
    url, behaviour = odd
    gone = threading.Event()
    behaviour.answer = lambda _r: ((gone.wait(5) and 500) or 500, "text/plain", b"")
    pdf = world.signed(world.officer())
    began = time.monotonic()
    with pytest.raises(EvidenceMissing):
        levels.timestamp(pdf, authority=time_authority.over_http([url], seconds=0.3), trust=world.trust, seconds=0.5)
    assert time.monotonic() - began < 3
    gone.set()
    with pytest.raises(EvidenceMissing):
        levels.timestamp(pdf, authority=time_authority.over_http(["http://127.0.0.1:9/"]), trust=world.trust)


def test_the_next_time_authority_of_the_list_is_asked(world: World) -> None:
    authority = time_authority.over_http(["http://127.0.0.1:9/", f"{world.url}/tsa"])
    assert levels.timestamp(world.signed(world.officer()), authority=authority, trust=world.trust)


def test_a_time_authority_below_an_unknown_root_is_refused(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = Authority.open(tmp_path_factory.mktemp("foreign"), base_url=world.url)
    with pytest.raises(EvidenceMissing) as refused:
        levels.timestamp(
            world.signed(world.officer()),
            authority=lambda request: answers.time_stamp(other, request),
            trust=world.trust,
        )
    assert refused.value.reason == "time-authority-untrusted"


def test_an_archive_stamp_wants_validation_data_first(world: World) -> None:
    with pytest.raises(EvidenceMissing) as refused:
        levels.archive_stamp(world.signed(world.officer()), authority=world.tsa, trust=world.trust)
    assert refused.value.reason == "no-validation-data"


def test_when_the_revocation_service_is_down_validation_data_stays_missing(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    down = Authority.open(tmp_path_factory.mktemp("down"), base_url="http://127.0.0.1:9")
    officer = World(down, "http://127.0.0.1:9").officer("Unreachable")
    pdf = world.signed(officer)
    trust = Trust(roots=(down.der("root"), world.authority.der("root")))
    with pytest.raises(EvidenceMissing) as refused:
        levels.embed_validation_data(levels.timestamp(pdf, authority=world.tsa, trust=trust), trust=trust)
    assert refused.value.reason in {"chain-unproven", "validation-data"}


def test_an_authority_that_fails_in_whatever_way_is_followed_by_the_next(world: World, odd: tuple[str, Odd]) -> None:
    url, behaviour = odd
    stranger = f"{url}/stranger"
    pdf = world.signed(world.officer(kind="p-256"))
    other = Authority.open(world.authority.folder.parent / "stranger", base_url=world.url)
    gone = threading.Event()
    for body in (
        lambda _r: (500, "text/plain", b""), lambda _r: (200, REPLY, b"garbage"),
        lambda r: (200, REPLY, wrong_imprint(world, r)), lambda r: (200, REPLY, wrong_nonce(world, r)),
        lambda r: (200, REPLY, answers.time_stamp(other, r)),  # well signed, by an authority that we do not trust
        lambda _r: ((gone.wait(2) and 500) or 500, "text/plain", b""),
    ):  # fmt: skip
        behaviour.answer = body
        time_authority._resting.clear()
        both = time_authority.over_http([stranger, f"{world.url}/tsa"], seconds=0.5)
        raised = levels.complete(pdf, have=Level.B, authority=both, trust=world.trust, seconds=0.7)
        assert (raised.level, raised.missing) == (Level.LTA, None)
        assert [single.name for single in both.in_order][-1].endswith("/stranger")  # asked last for a while
    gone.set()
    time_authority._resting.clear()


def test_with_all_of_them_down_nothing_is_lowered_and_what_was_had_is_kept(world: World) -> None:
    pdf = world.signed(world.officer(kind="p-256"))
    nobody = time_authority.over_http(["http://127.0.0.1:9/", "http://127.0.0.1:9/other"])
    raised = levels.complete(pdf, have=Level.B, authority=nobody, trust=world.trust)
    assert (raised.pdf, raised.level) == (pdf, Level.B)
    assert raised.missing is not None
    assert raised.missing.reason == "time-authority-silent"
    asked = []

    def once(request: bytes) -> bytes:
        asked.append(request)
        if len(asked) > 1:
            raise EvidenceMissing("Gone meanwhile.", code="time-authority-silent")
        return world.tsa(request)

    raised = levels.complete(pdf, have=Level.B, authority=once, trust=world.trust)
    assert raised.level is Level.LT
    assert raised.missing is not None
    assert examine(raised.pdf, trust=world.trust, at=now()).level is Level.LT
    finished = levels.complete(raised.pdf, have=Level.LT, authority=world.tsa, trust=world.trust)
    assert finished.pdf.startswith(raised.pdf)
    assert examine(finished.pdf, trust=world.trust, at=now()).level is Level.LTA


def test_a_revoked_signer_stops_at_the_time_stamp(world: World) -> None:
    officer = world.officer("Revoked meanwhile", "p-256")
    pdf = world.signed(officer)
    world.authority.revoke_certificate(officer.certificate, at=now() - timedelta(minutes=1))
    raised = levels.complete(pdf, have=Level.B, authority=world.tsa, trust=world.trust)
    assert raised.level is Level.T
    assert raised.missing is not None
    assert raised.missing.reason == "certificate-revoked"
