"""Our own rules about the file as a whole, beyond what is said about each signature (signing.md section 6)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from asn1crypto import core, crl, ocsp, x509
from cryptography import x509 as pyca
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from signatures.engine import mathematics
from signatures.engine.envelope import is_damaged, list_is_damaged
from signatures.engine.reading import UNREADABLE, entry

_END: Final = re.compile(rb"%%EOF[ \t]*(?:\r\n|\r|\n)?\Z")
_RANGES: Final = re.compile(rb"/ByteRange\s*\[\s*0+\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")
_HOLE: Final = re.compile(rb"<[0-9A-Fa-f]+>")
_KINDS: Final[dict[str, type[core.Asn1Value]]] = {
    "/Certs": x509.Certificate, "/Cert": x509.Certificate, "/OCSPs": ocsp.OCSPResponse, "/OCSP": ocsp.OCSPResponse,
    "/CRLs": crl.CertificateList, "/CRL": crl.CertificateList,
}  # fmt: skip
_ENTRIES_MAX: Final = 2000
_ODD_LIST_MAX: Final = 200_000


def odd_structure(pdf: bytes, covered_to: Sequence[int]) -> list[str]:
    """Codes of what should not be in a signed file. Empty for a sound one."""
    if max(covered_to, default=0) < len(pdf) and not _END.search(pdf[-64:]):
        return ["bytes-after-the-end"]
    return []


def odd_signatures(pdf: bytes, known: Sequence[tuple[int, ...]]) -> list[str]:
    """Signatures that stand in the file but in no field any more.

    Who takes another's signature out of the form and signs himself has changed what the paper says of who signed it.
    """
    for found in _RANGES.finditer(pdf):
        first, second, length = map(int, found.groups())
        ranges = (0, first, second, length)
        hole = pdf[first:second]
        if ranges not in known and second + length <= len(pdf) and _HOLE.fullmatch(hole) and hole.strip(b"<0>"):
            return ["signature-removed"]
    return []


def odd_evidence(reader: PdfFileReader) -> list[str]:
    """Damage to validation data, which may follow the last signature and is then covered by none."""
    try:
        store = entry(reader.root, "/DSS")
        if not isinstance(store, generic.DictionaryObject):
            return []
        found = list(_evidence(store))
        chain = [one for one in found if isinstance(one, x509.Certificate)]
        bad = any(is_damaged(one, chain, []) for one in chain)
        bad = bad or any(list_is_damaged(one, chain) for one in found)
        bad = bad or any(_answer_is_damaged(one, chain) for one in found if isinstance(one, ocsp.OCSPResponse))
    except UNREADABLE:
        bad = True
    return ["evidence-damaged"] if bad else []


def _evidence(store: generic.DictionaryObject) -> Iterator[core.Asn1Value]:
    """Every certificate, list and answer, each once."""
    seen: set[bytes] = set()
    entries = [store, *(entry(entry(store, "/VRI", {}), key) for key in entry(store, "/VRI", {}) if key != "/Type")]
    for dictionary in entries:
        if not isinstance(dictionary, generic.DictionaryObject):
            continue
        for key, kind in _KINDS.items():
            for stream in list(entry(dictionary, key, ()))[:_ENTRIES_MAX]:
                target: Any = stream.get_object() if isinstance(stream, generic.IndirectObject) else stream  # type: ignore[no-untyped-call]
                if isinstance(target, generic.StreamObject) and target.data not in seen:
                    seen.add(target.data)
                    yield _read(kind, target.data)


def _read(kind: type[core.Asn1Value], der: bytes) -> core.Asn1Value:
    """Parsed to the last entry, for damage to show. A list of 100,000 entries takes asn1crypto seconds for that."""
    value = kind.load(der)
    if kind is x509.Certificate:
        value.native  # noqa: B018 - asn1crypto parses lazily
    elif kind is crl.CertificateList:
        try:
            len(pyca.load_der_x509_crl(der))
        except ValueError:
            if len(der) > _ODD_LIST_MAX:
                raise
            value.native  # noqa: B018 - odd, but perhaps not damaged
    return value


def _answer_is_damaged(answer: ocsp.OCSPResponse, chain: list[x509.Certificate]) -> bool:
    """Whether the key that the answer names is at hand and did not sign it. Of names there may be many bearers."""
    if answer["response_status"].native != "successful":
        return False
    basic = answer.basic_ocsp_response
    responder = basic["tbs_response_data"]["responder_id"]
    known = [*(basic["certs"] or ()), *chain]
    if responder.name != "by_key":
        return False
    fitting = [one for one in known if one.public_key.sha1 == responder.chosen.native]
    return bool(fitting) and not any(
        mathematics.is_right(
            one.public_key, basic["signature_algorithm"], basic["signature"].native, basic["tbs_response_data"].dump()
        )
        for one in fitting
    )
