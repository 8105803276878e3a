"""A note that its author signs when it is sent on, where the policy of signing asks for it (R5, procedure rule 14)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from files.models.file import File
from files.models.note import Note
from files.models.signed_act import SignedAct
from files.workflow import DecisionState


class NoteAct(models.TextChoices):
    """By which act the signed note goes into the file."""

    FORWARD = "forward", _("Sent on")
    RETURN = "return", _("Returned")
    DISCUSS = "discuss", _("To be discussed")
    RETURN_WITH_QUERY = "return_with_query", _("Returned with a query")


class NoteSignature(SignedAct):
    """One note of one officer with the act by which it is sent. `manifest` is what the signature of the record covers.

    `note` is set when the act is done; until then the text is the officer's yellow note.
    """

    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="note_signatures")
    act = models.CharField(max_length=24, choices=NoteAct.choices)
    text = models.TextField(help_text="Sanitised HTML of the note as it is signed")
    remarks = models.CharField(max_length=1000, blank=True)
    note = models.OneToOneField(Note, on_delete=models.PROTECT, null=True, blank=True, related_name="signature")
    to_post = models.ForeignKey("employee_master.Post", on_delete=models.PROTECT, related_name="+")

    ledger_type: ClassVar[str] = "note_signature"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(act__in=NoteAct.values), name="note_act_known"),
            models.CheckConstraint(condition=models.Q(state__in=DecisionState.values), name="note_signature_state"),
            models.CheckConstraint(
                condition=~models.Q(state=DecisionState.COMPLETED)
                | models.Q(note__isnull=False, record__isnull=False, completed_at__isnull=False),
                name="signed_note_has_its_record",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} {self.act}"
