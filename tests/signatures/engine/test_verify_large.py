"""Large genuine files: their size alone must not make them unreadable."""

from __future__ import annotations

import hashlib
import time
from datetime import UTC, datetime

from asn1crypto import core, crl, parser
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name

from signatures.engine.examine import examine
from signatures.engine.facts import Report, WholeState
from signatures.engine.trust import Trust
from tests.signatures.engine import foreign
from tests.signatures.engine.foreign import Writer, increment


def look(pdf: bytes) -> Report:
    return examine(pdf, trust=Trust(), at=datetime.now(UTC))


def long_list(entries: int) -> bytes:
    """A revocation list like those of national authorities, signed by the foreign key."""
    row = parser.emit(0, 1, 16, core.Integer(10**18).dump() + core.UTCTime(datetime(2025, 1, 1, tzinfo=UTC)).dump())
    empty = crl.TbsCertList({
        "version": "v2", "signature": {"algorithm": "sha256_rsa"}, "issuer": foreign.certificate().subject,
        "this_update": crl.Time({"utc_time": datetime(2026, 1, 1, tzinfo=UTC)}),
        "next_update": crl.Time({"utc_time": datetime(2027, 1, 1, tzinfo=UTC)}),
    })  # fmt: skip
    content = empty.contents + parser.emit(0, 1, 16, row * entries)
    body = parser.emit(0, 1, 16, content)
    signature = foreign.pkcs1(hashlib.sha256(body).digest(), "sha256")
    algorithm = crl.SignedDigestAlgorithm({"algorithm": "sha256_rsa"}).dump()
    return parser.emit(0, 1, 16, body + algorithm + core.OctetBitString(signature).dump())


def with_list(pdf: bytes, der: bytes) -> bytes:
    def add(writer: Writer) -> None:
        references = [
            generic.ArrayObject([writer.add_object(generic.StreamObject(stream_data=one))])
            for one in (foreign.certificate().dump(), der)
        ]
        writer.root["/DSS"] = generic.DictionaryObject(
            dict(zip(map(pdf_name, ("/Certs", "/CRLs")), references, strict=True))
        )
        writer.update_root()

    return increment(pdf, add)


def test_a_list_of_a_hundred_thousand_revoked_certificates_is_read_in_time() -> None:
    whole = long_list(100_000)
    pdf = with_list(foreign.detached(foreign.paper()), whole)
    began = time.process_time()
    assert look(pdf).integrity is WholeState.INTACT
    assert time.process_time() - began < 3
    spoilt = bytearray(whole)
    spoilt[len(spoilt) // 2] ^= 1
    assert look(with_list(foreign.detached(foreign.paper()), bytes(spoilt))).integrity is WholeState.SUSPICIOUS
