"""The demo authority: what it issues, what it answers, and that it starts and ends as a program."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import urllib.request
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID

from eoffice.demo.authority import Authority, answers
from tests.signatures.authority import World, private_key

ROOT = Path(__file__).resolve().parents[2]


def ask(world: World, certificate: bytes) -> ocsp.OCSPResponse:
    request = (
        ocsp.OCSPRequestBuilder()
        .add_certificate(
            x509.load_der_x509_certificate(certificate), world.authority.certificates["issuing"], hashes.SHA1()
        )
        .build()
        .public_bytes(serialization.Encoding.DER)
    )
    with urllib.request.urlopen(f"{world.url}/ocsp", data=request, timeout=5) as answer:
        posted = ocsp.load_der_ocsp_response(answer.read())
    address = f"{world.url}/ocsp/{quote(b64encode(request).decode(), safe='')}"
    with urllib.request.urlopen(address, timeout=5) as answer:
        assert ocsp.load_der_ocsp_response(answer.read()).certificate_status is posted.certificate_status
    return posted


def test_one_officer_is_revoked_and_the_others_are_not(world: World) -> None:
    first, second = world.officer("First"), world.officer("Second")
    assert ask(world, first.certificate).certificate_status is ocsp.OCSPCertStatus.GOOD
    world.authority.revoke_certificate(first.certificate, reason="cessation_of_operation")
    answer = ask(world, first.certificate)
    assert answer.certificate_status is ocsp.OCSPCertStatus.REVOKED
    assert answer.revocation_reason is x509.ReasonFlags.cessation_of_operation
    assert ask(world, second.certificate).certificate_status is ocsp.OCSPCertStatus.GOOD
    with urllib.request.urlopen(f"{world.url}/crl/issuing.crl", timeout=5) as listed:
        revoked = x509.load_der_x509_crl(listed.read())
    serials = [x509.load_der_x509_certificate(one.certificate).serial_number for one in (first, second)]
    assert revoked.get_revoked_certificate_by_serial_number(serials[0]) is not None
    assert revoked.get_revoked_certificate_by_serial_number(serials[1]) is None


def test_a_certificate_that_was_never_issued_is_unknown_and_another_issuers_is_refused(
    world: World, tmp_path: Path
) -> None:
    other = Authority.open(tmp_path / "other", base_url=world.url)
    issued = other.issue_officer(private_key("p-256", "x").public_key(), name="X")  # type: ignore[arg-type]
    assert ask(world, issued.certificate).certificate_status is ocsp.OCSPCertStatus.UNKNOWN
    foreign = (
        ocsp.OCSPRequestBuilder()
        .add_certificate(
            x509.load_der_x509_certificate(issued.certificate), other.certificates["issuing"], hashes.SHA1()
        )
        .build()
        .public_bytes(serialization.Encoding.DER)
    )
    answer = ocsp.load_der_ocsp_response(answers.revocation_answer(world.authority, foreign))
    assert answer.response_status is ocsp.OCSPResponseStatus.UNAUTHORIZED


@pytest.mark.parametrize("request_der", [b"", b"garbage", b"\x30\x03\x02\x01\x01"])
def test_garbage_gets_a_proper_refusal(world: World, request_der: bytes) -> None:
    answer = ocsp.load_der_ocsp_response(answers.revocation_answer(world.authority, request_der))
    assert answer.response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST
    assert b"\x02\x01\x02" in answers.time_stamp(world.authority, request_der)


def test_a_weak_digest_is_not_stamped(world: World) -> None:
    request = tsp.TimeStampReq(
        {
            "version": 1,
            "message_imprint": {"hash_algorithm": {"algorithm": "sha1"}, "hashed_message": b"x" * 20},
            "cert_req": True,
        }
    )
    assert len(answers.time_stamp(world.authority, request.dump())) < 40


def test_every_name_says_demo_and_may_be_in_hindi(world: World) -> None:
    officer = world.officer("डॉ. मीनाक्षी वर्धन", designation="सचिव", unit="सामान्य प्रशासन विभाग")
    subject = x509.load_der_x509_certificate(officer.certificate).subject
    assert subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "डॉ. मीनाक्षी वर्धन (DEMO)"
    assert all("DEMO" in certificate.subject.rfc4514_string() for certificate in world.authority.certificates.values())
    long = world.officer("श्रीमती " * 20)
    name = x509.load_der_x509_certificate(long.certificate).subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    assert str(name).endswith("(DEMO)")


def test_a_request_that_is_not_signed_by_its_own_key_is_refused(world: World) -> None:
    key = private_key("p-256", "csr")
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "X")])
    good = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    pem = good.public_bytes(serialization.Encoding.PEM)
    assert world.authority.issue_for_request(pem, name="Rekha Nautiyal").certificate
    der = bytearray(good.public_bytes(serialization.Encoding.DER))
    der[-1] ^= 1
    with pytest.raises(ValueError):
        world.authority.issue_for_request(bytes(der), name="Rekha Nautiyal")


def test_the_authority_of_a_folder_is_made_once(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no demo authority"):
        Authority.open(tmp_path / "none")
    made = Authority.open(tmp_path / "a", base_url="http://127.0.0.1:8/", now=datetime.now(UTC) + timedelta(days=1))
    again = Authority.open(tmp_path / "a", base_url="http://127.0.0.1:9")
    assert again.base_url == made.base_url == "http://127.0.0.1:8"
    assert again.root_pem() == made.root_pem()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_it_runs_as_a_program_and_stops_when_told(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "eoffice.demo.authority", "--data", str(tmp_path), "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert f"127.0.0.1:{port}" in program.stdout.readline()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/ca/root.crt", timeout=5) as answer:
            assert x509.load_der_x509_certificate(answer.read())
        second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
        assert second.returncode == 1
        assert str(port) in second.stderr
        program.send_signal(signal.SIGTERM)
        assert program.wait(timeout=10) == 0
