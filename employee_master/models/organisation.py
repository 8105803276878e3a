"""Offices, sections, designations and posts with their channel of submission."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from employee_master.models.search import searchable


class Office(models.Model):
    """A department, head-of-department or district office; also a hostel, school or home (R15)."""

    code = models.CharField(max_length=20, unique=True)
    name_en = models.CharField(max_length=200)
    name_hi = models.CharField(max_length=200)
    short_hi = models.CharField(max_length=40, blank=True, help_text="Used in letter numbers, as सा.प्र.")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    address_en = models.CharField(max_length=300, blank=True)
    address_hi = models.CharField(max_length=300, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.code


class Section(models.Model):
    """The basic unit. What is marked to a section is marked to its receiving post (design 3)."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="sections")
    code = models.CharField(max_length=20, unique=True)
    name_en = models.CharField(max_length=200)
    name_hi = models.CharField(max_length=200)
    receiving_post = models.ForeignKey(
        "employee_master.Post", on_delete=models.PROTECT, null=True, blank=True, related_name="receives_for"
    )
    is_registry = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.code


class Designation(models.Model):
    """The rank; a smaller `rank` stands higher."""

    code = models.CharField(max_length=20, unique=True)
    name_en = models.CharField(max_length=120)
    name_hi = models.CharField(max_length=120)
    rank = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["rank", "code"]

    def __str__(self) -> str:
        return self.code


class Post(models.Model):
    """The seat. Papers are held by posts, never by people (procedure: posts, not people)."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="posts")
    section = models.ForeignKey(Section, on_delete=models.PROTECT, null=True, blank=True, related_name="posts")
    designation = models.ForeignKey(Designation, on_delete=models.PROTECT, related_name="posts")
    marking = models.CharField(max_length=60, unique=True, help_text="Marking abbreviation, as SO-GAD3")
    name_en = models.CharField(max_length=200)
    name_hi = models.CharField(max_length=200)
    superior = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="subordinates")
    is_active = models.BooleanField(default=True)
    search_text = searchable("marking", "name_en", "name_hi")

    ledger_type: ClassVar[str] = "post"

    class Meta:
        ordering: ClassVar = ["marking"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(superior__isnull=True) | ~models.Q(superior=models.F("id")),
                name="post_not_its_own_superior",
            )
        ]

    def __str__(self) -> str:
        return self.marking


class PostSenior(models.Model):
    """The channel of submission, unrolled: each post with every post above it; rebuilt by `services.organisation`.

    `distance` counts steps upward, 0 being the post itself. Lists join it to answer "seniors in the same channel".
    """

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="seniors")
    senior = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="juniors")
    distance = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["post", "senior"], name="one_row_per_senior")]
        indexes: ClassVar = [models.Index(fields=["senior", "post"], name="juniors_of_senior")]

    def __str__(self) -> str:
        return f"{self.post_id} under {self.senior_id}"
