"""What may be asked of the registry."""

from dak.queries.dispatches import dispatch_or_404, dispatch_register, dispatches_for, visible_dispatches
from dak.queries.receipts import (
    copies_of,
    copies_on_desk,
    copies_on_desks,
    diary_register,
    last_marks,
    likely_duplicates,
    own_copy,
    receipt_or_404,
    receipts_of_file,
    visible_receipts,
)

__all__ = [
    "copies_of",
    "copies_on_desk",
    "copies_on_desks",
    "diary_register",
    "dispatch_or_404",
    "dispatch_register",
    "dispatches_for",
    "last_marks",
    "likely_duplicates",
    "own_copy",
    "receipt_or_404",
    "receipts_of_file",
    "visible_dispatches",
    "visible_receipts",
]
