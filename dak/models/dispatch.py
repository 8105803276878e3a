"""A letter on its way out: one row per addressee's copy."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dak.models.receipt import Classification
from dak.workflow import DispatchLife, DispatchState


class DispatchMode(models.TextChoices):
    EMAIL = "email", _("By e-mail")
    PRINT = "print", _("Printed copy")
    HAND = "hand", _("By hand")
    POST = "post", _("By post")


class Dispatch(DispatchLife):
    """One copy to one addressee. `post` issued it; `back_ref` ("draft:12") says for whom, and means nothing here."""

    office = models.ForeignKey("employee_master.Office", on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey("employee_master.Post", on_delete=models.PROTECT, related_name="+")
    register_number = models.CharField(max_length=60)
    register_serial = models.PositiveIntegerField()
    register_year = models.PositiveSmallIntegerField()

    mode = models.CharField(max_length=5, choices=DispatchMode.choices)
    document = models.ForeignKey("documents.Document", on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=1000)
    letter_number = models.CharField(max_length=120)
    reference = models.CharField(max_length=40, blank=True)
    classification = models.CharField(max_length=12, choices=Classification.choices, default=Classification.ORDINARY)
    addressee = models.TextField(help_text="The lines of the address, as on the letter")
    email = models.EmailField(max_length=254, blank=True)
    back_ref = models.CharField(max_length=40)
    message_id = models.CharField(max_length=160, unique=True)
    queued_at = models.DateTimeField()
    printed_at = models.DateTimeField(null=True, blank=True)

    ledger_type: ClassVar[str] = "dispatch"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=DispatchState.values), name="dispatch_state_known"),
            models.CheckConstraint(condition=Q(mode__in=DispatchMode.values), name="dispatch_mode_known"),
            models.CheckConstraint(condition=~Q(mode="email") | ~Q(email=""), name="dispatch_email_has_address"),
            models.UniqueConstraint(
                fields=["office", "register_year", "register_serial"], name="one_dispatch_per_serial"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["register_year", "register_serial", "id"], name="dispatch_register"),
            models.Index(fields=["back_ref"], name="dispatch_of"),
            models.Index(fields=["post", "state"], name="dispatch_of_post"),
        ]

    def __str__(self) -> str:
        return self.register_number

    @property
    def addressee_line(self) -> str:
        """The address in one line, for lists."""
        return " ".join(self.addressee.split())
