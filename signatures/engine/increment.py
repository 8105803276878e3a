"""Appending to a PDF without touching what is there."""

from __future__ import annotations

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter


class Increment(IncrementalPdfFileWriter):
    """Leaves title, dates and XMP alone.

    pyHanko would rewrite them with its own name and the server's clock; then the Info dictionary and XMP no longer
    agree and the prefix of our extension schema is lost, which ends the claim to PDF/A (ISO 19005-3, 6.6).
    """

    def _update_meta(self) -> None:
        """Nothing changes."""
