"""The process that owns a token: what it does with wrong PINs, pulled tokens, broken modules and two at once."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from signatures.backends import token, token_owner
from signatures.backends.token import Place, Session, TokenError
from signatures.engine.errors import WrongPin
from tests.signatures.backends.conftest import TOKEN_PIN
from tests.signatures.softhsm import SoftHsm

LABEL = "officer-17"
KEY = "ab" * 16


@pytest.fixture
def place(hsm: SoftHsm, tmp_path: Path) -> Place:
    hsm.add_token(LABEL, TOKEN_PIN)
    return Place(hsm.module, LABEL, tmp_path / "locks")


@pytest.mark.parametrize("kind", ["rsa-2048", "p-256"])
def test_a_key_is_made_and_signs_and_never_shows(place: Place, kind: str) -> None:
    with Session(place) as session:
        assert session.look()[0].flags >= {"TOKEN_INITIALIZED", "USER_PIN_INITIALIZED"}
        serial = session.login(TOKEN_PIN, writing=True)
        public = session.make(kind=kind, key_id=KEY, label="mine")
    with Session(Place(place.module, place.label, place.locks, serial)) as session:
        session.login(TOKEN_PIN)
        assert [one.key_id for one in session.private_keys()] == [KEY]
        signature = session.sign(KEY, b"text")
        assert TOKEN_PIN not in repr(session)
    encoded = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert encoded
    assert len(signature) in ({256} if kind == "rsa-2048" else set(range(68, 73)))


def test_before_the_login_nothing_is_signed(place: Place) -> None:
    with Session(place) as session:
        with pytest.raises(TokenError) as refused:
            session.sign(KEY, b"text")
        assert refused.value.reason == "not-logged-in"
        with pytest.raises(WrongPin):
            session.login("wrong-pin-1")
        with pytest.raises(TokenError):
            session.sign(KEY, b"text")


def test_a_pulled_token_is_absent_and_works_again_when_it_is_back(place: Place, hsm: SoftHsm) -> None:
    with Session(place) as session:
        session.login(TOKEN_PIN, writing=True)
        session.make(kind="p-256", key_id=KEY, label="mine")
        hsm.pull()
        with pytest.raises(TokenError) as refused:
            session.sign(KEY, b"text")
        assert refused.value.reason in {"token-pulled", "key-absent"}
    with Session(place) as session:
        assert session.look() == []
        with pytest.raises(TokenError) as refused:
            session.login(TOKEN_PIN)
        assert refused.value.reason == "token-absent"
    hsm.put_back()
    with Session(place) as session:
        session.login(TOKEN_PIN)
        assert session.sign(KEY, b"text")


@pytest.mark.parametrize(("module", "code"), [("/nowhere/module.so", "module-missing"), (__file__, "module-broken")])
def test_a_missing_or_broken_module_is_named(tmp_path: Path, module: str, code: str) -> None:
    with pytest.raises(TokenError) as refused:
        Session(Place(module, LABEL, tmp_path))
    assert refused.value.reason == code


def test_two_tokens_of_one_label_are_not_guessed_between(place: Place, hsm: SoftHsm) -> None:
    hsm.add_token(LABEL, TOKEN_PIN)
    with Session(place) as session, pytest.raises(TokenError) as refused:
        session.login(TOKEN_PIN)
    assert refused.value.reason == "token-ambiguous"


def test_a_token_has_one_session_at_a_time_and_the_next_one_waits(place: Place) -> None:
    order: list[str] = []
    with Session(place) as first:
        first.login(TOKEN_PIN)

        def second() -> None:
            with Session(place) as session:
                session.login(TOKEN_PIN)
                order.append("second")

        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.6)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_who_waits_too_long_is_told_that_the_token_is_busy(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token, "LOGIN_SECONDS", 5.2)
    with Session(place) as first:
        first.login(TOKEN_PIN)
        with Session(place) as second, pytest.raises(TokenError) as refused:
            second.login(TOKEN_PIN)
    assert refused.value.reason == "token-busy"


def test_a_process_that_dies_or_hangs_is_an_answer_too(place: Place) -> None:
    with Session(place) as session:
        session.login(TOKEN_PIN)
        session._child.kill()
        session._child.wait()
        with pytest.raises(TokenError) as refused:
            session.private_keys()
        assert refused.value.reason == "token-died"
    with Session(place) as session:
        session._child.send_signal(19)
        with pytest.raises(TokenError) as refused:
            session._ask({"do": "look"}, 0.3)
        assert refused.value.reason == "token-silent"


def test_the_child_sees_no_secret_of_this_program(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EOFFICE_SECRET_KEY", "very-secret-indeed")
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:hidden@host/db")
    with Session(place) as session:
        session.login(TOKEN_PIN)
        seen = Path(f"/proc/{session._child.pid}/environ").read_bytes()
        words = Path(f"/proc/{session._child.pid}/cmdline").read_bytes()
    assert b"very-secret" not in seen
    assert b"hidden" not in seen
    assert TOKEN_PIN.encode() not in seen + words


def test_every_code_of_the_owner_is_of_a_known_module_error() -> None:
    codes = {code for _kinds, code in token_owner._CODES}
    assert len(codes) == len(token_owner._CODES)
