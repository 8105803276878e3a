"""Attributes and container against pyHanko's own, byte by byte."""

from __future__ import annotations

import asyncio
from hashlib import sha256

import pytest
from asn1crypto import cms, x509
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from signatures.engine import container, loop, softkey
from signatures.engine.certificates import load
from signatures.engine.errors import CannotPrepare
from tests.signatures.authority import Officer, World

DIGEST = sha256(b"a paper").digest()


def theirs(officer: Officer, signature: bytes, chain: list[x509.Certificate]) -> tuple[bytes, bytes]:
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple(chain)
    external = signers.ExternalSigner(
        signing_cert=load(officer.certificate), cert_registry=store, signature_value=signature, embed_roots=False
    )

    async def make() -> tuple[bytes, bytes]:
        attributes = await external.signed_attrs(DIGEST, "sha256", use_pades=True)
        whole = await external.async_sign_prescribed_attributes("sha256", attributes)
        return bytes(attributes.dump()), bytes(whole.dump())

    return asyncio.run(make())


@pytest.mark.parametrize("kind", ["rsa-2048", "rsa-3072", "p-256"])
@pytest.mark.parametrize("beside", [(), ("root",)])
def test_the_bytes_are_those_that_pyhanko_writes(
    world: World, kind: softkey.type_of_key, beside: tuple[str, ...]
) -> None:
    officer = world.officer("Meera", kind)
    chain = [load(der) for der in (*officer.chain, *map(world.authority.der, beside))]
    attributes = container.signed_attributes(load(officer.certificate), DIGEST)
    signature = officer.sign(attributes)
    whole = container.container(load(officer.certificate), chain=chain, attributes=attributes, signature=signature)
    assert (attributes, whole) == theirs(officer, signature, chain)


def test_a_small_signature_has_short_lengths(world: World) -> None:
    """Lengths of one, two and three bytes, each in its shortest form (X.690, 10.1): read back, they are the same."""
    officer = world.officer("Meera", "p-256")
    attributes = container.signed_attributes(load(officer.certificate), DIGEST)
    for size in (1, 127, 128, 255, 256, 70_000):
        whole = container.container(load(officer.certificate), chain=(), attributes=attributes, signature=bytes(size))
        read = cms.ContentInfo.load(whole, strict=True)
        assert read["content"]["signer_infos"][0]["signature"].native == bytes(size)
        assert read.dump(force=True) == whole


def test_a_key_of_another_kind_is_refused(world: World) -> None:
    certificate = x509.Certificate.load(world.officer("Meera", "p-256").certificate)
    certificate["tbs_certificate"]["subject_public_key_info"]["algorithm"] = {"algorithm": "ed25519"}
    with pytest.raises(CannotPrepare) as refused:
        container.container(certificate, chain=(), attributes=b"\x31\x00", signature=b"s")
    assert refused.value.reason == "key-kind"


def test_what_waits_is_not_run_without_a_loop() -> None:
    async def quick() -> int:
        return 7

    async def slow() -> int:
        await asyncio.sleep(0)
        return 7

    assert loop.at_once(quick()) == 7
    with pytest.raises(RuntimeError, match="waits for something"):
        loop.at_once(slow())
