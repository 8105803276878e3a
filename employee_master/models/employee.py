"""People, with names in both scripts."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from employee_master.models.search import searchable


class Gender(models.TextChoices):
    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    OTHER = "other", _("Other")


class LeavingReason(models.TextChoices):
    """Why a person is no longer of this instance (R19)."""

    RETIREMENT = "retirement", _("Retirement")
    RESIGNATION = "resignation", _("Resignation")
    DEATH = "death", _("Death")
    TRANSFER_OUT = "transfer_out", _("Transfer to another instance")
    REMOVAL = "removal", _("Removal from service")


class Employee(models.Model):
    """A person. Aadhaar is not collected (design 10). The e-mail address stands on the account (R4).

    `left_on` is the last day in the instance. Somebody without it and without a substantive charge awaits a posting
    order; until the first charge the record is kept by the office `entered_in`. From `certified_at` on a head's
    signature or approval stands for names and code, and only a change request changes them (R3, R21).
    """

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="employee"
    )
    code = models.CharField(max_length=30, unique=True)
    name_en = models.CharField(max_length=200)
    name_hi = models.CharField(max_length=200)
    mobile = models.CharField(max_length=20, blank=True)
    gender = models.CharField(max_length=6, choices=Gender.choices, blank=True)
    born_on = models.DateField(null=True, blank=True)
    joined_on = models.DateField(null=True, blank=True, help_text="First day in service")
    superannuates_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)
    left_reason = models.CharField(max_length=12, choices=LeavingReason.choices, blank=True)
    entered_in = models.ForeignKey(
        "employee_master.Office", on_delete=models.PROTECT, null=True, blank=True, related_name="entered"
    )
    certified_at = models.DateTimeField(null=True, blank=True)
    search_text = searchable("name_en", "name_hi", "code")

    class Meta:
        ordering: ClassVar = ["name_en"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(gender__in=["", *Gender.values]), name="gender_known"),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True, left_reason="")
                | Q(left_on__isnull=False, left_reason__in=LeavingReason.values),
                name="left_with_reason",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["born_on"], name="employees_by_birth"),
            models.Index(fields=["name_en", "id"], name="employees_by_name"),
            models.Index(fields=["superannuates_on"], name="employees_by_retirement"),
        ]

    ledger_type: ClassVar[str] = "employee"

    def __str__(self) -> str:
        return self.code


class NameWord(models.Model):
    """A word by which a person is found: folded as written in either script, or (`is_sound`) by its sound.

    Kept by `services.employee` whenever a name or code is written; found by prefix, from an index. The column is
    ordered by code points on both databases (a migration sees to it), whatever the database's own language.
    """

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="words")
    word = models.CharField(max_length=60)
    is_sound = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["employee", "word", "is_sound"], name="one_row_per_name_word")
        ]
        indexes: ClassVar = [models.Index(fields=["is_sound", "word", "employee"], name="people_by_word")]

    def __str__(self) -> str:
        return self.word


class PostWord(models.Model):
    """A word by which a post is found: of its marking and both names; kept like `NameWord`."""

    post = models.ForeignKey("employee_master.Post", on_delete=models.CASCADE, related_name="words")
    word = models.CharField(max_length=60)
    is_sound = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["post", "word", "is_sound"], name="one_row_per_post_word")
        ]
        indexes: ClassVar = [models.Index(fields=["is_sound", "word", "post"], name="posts_by_word")]

    def __str__(self) -> str:
        return self.word
