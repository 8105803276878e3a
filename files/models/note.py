"""Notes on the note sheet: yellow while private, green for ever after."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from files.models.file import File
from files.workflow import NoteLife, NoteState


class Note(NoteLife):
    """A submitted note is never altered or hidden; a later note corrects it (procedure, rule 12).

    `hash` covers text, author, time and the hash of the note before, so that the note sheet can be checked offline.
    """

    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="notes")
    post = models.ForeignKey("employee_master.Post", on_delete=models.PROTECT, related_name="+")
    employee = models.ForeignKey("employee_master.Employee", on_delete=models.PROTECT, related_name="+")
    charge = models.ForeignKey("employee_master.Charge", on_delete=models.PROTECT, related_name="+")
    text = models.TextField(help_text="Sanitised HTML of core.richtext")
    revision = models.PositiveIntegerField(default=1, help_text="Counts savings of the yellow note, to find conflicts")
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["file", "number"], name="one_note_per_number"),
            models.UniqueConstraint(
                fields=["file", "post", "employee"],
                condition=models.Q(state=NoteState.DRAFT),
                name="one_yellow_note_per_person",
            ),
            models.CheckConstraint(condition=models.Q(state__in=NoteState.values), name="note_state_known"),
            models.CheckConstraint(
                condition=models.Q(state=NoteState.DRAFT, number__isnull=True)
                | models.Q(state=NoteState.SUBMITTED, number__isnull=False),
                name="submitted_note_has_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} note {self.number}"
