from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client

from eoffice.ledger.models import Event
from signatures import queries_agent, views_agent_api
from signatures.models_agent import PairedAgent, PairingCode
from signatures.services import agent_pairing
from tests.cast import Cast
from tests.conftest import Clock
from tests.signatures.agent.office import PC, ByClient, new_code, paired, try_to_pair, wire

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_counts(db: None) -> None:
    cache.clear()


def refused(code: str, **how: object) -> str:
    with pytest.raises(wire.Refused) as refusal:
        try_to_pair(code, **how)  # type: ignore[arg-type]
    return refusal.value.code


def test_a_pc_is_paired_by_the_code_and_both_sides_say_the_same_words(cast: Cast) -> None:
    from eoffice_signer.paper import hash_words  # noqa: PLC0415

    pc = paired(cast, name="कक्ष 12")
    agent = PairedAgent.objects.get()
    assert (agent.employee, agent.name, str(agent.uuid)) == (cast.employee("secretary"), "कक्ष 12", pc.pairing.agent)
    assert pc.facts["officer"] == {"en": "Meera Krishnan", "hi": "मीरा कृष्णन"}
    assert hash_words([pc.pairing.server_key, pc.pairing.agent.encode()]) == queries_agent.pairing_words(agent)
    assert pc.errand() is None
    assert [row.action for row in Event.objects.filter(subject_type="paired_agent")] == ["agent:pair"]
    code = PairingCode.objects.get()
    assert (code.agent, bytes(code.sealed)) == (agent, b"")


def test_capitals_and_hyphens_of_the_code_do_not_matter(cast: Cast) -> None:
    assert try_to_pair(new_code(cast).lower().replace("-", "  "))


def test_a_code_pairs_once_and_not_after_its_time(cast: Cast, still_clock: Clock) -> None:
    code = new_code(cast)
    try_to_pair(code)
    assert refused(code) == "code_wrong"
    code = new_code(cast)
    still_clock.advance(timedelta(minutes=10))
    assert refused(code) == "code_wrong"


def test_a_newer_code_voids_the_older(cast: Cast) -> None:
    old, new = new_code(cast), new_code(cast)
    assert refused(old) == "code_wrong"
    assert try_to_pair(new)


def test_five_wrong_secrets_void_the_code(cast: Cast) -> None:
    code = new_code(cast)
    wrong = code[:5] + "".join("3" if letter == "2" else "2" for letter in code[5:].replace("-", ""))
    for _attempt in range(5):
        assert refused(wrong) == "code_wrong"
    assert refused(code) == "code_wrong"
    assert not PairedAgent.objects.exists()


def test_the_code_never_goes_over_the_wire_and_lies_nowhere_in_plain(cast: Cast) -> None:
    line, code = ByClient(), new_code(cast)
    secret = code.replace("-", "")[4:]
    row = PairingCode.objects.get()
    assert secret.encode() not in bytes(row.sealed)
    try_to_pair(code, line=line)
    assert all(secret.encode() not in body for _method, _path, body, _headers in line.sent)


def test_whoever_sits_between_can_put_no_key_of_its_own_in_place(cast: Cast) -> None:
    """A TLS-inspecting proxy sees and changes all; it does not know the code (server key swapped, then agent key)."""
    line = ByClient()
    own = base64.b64encode(bytes(range(32))).decode()

    def swap(status: int, content: bytes, proof: str) -> tuple[int, bytes, str]:
        return status, json.dumps(json.loads(content) | {"server_key": own}).encode(), proof

    line.tamper = swap
    assert refused(new_code(cast), line=line) == "server_unproven"
    honest = ByClient()
    code = new_code(cast)
    try_to_pair(code, line=honest)
    facts = json.loads(honest.sent[0][2])
    for change in ({"public_key": own}, {"name": "Other"}, {"nonce": "0" * 32}):
        fresh = new_code(cast)
        asked = facts | {"locator": fresh[:4]} | change
        answer = Client().post("/agent/v1/pair", asked, content_type="application/json")
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "code_wrong")


def raw(pc: PC, **changes: str) -> int:
    """The last request again, with parts of its proof changed."""
    method, path, body, headers = pc.line.sent[-1]
    names = ("agent", "stamp", "nonce", "signature")
    parts = dict(zip(names, headers["Agent-proof"].split(" "), strict=True)) | changes
    answer = Client().generic(
        method, path, body, content_type="application/json", headers={"Agent-Proof": " ".join(parts.values())}
    )
    return answer.status_code


