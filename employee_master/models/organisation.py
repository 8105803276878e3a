"""Offices, sections, designations and posts with their channel of submission."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from employee_master.models.search import searchable


class OfficeKind(models.TextChoices):
    """What an office is; hostels, schools and homes are offices too (R15)."""

    SECRETARIAT = "secretariat", _("Department of the secretariat")
    HEAD_OF_DEPARTMENT = "hod", _("Head of department")
    DIVISION = "division", _("Divisional office")
    DISTRICT = "district", _("District office")
    BLOCK = "block", _("Block office")
    POLICE_STATION = "police_station", _("Police station")
    SCHOOL = "school", _("School")
    HOSTEL = "hostel", _("Hostel")
    HOME = "home", _("Home")
    OTHER = "other", _("Other office")


class Area(models.TextChoices):
    URBAN = "urban", _("Urban")
    RURAL = "rural", _("Rural")


class Office(models.Model):
    """A department, head-of-department or district office; also a hostel, school or home (R15).

    `from_on` and `to_on` are its first and last day; an office that was closed keeps its row and its histories.
    """

    code = models.CharField(max_length=20, unique=True)
    name_en = models.CharField(max_length=200)
    name_hi = models.CharField(max_length=200)
    kind = models.CharField(max_length=16, choices=OfficeKind.choices, default=OfficeKind.SECRETARIAT)
    district_en = models.CharField(max_length=80, blank=True)
    district_hi = models.CharField(max_length=80, blank=True)
    place_en = models.CharField(max_length=80, blank=True, help_text="City or block")
    place_hi = models.CharField(max_length=80, blank=True)
    area = models.CharField(max_length=5, choices=Area.choices, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    from_on = models.DateField(null=True, blank=True)
    to_on = models.DateField(null=True, blank=True)
    head_post = models.ForeignKey(
        "employee_master.Post", on_delete=models.PROTECT, null=True, blank=True, related_name="heads",
        help_text="Head of office: certifies (R3), approves changes (R21)",
    )  # fmt: skip
    ddo_post = models.ForeignKey(
        "employee_master.Post", on_delete=models.PROTECT, null=True, blank=True, related_name="draws_for",
        help_text="Drawing and disbursing officer: checks changes (R21)",
    )  # fmt: skip
    short_hi = models.CharField(max_length=40, blank=True, help_text="Used in letter numbers, as सा.प्र.")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    address_en = models.CharField(max_length=300, blank=True)
    address_hi = models.CharField(max_length=300, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)

    ledger_type: ClassVar[str] = "office"

    class Meta:
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=OfficeKind.values), name="office_kind_known"),
            models.CheckConstraint(condition=models.Q(area__in=["", *Area.values]), name="office_area_known"),
            models.CheckConstraint(
                condition=models.Q(to_on__isnull=True) | models.Q(from_on__isnull=True)
                | models.Q(to_on__gte=models.F("from_on")),
                name="office_ends_after_start",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.code


class SectionKind(models.TextChoices):
    SECTION = "section", _("Section")
    UNIT = "unit", _("Unit")


class Section(models.Model):
    """The basic unit, or a unit within one. What is marked to it is marked to its receiving post (design 3).

    `to_on` is the last day of a section that was merged or closed; it keeps its row and its histories.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="sections")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="units")
    kind = models.CharField(max_length=8, choices=SectionKind.choices, default=SectionKind.SECTION)
    from_on = models.DateField(null=True, blank=True)
    to_on = models.DateField(null=True, blank=True)
    code = models.CharField(max_length=20, unique=True)
    name_en = models.CharField(max_length=200)
    name_hi = models.CharField(max_length=200)
    receiving_post = models.ForeignKey(
        "employee_master.Post", on_delete=models.PROTECT, null=True, blank=True, related_name="receives_for"
    )
    is_registry = models.BooleanField(default=False)

    ledger_type: ClassVar[str] = "section"

    class Meta:
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=SectionKind.values), name="section_kind_known"),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")), name="section_not_in_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Designation(models.Model):
    """The rank; a smaller `rank` stands higher. `abbreviation` goes into the marking of its posts, as SO."""

    code = models.CharField(max_length=20, unique=True)
    name_en = models.CharField(max_length=120)
    name_hi = models.CharField(max_length=120)
    abbreviation = models.CharField(max_length=12, blank=True)
    rank = models.PositiveSmallIntegerField()
    is_active = models.BooleanField(default=True)

    ledger_type: ClassVar[str] = "designation"

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
    abolished_on = models.DateField(null=True, blank=True)
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


class PostMarking(models.Model):
    """A marking abbreviation that a post has or had. It is never given to another post, so old papers stay readable."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="markings")
    marking = models.CharField(max_length=60, unique=True)
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["from_on", "pk"]

    def __str__(self) -> str:
        return self.marking


class Sanction(models.Model):
    """How many posts of a designation are sanctioned in a unit, or (no section) directly in an office, by which order.

    A unit without a row for the designation is not limited: the strength was never entered.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="sanctions")
    section = models.ForeignKey(Section, on_delete=models.PROTECT, null=True, blank=True, related_name="sanctions")
    designation = models.ForeignKey(Designation, on_delete=models.PROTECT, related_name="sanctions")
    strength = models.PositiveSmallIntegerField()
    order_number = models.CharField(max_length=80, blank=True)

    ledger_type: ClassVar[str] = "sanction"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["section", "designation"], condition=models.Q(section__isnull=False),
                name="one_sanction_per_section",
            ),
            models.UniqueConstraint(
                fields=["office", "designation"], condition=models.Q(section__isnull=True),
                name="one_sanction_per_office",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.office_id}/{self.section_id}/{self.designation_id}"


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
