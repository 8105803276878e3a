"""The office's words for what was done, as histories show them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from eoffice.core.actions import Action
from eoffice.core.errors import Text

DONE: dict[str, Text] = {
    Action.RECEIPT_DIARISE: _("Diarised"),
    Action.RECEIPT_ACKNOWLEDGE: _("Acknowledged to the sender"),
    Action.RECEIPT_MARK: _("Marked"),
    Action.RECEIPT_SEE: _("Opened for the first time"),
    Action.RECEIPT_READ: _("Read"),
    Action.RECEIPT_FORWARD: _("Forwarded"),
    Action.RECEIPT_RETURN: _("Returned"),
    Action.RECEIPT_PULL_BACK: _("Pulled back"),
    Action.RECEIPT_PUT_IN_FILE: _("Put in a file"),
    Action.RECEIPT_DISPOSE: _("Disposed of"),
    Action.RECEIPT_REOPEN: _("Reopened"),
    Action.DISPATCH_QUEUE: _("Entered in the dispatch register"),
    Action.DISPATCH_SEND: _("Sent"),
    Action.DISPATCH_FAIL: _("Could not be delivered"),
    Action.DISPATCH_PRINT: _("Printed"),
    Action.DISPATCH_DELIVER: _("Delivered"),
}
NOTED: Text = _("Read and noted")
