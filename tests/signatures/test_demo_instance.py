from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from eoffice.core import clock
from eoffice.demo.authority.instance import connect, register_officer
from signatures import custody, queries
from signatures.services import signing
from tests.cast import Cast
from tests.signatures.authority import World, letter


def test_the_demo_is_connected_once_and_its_officers_sign_on_a_past_clock(
    world: World, cast: Cast, settings: object, tmp_path: Path
) -> None:
    for name in ("TRUST_DIR", "SEAL_DIR"):
        setattr(settings, name, tmp_path / name)
    settings.PEPPER_FILE = tmp_path / "pepper"  # type: ignore[attr-defined]
    past = clock.now() - timedelta(days=200)
    with clock.freeze(past):
        connect(world.authority, not_before=past - timedelta(days=30))
        first = custody.seal_key().certificate, custody.pepper()
        connect(world.authority)
        assert (custody.seal_key().certificate, custody.pepper()) == first
        actor = cast.actor("secretary")
        credential = register_officer(
            world.authority, officer=actor, approver=cast.actor("emd_manager"), pin="neem-4711-x",
            designation="Secretary", not_before=past - timedelta(days=30), kind="p-256",
        )  # fmt: skip
        assert queries.credential_to_sign(actor) == credential
        attempt = signing.signing_begin(
            pdf=letter(), manifest=None, purpose="letter", subject=cast.employee("secretary"), shown_sha256="a" * 64,
            credential=credential, actor=actor,
        )  # fmt: skip
        assert signing.signing_finish(attempt_id=attempt.uuid, pin="neem-4711-x", actor=actor)
