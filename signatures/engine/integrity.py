"""Is a signature in a PDF unbroken, what does it cover, and what was done to the file after it? No trust, no time."""

from __future__ import annotations

import itertools
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
from signatures.engine.values import Side, equal

Coverage = Literal["whole-file", "whole-revision", "partial"]
Kind = Literal["none", "housekeeping", "archive-data", "form-filling", "other"]

_END: Final = re.compile(rb"startxref\s+\d+\s+%%EOF\s*\Z")
_INCREMENT: Final = re.compile(rb"startxref\s+\d+\s+%%EOF[ \t]*(?:\r\n|\r|\n)?")
_INCREMENTS_MAX: Final = 20
_REVISIONS_AT_ONCE: Final = 3
_OBJECT: Final = re.compile(rb"(?<!\d)(\d{1,10})[\x00\t\n\f\r ]+(\d{1,5})[\x00\t\n\f\r ]+obj(?![A-Za-z0-9])")
_NO_CHANGES: Final = 1
_OF_PAGES: Final = ("content-changed", "entry-changed", "page-changed", "pages-changed")
_OF_FORMS: Final = ("/Annots", "/AcroForm")


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
        self._readers: dict[int, PdfFileReader] = {}
        self._lenient: PdfFileReader | None = None
        self._ink: dict[tuple[int, bool], list[int] | None] = {}

    def revision(self, end: int) -> PdfFileReader:
        """The file as it was when it ended there; `UNREADABLE` when that is no whole PDF."""
        if end == len(self.pdf):
            return self.reader
        if end not in self._readers:
            while len(self._readers) >= _REVISIONS_AT_ONCE:
                # Each holds a copy of its bytes: ten signers of a large file would fill the memory.
                del self._readers[next(iter(self._readers))]
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

    def covered_ink(self, end: int, *, own: bool) -> list[int] | None:
        """Pages on which later signatures lie over something; `own`: over the pictures of signatures they may."""
        if (end, own) not in self._ink:
            self._ink[end, own] = ink.pages_with_covered_ink(self.pdf[:end], self.pdf, over_signatures=own)
        return self._ink[end, own]

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
    changes, fields, details = _changes(one, paper, coverage, reasons, envelope.signer)
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
    one: Signed, paper: Paper, coverage: Coverage, reasons: list[str], signer: x509.Certificate
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
    codes = _not_allowed(one, paper, changes, signer)
    reasons += codes
    if codes:
        return "other", fields, tuple(changes.problems)
    return _kind_of(one, paper, changes), fields, ()


def _kind_of(one: Signed, paper: Paper, changes: Changes) -> Kind:
    """Of changes that are all allowed."""
    if not changes.any:
        return "none"
    stamps = {field.name for field in signed.fields_of(paper.present()) if _is_stamp(field)}
    new = changes.signed | changes.added
    if changes.filled or not new <= stamps:
        return "form-filling"
    if not new and changes.evidence and _idles(paper, one.covered_to):
        return "other"
    return "archive-data" if changes.evidence or new else "housekeeping"


def rewritten_since(rights: Signed, paper: Paper) -> list[str]:
    """Whether more was done than filling in and noting, which the signature that unlocks functions allows.

    One that does not hold says nothing: programs that save such a file anew leave it behind.
    """
    state = judge(rights, paper)
    if not state.intact or state.coverage != "whole-revision":
        return []
    written = [one for one in state.details if one.startswith(_OF_PAGES) and not any(part in one for part in _OF_FORMS)]
    return ["changed-after-signing"] if written else []


def _ranges(field: signed.Field | None) -> tuple[int, ...]:
    try:
        return signed.signed(field).ranges if field is not None else ()
    except UNREADABLE:
        return ()


def _is_stamp(field: signed.Field) -> bool:
    try:
        return signed.is_filled(field) and signed.signed(field).is_stamp
    except UNREADABLE:
        return False


def _not_allowed(one: Signed, paper: Paper, changes: Changes, signer: x509.Certificate) -> list[str]:
    """What no later signer may do, and what this signature forbids (ISO 32000-2, 12.8.2.2 and 12.8.2.4)."""
    codes = ["changed-after-signing"] if changes.problems else []
    if changes.overwritten:
        # The shadow attack "replace": a value that was signed is another now (signing.md section 6).
        codes.append("form-fields-changed")
    certified, locks = _restrictions(one)
    present = {field.name: field for field in signed.fields_of(paper.present())}
    stamps = {name for name, field in present.items() if _is_stamp(field)}
    if any(_ranges(present.get(name)) == one.ranges for name in changes.added | changes.signed):
        codes.append("signature-twice")
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
    if changes.added_visible:
        # Over his own earlier picture a signer may put another one; over anybody else's, nobody may.
        own = all(_is_by(signer, name, paper) for name in changes.added_visible)
        if certified is not None or paper.covered_ink(one.covered_to, own=own) != []:
            codes.append("late-visible-field")
    return codes


def _idles(paper: Paper, start: int) -> bool:
    """Whether one of the increments after `start` brings no validation data, though another one does."""
    ends = [found.end() for found in _INCREMENT.finditer(paper.pdf, start)]
    if len(ends) < 2:  # noqa: PLR2004 - with one there is no other
        return False
    sides = [Side(paper.revision(end)) for end in (start, *ends[:_INCREMENTS_MAX])]
    stores = [(side, _store(side)) for side in sides]
    same = (equal(*older, *newer, deep=True) for older, newer in itertools.pairwise(stores))
    return len(ends) > _INCREMENTS_MAX or any(same)


def _store(side: Side) -> Any:
    return side.reader.root.raw_get("/DSS") if "/DSS" in side.reader.root else None


def _is_by(signer: x509.Certificate, name: str, paper: Paper) -> bool:
    try:
        found = [signed.signed(one) for one in signed.fields_of(paper.present()) if one.name == name]
        return bool(found) and all(
            envelopes.open_envelope(one.contents, one.sub_filter, one.certificates_given()).signer == signer
            for one in found
        )
    except UNREADABLE:
        return False


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


__all__ = ["Coverage", "Integrity", "Kind", "Paper", "integrity_of", "judge", "rewritten_since", "stray_objects"]
