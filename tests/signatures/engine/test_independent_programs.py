"""What others say about our signatures: poppler, OpenSSL and qpdf, with the demo root and without any network."""

from __future__ import annotations

import subprocess
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import cms

from signatures.engine import softkey
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


@pytest.mark.parametrize("level", ["B-B", "B-LTA"])
def test_openssl_accepts_every_signature_and_time_stamp(
    papers: dict[str, bytes], running_world: World, level: str, tmp_path: Path
) -> None:
    root = tmp_path / "root.pem"
    root.write_bytes(running_world.authority.root_pem())
    kinds = []
    for kind, der, covered in signatures_in(papers[level]):
        kinds.append(kind)
        (tmp_path / "cms").write_bytes(der)
        (tmp_path / "data").write_bytes(covered)
        if kind == "/Sig":
            said = run(
                "openssl", "cms", "-verify", "-cades", "-purpose", "any", "-binary", "-inform", "DER",
                "-in", tmp_path / "cms", "-content", tmp_path / "data", "-CAfile", root, "-out", tmp_path / "out",
            )  # fmt: skip
            assert "successful" in said
        else:
            issuing = tmp_path / "issuing.pem"
            issuing.write_bytes((running_world.authority.folder / "issuing.pem").read_bytes())
            said = run(
                "openssl", "ts", "-verify", "-token_in", "-in", tmp_path / "cms", "-data", tmp_path / "data",
                "-CAfile", root, "-untrusted", issuing,
            )  # fmt: skip
            assert "Verification: OK" in said
    assert kinds == ["/Sig"] * 2 + ["/DocTimeStamp"] * (2 if level == "B-LTA" else 0)
