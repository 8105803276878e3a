"""Is a signature in a PDF unbroken, what does it cover, and what was done to the file after it? No trust, no time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from io import BytesIO
from typing import Any, Final, Literal

from asn1crypto import x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import EmbeddedPdfSignature

from signatures.engine import envelope as envelopes
from signatures.engine import ink, mathematics, signed
from signatures.engine.envelope import Envelope
from signatures.engine.reading import UNREADABLE, entry
from signatures.engine.revisions import Changes, changes_between
from signatures.engine.signed import Signed

Coverage = Literal["whole-file", "whole-revision", "partial"]
Kind = Literal["none", "housekeeping", "archive-data", "form-filling", "other"]

_END: Final = re.compile(rb"startxref\s+\d+\s+%%EOF\s*\Z")
_OBJECT: Final = re.compile(rb"(?:^|[\r\n])[ \t]*(\d{1,10}) (\d{1,5}) obj\b")
_NO_CHANGES: Final = 1


@dataclass(frozen=True)
class Integrity:
    """Facts about one signature's bytes, kept apart. `reasons` are codes, stable and countable."""

    digest_right: bool
    signature_right: bool
    coverage: Coverage
    changes: Kind
    changed_fields: tuple[str, ...]
    reasons: tuple[str, ...]
    envelope: Envelope | None = None
    details: tuple[str, ...] = ()
    digest: bytes | None = None

    @property
    def intact(self) -> bool:
        return self.digest_right and self.signature_right

    @property
    def covered(self) -> bool:
        return self.coverage in {"whole-file", "whole-revision"}

    @property
    def changes_harmless(self) -> bool:
        """Later signatures, time stamps and validation data only; nothing anyone could read differently."""
        return self.changes != "other"

    @property
    def covers_whole_file(self) -> bool:
        return self.coverage == "whole-file"


class Paper:
    """A file under examination: its bytes and its revisions, each read once."""

    def __init__(self, pdf: bytes, reader: PdfFileReader, *, password: bool = False) -> None:
        self.pdf, self.reader, self._password = pdf, reader, password
        self._readers: dict[int, PdfFileReader] = {len(pdf): reader}
        self._lenient: PdfFileReader | None = None
        self._ink: dict[int, list[int] | None] = {}

    def revision(self, end: int) -> PdfFileReader:
        """The file as it was when it ended there; `UNREADABLE` when that is no whole PDF."""
        if end not in self._readers:
            self._readers[end] = self.read(self.pdf[:end])
        return self._readers[end]

    def present(self) -> PdfFileReader:
        """The whole file, read as leniently as its revisions."""
        if self._lenient is None:
            self._lenient = self.read(self.pdf)
        return self._lenient

    def read(self, pdf: bytes) -> PdfFileReader:
        reader = PdfFileReader(BytesIO(pdf), strict=False)
        if self._password:
            reader.decrypt("")
        return reader

    def covered_ink(self, end: int) -> list[int] | None:
        if end not in self._ink:
            self._ink[end] = ink.pages_with_covered_ink(self.pdf[:end], self.pdf)
        return self._ink[end]

    @cached_property
    def places(self) -> frozenset[int]:
        """Every place at which some table of the file says that an object begins."""
        xrefs = self.present().xrefs
        found: set[int] = set()
        for revision in range(xrefs.total_revisions):
            found.add(xrefs.get_startxref_for_revision(revision))
            for reference in xrefs.explicit_refs_in_revision(revision):
                place = xrefs.get_historical_ref(reference, revision)
                if isinstance(place, int):
                    found.add(place)
        return frozenset(found)


def integrity_of(embedded: EmbeddedPdfSignature, pdf: bytes, roots: Sequence[x509.Certificate] = ()) -> Integrity:
    """`judge` for a signature that pyHanko found; for our own output and for tests."""
    field = signed.Field(str(embedded.fq_name), "/Sig", None, embedded.sig_field)
    return judge(signed.of_dictionary(field, embedded.sig_object), Paper(pdf, embedded.reader), roots)


def judge(
    one: Signed, paper: Paper, roots: Sequence[x509.Certificate] = (), known: Iterable[x509.Certificate] = ()
) -> Integrity:
    """Recomputed from the bytes. `roots` help to see damage to a chain, `known` are certificates of the file's DSS."""
    reasons = signed.coverage_faults(one, paper.pdf)
    try:
        envelope = envelopes.open_envelope(one.contents, one.sub_filter, one.certificates_given(), known)
        digest = _digest(one, paper.pdf)
        wrong = envelopes.faults(envelope, digest, is_stamp=one.is_stamp, sub_filter=one.sub_filter)
        odd = envelopes.oddities(envelope, signed.hole_of(one, paper.pdf), roots)
    except UNREADABLE as error:
        code = "signer-unknown" if isinstance(error, envelopes.SignerUnknown) else "signature-unreadable"
        found = (*reasons, code, f"error-{type(error).__name__}")
        return Integrity(
            digest_right=False, signature_right=False, coverage="partial", changes="other", changed_fields=(),
            reasons=found,
        )  # fmt: skip
    reasons += [*wrong, *odd]
    right = not {"digest-differs", "signature-malformed"} & set(wrong)
    coverage = _coverage(one, paper, reasons)
    changes, fields, details = _changes(one, paper, coverage, reasons)
    return Integrity(
        right, not {"signature-wrong", "signature-malformed"} & set(wrong), coverage, changes, fields,
        tuple(dict.fromkeys(reasons)), envelope, details, _declared_digest(envelope, digest),
    )  # fmt: skip


