"""The acts on receipts and on dispatch copies. One function an act (style)."""

from dak.services.copies import receipt_forward, receipt_mark, receipt_note, receipt_pull_back, receipt_return
from dak.services.diary import receipt_acknowledge, receipt_diarise
from dak.services.dispatch import (
    Addressee,
    dispatch_deliver,
    dispatch_print,
    dispatch_queue,
    dispatch_send,
    dispatch_undelivered,
)
from dak.services.facts import ReceiptFacts
from dak.services.reading import receipt_read, receipt_see, receipt_share
from dak.services.receipt import receipt_dispose, receipt_put_in_file, receipt_reopen

__all__ = [
    "Addressee",
    "ReceiptFacts",
    "dispatch_deliver",
    "dispatch_print",
    "dispatch_queue",
    "dispatch_send",
    "dispatch_undelivered",
    "receipt_acknowledge",
    "receipt_diarise",
    "receipt_dispose",
    "receipt_forward",
    "receipt_mark",
    "receipt_note",
    "receipt_pull_back",
    "receipt_put_in_file",
    "receipt_read",
    "receipt_reopen",
    "receipt_return",
    "receipt_see",
    "receipt_share",
]
