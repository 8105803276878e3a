from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO

import pikepdf
import pytest
from asn1crypto import cms

from signatures.engine import pades, slots, softkey
from signatures.engine.errors import CannotPrepare, Swapped
from signatures.engine.examine import examine
from signatures.engine.facts import WholeState
from tests.signatures.authority import Officer, World, letter

AT = datetime(2026, 11, 24, 11, 12, 18, tzinfo=UTC)


def begun(world: World, officer: Officer, pdf: bytes | None = None) -> pades.Prepared:
    pdf = pdf or slots.prepare_slots(letter(), ["Signature1"])
    return pades.begin(pdf, slot="Signature1", certificate=officer.certificate, at=AT)


def cms_of(pdf: bytes, prepared: pades.Prepared) -> bytes:
    hole = bytes.fromhex(pdf[prepared.reserved_start + 1 : prepared.reserved_end - 1].decode())
    return bytes(cms.ContentInfo.load(hole).dump())


@pytest.mark.parametrize("kind", ["rsa-2048", "rsa-3072", "p-256"])
@pytest.mark.parametrize("signers", [1, 2, 3])
def test_every_signature_is_an_increment_and_stays_intact(
    world: World, kind: softkey.type_of_key, signers: int
) -> None:
    officers = [world.officer(f"Officer {number}", kind) for number in range(signers)]
    names = [f"Signature{number}" for number in range(signers)]
    pdf = slots.prepare_slots(letter(2), names)
    for name, officer in zip(names, officers, strict=True):
        before, pdf = pdf, world.sign(pdf, name, officer, reason="Approved")
        assert pdf.startswith(before)
    report = examine(pdf, trust=world.trust, at=datetime.now(UTC))
    assert report.integrity is WholeState.INTACT
    assert [facts.field for facts in report.signatures] == names
    assert [facts.signer.name for facts in report.signatures if facts.signer] == [f"{o.name} (DEMO)" for o in officers]
    assert slots.empty_slots(pdf) == []


@pytest.mark.parametrize("kind", ["rsa-3072", "p-256"])
def test_signing_keeps_the_pdf_version_so_that_pdf_a_stays_true(world: World, kind: softkey.type_of_key) -> None:
    manifest = slots.Attachment("manifest.json", b"{}", description="What was decided")
    pdf = slots.prepare_slots(letter(), ["S"], attachments=[manifest], at=AT)
    with pikepdf.open(BytesIO(world.sign(pdf, "S", world.officer("Version", kind)))) as signed:
        assert signed.pdf_version == "1.7"
        assert str(signed.Root.get("/Version", "/1.7")) == "/1.7"


def test_the_manifest_travels_inside_under_the_signature(world: World) -> None:
    manifest = slots.Attachment("manifest.json", b'{"act": "draft:approve"}', description="What was decided")
    pdf = slots.prepare_slots(letter(), ["Signature1"], attachments=[manifest], at=AT)
    pdf = world.sign(pdf, "Signature1", world.officer())
    assert slots.attachments_of(pdf) == {"manifest.json": b'{"act": "draft:approve"}'}
    with pikepdf.open(BytesIO(pdf)) as opened:
        associated = opened.Root["/AF"][0]
        assert str(associated["/AFRelationship"]) == "/Data"
        assert str(associated["/EF"]["/F"]["/Subtype"]) == "/application/json"


def test_the_claimed_time_is_the_one_that_was_given(world: World) -> None:
    officer = world.officer()
    prepared = begun(world, officer)
    signed = pades.finish(prepared, certificate=officer.certificate, signature=officer.sign(prepared.signed_attrs))
    assert examine(signed, trust=world.trust, at=datetime.now(UTC)).signatures[0].claimed_at == AT


def test_the_first_signature_certifies_and_the_last_locks(world: World) -> None:
    pdf = world.signed(world.officer("First"), world.officer("Last"))
    with pikepdf.open(BytesIO(pdf)) as opened:
        first, last = opened.Root["/AcroForm"]["/Fields"]
        certified = first["/V"]["/Reference"][0]
        assert str(certified["/TransformMethod"]) == "/DocMDP"
        assert int(certified["/TransformParams"]["/P"]) == 2
        methods = {str(entry["/TransformMethod"]) for entry in last["/V"]["/Reference"]}
        assert "/FieldMDP" in methods
        assert int(last["/Lock"]["/P"]) == 1


