"""Appending to a PDF without touching what is there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader


class Increment(IncrementalPdfFileWriter):
    """Leaves title, dates and XMP alone.

    pyHanko would rewrite them with its own name and the server's clock; then the Info dictionary and XMP no longer
    agree and the prefix of our extension schema is lost, which ends the claim to PDF/A (ISO 19005-3, 6.6).
    """

    def _update_meta(self) -> None:
        """Nothing changes."""


@contextmanager
def extending(pdf: bytes) -> Iterator[Increment]:
    """A writer over `pdf`, read strictly. Its bytes are let go with the block; see `reading`."""
    with BytesIO(pdf) as source:
        yield Increment(source, strict=True)


@contextmanager
def reading(pdf: bytes) -> Iterator[PdfFileReader]:
    """A strict reader over `pdf`.

    Readers and writers of pyHanko and their objects point at each other, so the bytes of a large paper would stay until
    the garbage collector passes; closing the stream lets them go at once.
    """
    with BytesIO(pdf) as source:
        yield PdfFileReader(source, strict=True)
