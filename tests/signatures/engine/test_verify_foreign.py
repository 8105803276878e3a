"""Genuine papers of other makers: old forms, weak digests, odd habits. Tampering alone counts, not who is trusted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO

import pikepdf
import pytest
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.pdf_cms import SimpleSigner

from signatures.engine.examine import examine
from signatures.engine.facts import Report, Verdict, WholeState
from signatures.engine.trust import Trust
from tests.signatures.authority import World
from tests.signatures.engine import foreign
from tests.signatures.engine.foreign import Writer, certificate, increment, key


def look(pdf: bytes, trust: Trust | None = None) -> Report:
    return examine(pdf, trust=trust or Trust(), at=datetime.now(UTC))


FORMS: dict[str, Callable[[bytes], bytes]] = {
    "adbe.x509.rsa_sha1": foreign.rsa_sha1,
    "adbe.pkcs7.sha1": foreign.pkcs7_sha1,
    "detached-md5": lambda pdf: foreign.detached(pdf, "md5"),
    "detached-sha1": lambda pdf: foreign.detached(pdf, "sha1"),
    "detached-sha256": foreign.detached,
    "no-attributes": lambda pdf: foreign.detached(pdf, attributes=False),
    "attributes-as-they-came": lambda pdf: foreign.detached(pdf, reverse=True),
    "signature-oid-for-digest": lambda pdf: foreign.detached(pdf, digest_oid="1.2.840.113549.1.1.11"),
    "hybrid": lambda _pdf: foreign.detached(foreign.hybrid()),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_signature_is_read_and_its_damage_seen(form: str) -> None:
    pdf = FORMS[form](foreign.paper())
    report = look(pdf)
    assert report.integrity is WholeState.INTACT, report
    assert report.verdict is Verdict.INDETERMINATE
    (one,) = report.signatures
    assert one.signer is not None
    assert one.signer.name == "Somebody Elsewhere"
    at = pdf.index(b"/MediaBox")
    spoilt = pdf[: at + 11] + bytes([pdf[at + 11] ^ 1]) + pdf[at + 12 :]
    assert look(spoilt).integrity in {WholeState.BROKEN, WholeState.UNKNOWN}
    assert look(foreign.rsa_sha1(foreign.paper()).replace(b"/SubFilter", b"/SubFilteR")).integrity is WholeState.BROKEN


def test_a_bare_rsa_signature_is_trusted_by_its_certificate_alone() -> None:
    report = look(foreign.rsa_sha1(foreign.paper()), Trust((certificate().dump(),)))
    (one,) = report.signatures
    assert one.chain_trusted == "yes"
    assert one.trust_anchor == "Somebody Elsewhere"


def test_a_hybrid_file_is_read_leniently_and_says_so() -> None:
    report = look(foreign.detached(foreign.hybrid()))
    assert (report.reading, report.reasons) == ("lenient", ("hybrid",))


def test_a_file_that_is_locked_only_against_changes_is_checked() -> None:
    output = BytesIO()
    with pikepdf.open(BytesIO(foreign.paper())) as pdf:
        pdf.save(output, encryption=pikepdf.Encryption(owner="owner", user=""))
    locked = output.getvalue()
    assert look(locked).verdict is Verdict.ENCRYPTED
    writer = Writer(BytesIO(locked))
    writer.encrypt("")
    pdf_signed = signers.sign_pdf(
        writer, signers.PdfSignatureMetadata(field_name="S", md_algorithm="sha256"), pyhanko_signer()
    ).getvalue()
    assert look(pdf_signed).integrity is WholeState.INTACT
    assert look(pdf_signed + b"\n").integrity is not WholeState.INTACT


def pyhanko_signer() -> SimpleSigner:
    from asn1crypto import keys  # noqa: PLC0415
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
    from pyhanko_certvalidator.registry import SimpleCertificateStore  # noqa: PLC0415

    der = key().private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return SimpleSigner(certificate(), keys.PrivateKeyInfo.load(der), SimpleCertificateStore())


def stamped(pdf: bytes, name: str, box: tuple[int, int, int, int] | None, **how: object) -> bytes:
    """Signed with a picture in `box`."""
    metadata = signers.PdfSignatureMetadata(field_name=name, md_algorithm="sha256", **how)  # type: ignore[arg-type]
    spec = fields.SigFieldSpec(name, box=box) if box else None
    return bytes(signers.sign_pdf(Writer(BytesIO(pdf)), metadata, pyhanko_signer(), new_field_spec=spec).getvalue())


def test_second_officers_stamp_in_a_free_place_is_fine_and_over_text_is_not() -> None:
    once = stamped(foreign.paper(), "First", (60, 40, 200, 90))
    assert look(stamped(once, "Second", (260, 40, 400, 90))).integrity is WholeState.INTACT
    for box in ((60, 690, 360, 740), (10, 10, 560, 800)):
        report = look(stamped(once, "Second", box))
        assert report.integrity is WholeState.SUSPICIOUS
        assert "late-visible-field" in report.reasons


def test_a_certified_paper_allows_no_new_visible_field() -> None:
    certified = stamped(foreign.paper(), "First", None, certify=True, docmdp_permissions=fields.MDPPerm.FILL_FORMS)
    assert look(certified).integrity is WholeState.INTACT
    writer = Writer(BytesIO(certified))
    fields.append_signature_field(writer, fields.SigFieldSpec("Second", box=(260, 40, 400, 90)))
    output = BytesIO()
    writer.write(output)
    assert look(output.getvalue()).integrity is WholeState.SUSPICIOUS


def test_validation_data_after_the_last_signature_is_checked_too(world: World) -> None:
    pdf = world.long_term(world.signed(world.officer()))
    assert look(pdf, world.trust).integrity is WholeState.INTACT
    other = world.officer("Somebody", kind="p-256").certificate

    def damage(writer: Writer) -> None:
        stream = writer.root["/DSS"]["/Certs"][0]
        spoilt = bytearray(stream.data)
        spoilt[len(spoilt) // 2] ^= 1
        stream._data, stream._encoded_data = bytes(spoilt), None
        writer.update_container(stream)

    assert other
    assert look(increment(pdf, damage), world.trust).integrity is not WholeState.INTACT
