"""What others say about our signatures: poppler, OpenSSL and qpdf, with the demo root and without any network."""

from __future__ import annotations

import subprocess
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import cms

from signatures.engine import levels, softkey
from signatures.engine.facts import Level
from tests.signatures.authority import World


def run(*command: str | Path) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


@pytest.fixture(scope="module", params=["rsa-3072", "p-256"])
def papers(request: pytest.FixtureRequest, running_world: World) -> dict[str, bytes]:
    kind: softkey.type_of_key = request.param
    officers = running_world.officer("डॉ. मीनाक्षी वर्धन", kind), running_world.officer("Rekha Nautiyal", kind)
    found = {"B-B": running_world.signed(*officers)}
    found["B-T"] = running_world.stamped(found["B-B"])
    found["B-LT"] = running_world.long_term(found["B-B"])
    found["B-LTA"] = running_world.archived(found["B-B"])
    return found


@pytest.fixture(scope="module")
def nss(running_world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nss")
    root = folder / "root.pem"
    root.write_bytes(running_world.authority.root_pem())
    run("certutil", "-d", f"sql:{folder}", "-N", "--empty-password")
    run("certutil", "-d", f"sql:{folder}", "-A", "-t", "CT,C,C", "-n", "demo", "-i", root)
    return folder


@pytest.mark.parametrize("level", ["B-B", "B-T", "B-LT", "B-LTA"])
def test_pdfsig_finds_both_signatures_valid_and_trusted(
    papers: dict[str, bytes], nss: Path, level: str, tmp_path: Path
) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(papers[level])
    said = run("pdfsig", "-no-ocsp", "-nssdir", nss, path)
    assert said.count("Signature Validation: Signature is Valid.") == 2
    assert said.count("Certificate Validation: Certificate is Trusted.") == 2
    assert "डॉ. मीनाक्षी वर्धन (DEMO)" in said


@pytest.mark.parametrize("level", ["B-B", "B-T", "B-LT", "B-LTA"])
def test_qpdf_finds_no_fault(papers: dict[str, bytes], level: str, tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(papers[level])
    assert "No syntax or stream encoding errors found" in run("qpdf", "--check", path)


def signatures_in(pdf: bytes) -> list[tuple[str, bytes, bytes]]:
    """Kind, CMS and covered bytes of each signature, found without our engine."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        found = []
        for field in opened.Root.AcroForm.Fields:
            value = field["/V"]
            start, first, second, length = (int(number) for number in value["/ByteRange"])
            assert start == 0
            der = cms.ContentInfo.load(bytes(value["/Contents"])).dump()
            found.append((str(value["/Type"]), der, pdf[:first] + pdf[second : second + length]))
    return found


def openssl_accepts(kind: str, der: bytes, covered: bytes, world: World, folder: Path) -> None:
    root, issuing = folder / "root.pem", folder / "issuing.pem"
    root.write_bytes(world.authority.root_pem())
    issuing.write_bytes((world.authority.folder / "issuing.pem").read_bytes())
    (folder / "cms").write_bytes(der)
    (folder / "data").write_bytes(covered)
    if kind == "/Sig":
        said = run(
            "openssl", "cms", "-verify", "-cades", "-purpose", "any", "-binary", "-inform", "DER",
            "-in", folder / "cms", "-content", folder / "data", "-CAfile", root, "-out", folder / "out",
        )  # fmt: skip
        assert "successful" in said
    else:
        said = run(
            "openssl", "ts", "-verify", "-token_in", "-in", folder / "cms", "-data", folder / "data",
            "-CAfile", root, "-untrusted", issuing,
        )  # fmt: skip
        assert "Verification: OK" in said


@pytest.mark.parametrize("level", ["B-B", "B-LTA"])
def test_openssl_accepts_every_signature_and_time_stamp(
    papers: dict[str, bytes], running_world: World, level: str, tmp_path: Path
) -> None:
    kinds = []
    for kind, der, covered in signatures_in(papers[level]):
        kinds.append(kind)
        openssl_accepts(kind, der, covered, running_world, tmp_path)
    assert kinds == ["/Sig"] * 2 + ["/DocTimeStamp"] * (2 if level == "B-LTA" else 0)


def test_all_of_them_accept_ten_signers_with_keys_of_all_kinds(running_world: World, nss: Path, tmp_path: Path) -> None:
    kinds: list[softkey.type_of_key] = ["rsa-3072", "p-256", "rsa-2048"]
    ten = [running_world.officer(f"Officer {number}", kinds[number % 3]) for number in range(10)]
    pdf = running_world.signed(*ten)
    raised = levels.complete(pdf, have=Level.B, authority=running_world.tsa, trust=running_world.trust)
    path = tmp_path / "letter.pdf"
    path.write_bytes(raised.pdf)
    said = run("pdfsig", "-no-ocsp", "-nssdir", nss, path)
    assert said.count("Signature Validation: Signature is Valid.") == 10
    assert said.count("Certificate Validation: Certificate is Trusted.") == 10
    assert "No syntax or stream encoding errors found" in run("qpdf", "--check", path)
    found = signatures_in(raised.pdf)
    assert [kind for kind, _der, _covered in found] == ["/Sig"] * 10 + ["/DocTimeStamp"] * 2
    for kind, der, covered in found:
        openssl_accepts(kind, der, covered, running_world, tmp_path)