def test_signers_keep_their_order(world: World) -> None:
    officer = world.officer()
    pdf = slots.prepare_slots(letter(), ["First", "Second"])
    with pytest.raises(CannotPrepare) as refused:
        pades.begin(pdf, slot="Second", certificate=officer.certificate, at=AT)
    assert refused.value.reason == "slot-order"
    signed = world.sign(pdf, "First", officer)
    with pytest.raises(CannotPrepare) as refused:
        pades.begin(signed, slot="First", certificate=officer.certificate, at=AT)
    assert refused.value.reason == "slot-missing"


def test_a_full_cms_from_elsewhere_is_taken_when_everything_fits(world: World) -> None:
    officer = world.officer()
    prepared = begun(world, officer)
    signed = pades.finish(prepared, certificate=officer.certificate, signature=officer.sign(prepared.signed_attrs))
    again = pades.finish(prepared, certificate=officer.certificate, cms_der=cms_of(signed, prepared))
    assert again == signed


# Swap prevention (signing.md section 3): pyHanko itself would embed every one of these.


def refusal(world: World, prepared: pades.Prepared, officer: Officer, **given: bytes) -> str:
    with pytest.raises(Swapped) as refused:
        pades.finish(prepared, certificate=officer.certificate, chain=officer.chain, **given)  # type: ignore[arg-type]
    return refused.value.reason


def test_a_swapped_document_is_refused(world: World) -> None:
    officer = world.officer()
    prepared = begun(world, officer)
    good = officer.sign(prepared.signed_attrs)
    other = begun(world, officer, slots.prepare_slots(letter(text="Pay ten times as much."), ["Signature1"]))
    assert refusal(world, replace(prepared, pdf=other.pdf), officer, signature=good) == "prepared-swapped"
    whole = replace(prepared, pdf=other.pdf, sha256=other.sha256)
    assert refusal(world, whole, officer, signature=good) in {"prepared-swapped", "digest-swapped"}
    digest = replace(other, signed_attrs=prepared.signed_attrs)
    assert refusal(world, digest, officer, signature=good) == "attributes-swapped"


def test_another_officers_certificate_or_signature_is_refused(world: World) -> None:
    officer, stranger = world.officer("Officer"), world.officer("Stranger")
    prepared = begun(world, officer)
    assert refusal(world, prepared, stranger, signature=stranger.sign(prepared.signed_attrs)) == "certificate-swapped"
    assert refusal(world, prepared, officer, signature=stranger.sign(prepared.signed_attrs)) == "signature-wrong"


def test_garbage_and_nothing_and_too_much_are_refused(world: World) -> None:
    officer = world.officer()
    prepared = begun(world, officer)
    assert refusal(world, prepared, officer) == "signature-missing"
    assert refusal(world, prepared, officer, signature=b"12345") == "signature-wrong"
    assert refusal(world, prepared, officer, cms_der=b"12345") == "cms-unreadable"
    good = pades.finish(prepared, certificate=officer.certificate, signature=officer.sign(prepared.signed_attrs))
    der = cms_of(good, prepared)
    assert refusal(world, prepared, officer, cms_der=der[:-7]) == "cms-unreadable"
    info = cms.ContentInfo.load(der)
    many = [cms.CertificateChoices.load(officer.certificate)] * 20
    info["content"]["certificates"] = [*info["content"]["certificates"], *many]
    assert refusal(world, prepared, officer, cms_der=info.dump(force=True)) == "signature-too-large"


def test_a_good_cms_over_another_document_is_refused(world: World) -> None:
    officer = world.officer()
    prepared = begun(world, officer)
    other = begun(world, officer, slots.prepare_slots(letter(text="Another letter"), ["Signature1"]))
    signed = pades.finish(other, certificate=officer.certificate, signature=officer.sign(other.signed_attrs))
    assert refusal(world, prepared, officer, cms_der=cms_of(signed, other)) == "cms-other-document"


