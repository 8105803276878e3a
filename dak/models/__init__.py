"""What comes in and what goes out."""

from dak.models.dispatch import Dispatch, DispatchMode
from dak.models.receipt import (
    Classification,
    Delivery,
    Kind,
    Language,
    Priority,
    Purpose,
    Reading,
    Receipt,
    ReceiptCopy,
    ReceiptReader,
)

__all__ = [
    "Classification",
    "Delivery",
    "Dispatch",
    "DispatchMode",
    "Kind",
    "Language",
    "Priority",
    "Purpose",
    "Reading",
    "Receipt",
    "ReceiptCopy",
    "ReceiptReader",
]
