"""Trust lists as data: folders of certificates in every wrapping, and what a root is for."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from asn1crypto import cms, pem

from signatures.engine import certificates
from signatures.engine.examine import examine
from signatures.engine.trust import Trust
from tests.signatures.authority import World


def bundle(*ders: bytes) -> bytes:
    signed = cms.SignedData({
        "version": "v1", "digest_algorithms": [], "encap_content_info": {"content_type": "data"},
        "certificates": [certificates.load(der) for der in ders], "signer_infos": [],
    })  # fmt: skip
    return cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()


@pytest.mark.parametrize(
    ("name", "kind"), [("a.pem", "pem"), ("a.CRT", "pem"), ("a.der", "der"), ("a.cer", "der"), ("a.p7b", "bundle"),
                       ("a.P7C", "armoured")],
)  # fmt: skip
def test_roots_and_issuers_come_in_every_wrapping(world: World, tmp_path: Path, name: str, kind: str) -> None:
    root, issuing = world.authority.der("root"), world.authority.der("issuing")
    content = {
        "pem": pem.armor("CERTIFICATE", root) + pem.armor("CERTIFICATE", issuing),
        "der": root,
        "bundle": bundle(root, issuing),
        "armoured": pem.armor("PKCS7", bundle(root, issuing)),
    }[kind]
    (tmp_path / name).write_bytes(content)
    trust = Trust.from_folders(tmp_path)
    assert trust.roots == (root,)
    assert trust.helpers == (() if kind == "der" else (issuing,))
    assert trust.unread == ()


def test_a_file_that_is_no_certificate_is_named_and_the_others_count(world: World, tmp_path: Path) -> None:
    (tmp_path / "good.pem").write_bytes(pem.armor("CERTIFICATE", world.authority.der("root")))
    (tmp_path / "bad.cer").write_bytes(b"no certificate")
    (tmp_path / "cut.p7b").write_bytes(bundle(world.authority.der("root"))[:100])
    trust = Trust.from_folders(tmp_path)
    assert trust.roots == (world.authority.der("root"),)
    assert trust.unread == ("bad.cer", "cut.p7b")


@pytest.mark.parametrize("named_by", ["file", "fingerprint"])
def test_a_root_for_time_stamps_alone_trusts_no_letter(world: World, tmp_path: Path, named_by: str) -> None:
    root = world.authority.der("root")
    (tmp_path / "root.der").write_bytes(root)
    name = "root.der" if named_by == "file" else sha256(root).hexdigest()
    (tmp_path / "anchors.json").write_text(json.dumps({name: {"use": "time-stamp", "note": "stamps only"}}))
    trust = Trust.from_folders(tmp_path)
    report = examine(world.stamped(world.signed(world.officer())), trust=trust, at=datetime.now(UTC))
    trusted = {one.kind: one.chain_trusted for one in report.signatures}
    assert trusted == {"signature": "no", "time-stamp": "yes"}