def _digest(one: Signed, pdf: bytes) -> Callable[[str], bytes]:
    data = one.data(pdf)

    @cache
    def digest(name: str) -> bytes:
        return mathematics.digest_of(name, data) if name else data

    return digest


def _declared_digest(envelope: Envelope, digest: Callable[[str], bytes]) -> bytes | None:
    """By the algorithm that the CMS declares."""
    if envelope.signer_info is None:
        return None
    try:
        return digest(mathematics.digest_name(envelope.signer_info["digest_algorithm"]))
    except UNREADABLE:
        return None


def _coverage(one: Signed, paper: Paper, reasons: list[str]) -> Coverage:
    """Of the whole file, or of a revision that is a whole PDF in itself and holds this very signature."""
    if reasons and {"byte-range-odd", "byte-range-gap", "contents-elsewhere"} & set(reasons):
        return "partial"
    if signed.covers(one, paper.pdf):
        return "whole-file"
    try:
        if not _END.search(paper.pdf[max(0, one.covered_to - 1024) : one.covered_to]):
            raise ValueError("the revision has no end")
        for field in signed.fields_of(paper.revision(one.covered_to)):
            if signed.is_filled(field) and signed.signed(field).ranges == one.ranges:
                return "whole-revision"
    except UNREADABLE:
        pass
    reasons.append("coverage-unclear")
    return "partial"


def _changes(
    one: Signed, paper: Paper, coverage: Coverage, reasons: list[str]
) -> tuple[Kind, tuple[str, ...], tuple[str, ...]]:
    if coverage != "whole-revision":
        return ("none" if coverage == "whole-file" else "other"), (), ()
    try:
        if stray_objects(paper, one.covered_to):
            reasons.append("objects-outside-the-table")
        changes = changes_between(paper.revision(one.covered_to), paper.present())
    except UNREADABLE as error:
        reasons += ["changed-after-signing", f"error-{type(error).__name__}"]
        return "other", (), ()
    fields = tuple(sorted(changes.filled | changes.overwritten | changes.signed | changes.added))
    codes = _not_allowed(one, paper, changes)
    reasons += codes
    if codes:
        return "other", fields, tuple(changes.problems)
    if not changes.any:
        return "none", fields, ()
    stamps = {field.name for field in signed.fields_of(paper.present()) if _is_stamp(field)}
    new = changes.signed | changes.added
    if changes.filled or changes.retitled or not new <= stamps:
        return "form-filling", fields, ()
    return ("archive-data" if changes.evidence or new else "housekeeping"), fields, ()


def _is_stamp(field: signed.Field) -> bool:
    try:
        return signed.is_filled(field) and signed.signed(field).is_stamp
    except UNREADABLE:
        return False


def _not_allowed(one: Signed, paper: Paper, changes: Changes) -> list[str]:
    """What no later signer may do, and what this signature forbids (ISO 32000-2, 12.8.2.2 and 12.8.2.4)."""
    codes = ["changed-after-signing"] if changes.problems else []
    if changes.overwritten:
        # The shadow attack "replace": a value that was signed is another now (signing.md section 6).
        codes.append("form-fields-changed")
    certified, locks = _restrictions(one)
    stamps = {field.name for field in signed.fields_of(paper.present()) if _is_stamp(field)}
    if (
        certified is not None
        and certified <= _NO_CHANGES
        and (changes.filled or changes.added_visible or not changes.signed | changes.added <= stamps)
    ):
        codes.append("docmdp-violated")
    if locks is not None and any(locks(name) for name in changes.filled | changes.signed - stamps):
        codes.append("field-lock-violated")
    if changes.added_empty:
        codes.append("late-empty-field")
    if changes.added_visible and (certified is not None or paper.covered_ink(one.covered_to) != []):
        codes.append("late-visible-field")
    return codes


def _restrictions(one: Signed) -> tuple[int | None, Callable[[str], bool] | None]:
    """DocMDP's level of permission if this signature certifies, and the rule of the fields that it locks."""
    level: int | None = None
    rule: Callable[[str], bool] | None = None
    for reference in _followed(entry(one.dictionary, "/Reference", ())):
        method, given = str(entry(reference, "/TransformMethod", "")), entry(reference, "/TransformParams", {})
        if method == "/DocMDP":
            level = int(entry(given, "/P", 2))
        elif method == "/FieldMDP":
            rule = _lock(str(entry(given, "/Action", "/All")), {str(name) for name in entry(given, "/Fields", ())})
    return level, rule


def _followed(array: Iterable[Any]) -> Iterator[Any]:
    for one in array:
        yield one.get_object() if isinstance(one, generic.IndirectObject) else one  # type: ignore[no-untyped-call]


def _lock(action: str, names: set[str]) -> Callable[[str], bool]:
    def named(name: str) -> bool:
        return name in names or any(name.startswith(f"{parent}.") for parent in names)

    return {"/Include": named, "/Exclude": lambda name: not named(name)}.get(action, lambda _name: True)


def stray_objects(paper: Paper, start: int) -> bool:
    """Whether objects stand after `start` that no table names: readers that mend broken files would show them."""
    places = paper.places
    for found in _OBJECT.finditer(paper.pdf, start):
        at = found.start(1)
        # Some tables point at the blanks before the number.
        while at not in places and at > start and paper.pdf[at - 1 : at].isspace():
            at -= 1
        if at not in places:
            return True
    return False


__all__ = ["Coverage", "Integrity", "Kind", "Paper", "integrity_of", "judge", "stray_objects"]
