"""Storing papers."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import BinaryIO, Literal

import pikepdf
from django.conf import settings
from django.db import connection, transaction

from eoffice.core import clock, outbox
from eoffice.documents import blobs, intake, sandbox
from eoffice.documents.models import Derivation, Document
from eoffice.documents.pdf.images import MAX_PIXELS

EXTRACT = "documents.extract_text"
Kind = Literal["upload", "generated"]


@dataclass(frozen=True, slots=True)
class StoredUpload:
    """`originals` as they came, in order; `reading` is the PDF to read: the original itself, or made from pictures."""

    originals: tuple[Document, ...]
    reading: Document


@dataclass(frozen=True, slots=True)
class Put:
    """A paper that the system made, whose bytes are in the store; its row is still to come (`document_rows`)."""

    sha256: str
    size: int
    facts: intake.Admitted


def document_put(*, content: bytes, name: str, media_type: str = "", pages: int | None = None) -> Put:
    """Put the bytes of what the system made into the store, before the transaction that makes its row.

    `pages` saves opening a PDF whose number of pages is known.
    """
    with blobs.staged(content) as item:
        facts = _own(item, name=name, media_type=media_type, pages=pages)
        blobs.keep(item)
    return Put(item.sha256, item.size, facts)


def document_rows(puts: Sequence[Put], *, extract: bool = True) -> list[Document]:
    """The rows of papers that were put into the store, in order, in the caller's transaction."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a paper's row belongs to the act that it was made for")
    documents = [_unsaved(put, put.facts, "generated") for put in puts]
    Document.objects.bulk_create(documents)
    for document in documents:
        _extract_later(document, wanted=extract)
    return documents


def document_store(
    *,
    content: BinaryIO | bytes,
    name: str,
    kind: Kind,
    media_type: str = "",
    derived_from: Sequence[Document] = (),
    extract: bool = True,
) -> Document:
    """Store one paper and give its row; equal bytes are kept once, each call makes a row of its own.

    Call it outside a transaction: looking at a paper takes a child process and a while (stack, section 2).
    An upload goes through `intake` and is refused with `BadInput`, nothing kept. What the system made is trusted:
    PDF by content, anything else needs its `media_type`. Without `extract` its words are not read in advance: for what
    is only a step on the way to another paper with the same words.
    """
    limit = settings.UPLOAD_MAX_BYTES if kind == "upload" else None
    try:
        with blobs.staged(content, limit=limit) as item:
            if kind == "upload":
                facts = intake.admit(item.path, name=name, size=item.size)
            else:
                facts = _own(item, name=name, media_type=media_type)
            return _keep(item, facts, kind, derived_from, extract=extract)
    except blobs.TooLarge as error:
        raise intake.too_large(intake.clean_name(name)) from error


def _own(item: blobs.Staged, *, name: str, media_type: str, pages: int | None = None) -> intake.Admitted:
    """What we made ourselves: no limits, no child."""
    with item.path.open("rb") as handle:
        found = intake.type_of(handle.read(16))
    if found == intake.PDF:
        if pages is None:
            with pikepdf.open(item.path) as pdf:
                pages = len(pdf.pages)
        return intake.Admitted(found, intake.clean_name(name), pages, has_text=True, flags=())
    if not item.size or not (found or media_type):
        raise ValueError("a generated document needs content and a media type")
    return intake.Admitted(found or media_type, intake.clean_name(name), 1 if found else 0, has_text=False, flags=())


def _keep(
    item: blobs.Staged, facts: intake.Admitted, kind: Kind, sources: Sequence[Document], *, extract: bool
) -> Document:
    # The blob first: a row without its bytes must never be seen. Bytes without a row are found by `check_documents`.
    blobs.keep(item)
    with transaction.atomic():
        return _row(item, facts, kind, sources, extract=extract)


def _row(
    item: blobs.Staged, facts: intake.Admitted, kind: Kind, sources: Sequence[Document], *, extract: bool = True
) -> Document:
    document = _unsaved(item, facts, kind)
    document.save()
    Derivation.objects.bulk_create(
        Derivation(derived=document, source=source, position=position) for position, source in enumerate(sources, 1)
    )
    _extract_later(document, wanted=extract)
    return document


def _unsaved(item: blobs.Staged | Put, facts: intake.Admitted, kind: Kind) -> Document:
    return Document(
        sha256=item.sha256,
        size=item.size,
        media_type=facts.media_type,
        name=facts.name,
        kind=kind,
        page_count=facts.pages or None,
        has_text=facts.has_text,
        flags=list(facts.flags),
        created_at=clock.now(),
    )


def _extract_later(document: Document, *, wanted: bool) -> None:
    if document.has_text and wanted:
        outbox.add(EXTRACT, key=f"{EXTRACT}-{document.pk}", payload={"document": document.pk})


def upload_store(*, uploads: Sequence[tuple[BinaryIO | bytes, str]]) -> StoredUpload:
    """Store what one form brought: one PDF, or pictures that are put together into one PDF for reading.

    Call it outside a transaction. `uploads` are (content, name) in order. All are looked at before any is kept; a
    refusal (`BadInput`) leaves nothing behind.
    """
    if not uploads:
        raise intake.refusal("nothing")
    with ExitStack() as stack:
        items, facts = [], []
        for content, name in uploads:
            try:
                item = stack.enter_context(blobs.staged(content, limit=settings.UPLOAD_MAX_BYTES))
            except blobs.TooLarge as error:
                raise intake.too_large(intake.clean_name(name)) from error
            items.append(item)
            facts.append(intake.admit(item.path, name=name, size=item.size))
        pdfs = [fact.media_type == intake.PDF for fact in facts]
        if any(pdfs) and len(uploads) > 1:
            raise intake.refusal("several_pdfs" if all(pdfs) else "mixed")
        joined = None
        if not pdfs[0]:
            joined = stack.enter_context(blobs.staged(_joined(items, facts)))
        for item in (*items, *([joined] if joined else [])):
            blobs.keep(item)
        with transaction.atomic():
            originals = tuple(_row(item, fact, "upload", ()) for item, fact in zip(items, facts, strict=True))
            if joined is None:
                return StoredUpload(originals, originals[0])
            pages = sum(fact.pages for fact in facts)
            name = f"{originals[0].name.rpartition('.')[0] or originals[0].name}.pdf"
            made = intake.Admitted(intake.PDF, intake.clean_name(name), pages, has_text=False, flags=())
            return StoredUpload(originals, _row(joined, made, "generated", originals))


def _joined(items: Sequence[blobs.Staged], facts: Sequence[intake.Admitted]) -> bytes:
    """The pictures as one PDF, made in the child: decoding a hostile picture is no work for this process."""
    pages = sum(fact.pages for fact in facts)
    if pages > settings.UPLOAD_MAX_PAGES:
        raise intake.refusal("too_many_pages", name=facts[0].name, limit=settings.UPLOAD_MAX_PAGES)
    paths = [str(item.path) for item in items]
    limits = sandbox.Limits(seconds=20 + 2 * pages, wall=60 + 4 * pages)
    try:
        with sandbox.ask("join_pictures", items[0].path, limits=limits, paths=paths, max_pixels=MAX_PIXELS) as answer:
            return (answer.folder / "joined.pdf").read_bytes()
    except sandbox.Unreadable as unreadable:
        raise intake.refusal(unreadable.code, name=facts[0].name) from unreadable