def test_a_request_counts_once_and_any_change_of_it_not_at_all(cast: Cast) -> None:
    pc = paired(cast)
    pc.errand()
    replay = pc.line.again(-1)
    assert (replay.status_code, replay.json()["error"]["code"]) == (409, "agent_stamp")
    later = str(int(pc.line.sent[-1][3]["Agent-proof"].split(" ")[1]) + 1)
    assert raw(pc, stamp=later) == 401
    assert raw(pc, nonce="f" * 32) == 401
    assert raw(pc, agent=str(uuid4())) == 401
    assert raw(pc, signature="AAAA") == 401
    assert Client().get("/agent/v1/errands").status_code == 401
    assert pc.errand() is None, "the honest PC goes on"


def test_another_officers_pc_can_not_ask_in_this_ones_name(cast: Cast) -> None:
    mine, other = paired(cast), paired(cast, "under_secretary")
    other.errand()
    assert raw(other, agent=mine.pairing.agent) == 401


def test_a_wrong_clock_is_set_right_by_the_office(cast: Cast, still_clock: Clock) -> None:
    pc = paired(cast)
    for days in (400, -390, 0):
        still_clock.set(datetime.now(UTC) + timedelta(days=days))
        PairedAgent.objects.update(last_stamp=0)
        assert pc.errand() is None
        assert pc.errand() is None


def test_answers_that_the_office_did_not_sign_are_not_believed(cast: Cast) -> None:
    pc = paired(cast)

    def forged(status: int, _content: bytes, proof: str) -> tuple[int, bytes, str]:
        return status, b'{"errand": null, "wait": 1}', proof

    pc.line.tamper = forged
    with pytest.raises(wire.Offline):
        pc.errand()
    old: list[tuple[int, bytes, str]] = []
    pc.line.tamper = lambda *answer: old.append(answer) or answer
    pc.errand()
    pc.line.tamper = lambda *_answer: old[0]
    with pytest.raises(wire.Offline):
        pc.errand()
    pc.line.tamper = lambda *_answer: (502, b"<html>Proxy</html>", "")
    with pytest.raises(wire.Offline):
        pc.errand()


def test_unpaired_from_either_side_it_gets_nothing_more(cast: Cast) -> None:
    first, second = paired(cast), paired(cast, name="Laptop")
    actor = cast.actor("secretary")
    agent_pairing.agent_unpair(agent_uuid=PairedAgent.objects.get(name="Room 12").uuid, actor=actor)
    with pytest.raises(wire.Refused) as refusal:
        first.errand()
    assert refusal.value.code == "agent_unknown"
    second.office.post("/agent/v1/unpair", {})
    with pytest.raises(wire.Refused):
        second.errand()
    acts = Event.objects.filter(subject_type="paired_agent").order_by("pk").values_list("action", flat=True)
    assert list(acts).count("agent:unpair") == 2


def test_a_closed_account_closes_its_pcs(cast: Cast) -> None:
    pc = paired(cast)
    account = cast.employee("secretary").account
    account.is_active = False
    account.save()
    with pytest.raises(wire.Refused):
        pc.errand()


def test_wrong_requests_from_one_address_are_cut_off(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views_agent_api, "MOST_WRONG", 3)
    for _attempt in range(3):
        assert Client().get("/agent/v1/errands").status_code == 401
    assert Client().get("/agent/v1/errands").status_code == 429


def test_a_signer_gone_wild_is_slowed_down(cast: Cast, monkeypatch: pytest.MonkeyPatch, still_clock: Clock) -> None:
    monkeypatch.setattr(agent_pairing, "MOST_A_MINUTE", 3)
    pc = paired(cast)
    for _attempt in range(3):
        pc.errand()
    with pytest.raises(wire.Refused) as refusal:
        pc.errand()
    assert refusal.value.status == 429
    still_clock.advance(timedelta(minutes=1))
    assert pc.errand() is None


def test_odd_requests_get_a_refusal(cast: Cast) -> None:
    pc = paired(cast)
    for facts in ({"answers": []}, {"answers": {"x": "y"}}, {}):
        with pytest.raises(wire.Refused) as refusal:
            pc.office.post(f"/agent/v1/errands/{uuid4()}/answers", facts)
        assert refusal.value.status in {400, 404}
    with pytest.raises(wire.Refused) as refusal:
        pc.office.post("/agent/v1/unpair", {"x": "y" * views_agent_api.MOST_BYTES})
    assert refusal.value.code == "too_large"
    client = Client()
    for body in (b"", b"[]", b"{", b'{"locator": 7}', b'{"public_key": "x", "locator": "ABCD"}'):
        answer = client.post("/agent/v1/pair", body, content_type="application/json")
        assert answer.status_code in {400, 403}, body