def test_a_cms_by_another_certificate_is_refused(world: World) -> None:
    officer, stranger = world.officer("Officer"), world.officer("Stranger")
    prepared = begun(world, officer)
    signed = pades.finish(prepared, certificate=officer.certificate, signature=officer.sign(prepared.signed_attrs))
    own, other = (sha256(one.certificate).digest() for one in (officer, stranger))
    der = cms_of(signed, prepared).replace(own, other)
    assert refusal(world, prepared, officer, cms_der=der) == "cms-other-certificate"


def test_a_cms_with_two_signers_or_with_content_or_with_extras_is_refused(world: World) -> None:
    officer = world.officer()
    prepared = begun(world, officer)
    signed = pades.finish(prepared, certificate=officer.certificate, signature=officer.sign(prepared.signed_attrs))
    der = cms_of(signed, prepared)
    double = cms.ContentInfo.load(der)
    infos = double["content"]["signer_infos"]
    two = cms.SignerInfos.load(cms.SetOf([infos[0], infos[0]], spec=cms.SignerInfo).dump())
    assert len(two) == 2
    double["content"]["signer_infos"] = two
    assert refusal(world, prepared, officer, cms_der=double.dump(force=True)) == "cms-signers"
    attached = cms.ContentInfo.load(der)
    attached["content"]["encap_content_info"]["content"] = b"own content"
    assert refusal(world, prepared, officer, cms_der=attached.dump(force=True)) == "cms-not-detached"
    extra = cms.ContentInfo.load(der)
    surprise = {"type": "signing_time", "values": [cms.Time({"utc_time": AT})]}
    extra["content"]["signer_infos"][0]["unsigned_attrs"] = [surprise]
    assert refusal(world, prepared, officer, cms_der=extra.dump(force=True)) == "cms-unsigned"


# What is never signed.


def spoilt(change: str) -> bytes:
    with pikepdf.open(BytesIO(letter())) as pdf:
        if change == "javascript":
            pdf.Root["/OpenAction"] = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        elif change == "layers":
            pdf.Root["/OCProperties"] = pikepdf.Dictionary(OCGs=pikepdf.Array(), D=pikepdf.Dictionary())
        elif change == "xfa":
            pdf.Root["/AcroForm"] = pikepdf.Dictionary(Fields=pikepdf.Array(), XFA=pikepdf.Array())
        elif change == "form-fields":
            field = pdf.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Tx, T="Amount", V="10"))
            pdf.Root["/AcroForm"] = pikepdf.Dictionary(Fields=pikepdf.Array([field]))
        output = BytesIO()
        encryption = pikepdf.Encryption(owner="o", user="") if change == "encrypted" else None
        pdf.save(output, encryption=encryption or False)
    return output.getvalue()


@pytest.mark.parametrize("change", ["javascript", "layers", "xfa", "form-fields", "encrypted"])
def test_what_is_active_fillable_or_hidden_is_not_signed(change: str) -> None:
    with pytest.raises(CannotPrepare) as refused:
        slots.prepare_slots(spoilt(change), ["Signature1"])
    assert refused.value.reason == change


def test_what_is_signed_already_gets_no_new_slots(world: World) -> None:
    with pytest.raises(CannotPrepare) as refused:
        slots.prepare_slots(world.signed(world.officer()), ["More"])
    assert refused.value.reason == "signed-already"


@pytest.mark.parametrize("pdf", [b"", b"%PDF-1.7", letter()[:300]])
def test_what_can_not_be_read_is_not_signed(pdf: bytes) -> None:
    with pytest.raises(CannotPrepare):
        slots.prepare_slots(pdf, ["Signature1"])


@pytest.mark.parametrize("names", [[], ["A", "A"], ["a b"], [f"S{n}" for n in range(11)]])
def test_slot_names_are_checked(names: list[str]) -> None:
    with pytest.raises(CannotPrepare):
        slots.prepare_slots(letter(), names)
