"""Who leaves which charge, why, what lay on the desk and who took it over; and who joins where (R18, R19)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from employee_master.models.charge import FULL_KINDS, Charge, ChargeKind
from employee_master.models.employee import Employee, LeavingReason
from employee_master.models.organisation import Office, Post
from employee_master.workflow.relieving import JoiningLife, JoiningState, RelievingLife, RelievingState
from eoffice.documents.models import Document

_FULL = [kind.value for kind in FULL_KINDS]


class RelievingReason(models.Model):
    """Why somebody is relieved; the instance may add its own.

    `leaves_as`: the person leaves the instance with it. `giver_absent`: the officer can't hand over in person (death,
    absence), so the head of the office signs with a reason.
    """

    code = models.CharField(max_length=20, unique=True)
    name_en = models.CharField(max_length=80)
    name_hi = models.CharField(max_length=80)
    leaves_as = models.CharField(max_length=12, choices=LeavingReason.choices, blank=True)
    giver_absent = models.BooleanField(default=False)
    place = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)

    ledger_type: ClassVar[str] = "relieving_reason"

    class Meta:
        ordering: ClassVar = ["place", "code"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(leaves_as__in=["", *LeavingReason.values]), name="reason_leaves_known")
        ]

    def __str__(self) -> str:
        return self.code


class Half(models.TextChoices):
    FORENOON = "forenoon", _("Forenoon")
    AFTERNOON = "afternoon", _("Afternoon")


class Relieving(RelievingLife):
    """One relieving from one charge.

    `takes_post` is the desk that gets whatever `lines` do not give to another one. Where it is the post itself, the
    things stay there and `successor` takes the charge over, under `successor_kind`. `ended` keeps the ids of what
    completing it ended besides the charge, for a correction.
    """

    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="relievings")
    reason = models.ForeignKey(RelievingReason, on_delete=models.PROTECT, related_name="+")
    order_number = models.CharField(max_length=80)
    order_on = models.DateField()
    on = models.DateField(help_text="Last day of the charge")
    half = models.CharField(max_length=9, choices=Half.choices, default=Half.AFTERNOON)
    to_post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    to_words = models.CharField(max_length=200, blank=True, help_text="Other office or instance, in words")
    language = models.CharField(max_length=2, choices=[("hi", _("Hindi")), ("en", _("English"))], default="hi")
    takes_post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    successor = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    successor_kind = models.CharField(max_length=12, choices=ChargeKind.choices, blank=True)
    made_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    list_sha256 = models.CharField(max_length=64, blank=True)
    given_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    given_why = models.CharField(max_length=300, blank=True)
    taken_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    taken_why = models.CharField(max_length=300, blank=True)
    ended = models.JSONField(default=dict, blank=True)

    ledger_type: ClassVar[str] = "relieving"

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=RelievingState.values), name="relieving_state_known"),
            models.CheckConstraint(condition=Q(half__in=Half.values), name="relieving_half_known"),
            models.CheckConstraint(condition=Q(successor_kind__in=["", *_FULL]), name="relieving_successor_is_full"),
            models.CheckConstraint(
                condition=Q(successor__isnull=True, successor_kind="")
                | Q(successor__isnull=False) & ~Q(successor_kind=""),
                name="relieving_successor_has_kind",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["prepared", "withdrawn"]) | Q(document__isnull=False) & ~Q(list_sha256=""),
                name="listed_relieving_has_list",
            ),
            models.UniqueConstraint(
                fields=["charge"], condition=~Q(state__in=["corrected", "withdrawn"]), name="one_relieving_of_a_charge"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "on"], name="relievings_by_day")]

    def __str__(self) -> str:
        return f"relieving {self.pk} {self.state}"

    @property
    def stays_on_post(self) -> bool:
        """The things stay where they are; somebody else takes charge of the post."""
        return self.takes_post_id is not None and self.takes_post_id == self.charge.post_id


class RelievingLine(models.Model):
    """A line of the charge list. While the relieving is prepared: only what goes to another post than the rest.

    With the list, all lines are written down as they were signed; `came_later` marks what reached the desk after that
    and went with the rest. A line without `key` goes with another one, or ends by itself (a credential).
    """

    relieving = models.ForeignKey(Relieving, on_delete=models.CASCADE, related_name="lines")
    place = models.PositiveIntegerField()
    key = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=80, blank=True)
    number = models.CharField(max_length=160, blank=True)
    subject = models.CharField(max_length=1000, blank=True)
    state_words = models.CharField(max_length=120, blank=True)
    since = models.DateTimeField(null=True, blank=True)
    to_post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    came_later = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["place", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["relieving", "key"], condition=~Q(key=""), name="one_line_per_thing")
        ]

    def __str__(self) -> str:
        return f"{self.relieving_id} {self.key or self.kind}"


class DeskHandOver(models.Model):
    """A desk, or part of it, handed over though nobody is relieved (absence, a vacant post), and why."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="hand_overs")
    to_post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=300)
    count = models.PositiveIntegerField()
    made_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    ledger_type: ClassVar[str] = "hand_over"

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.post_id} to {self.to_post_id}"


class Joining(JoiningLife):
    """An order by which somebody takes a charge of a post; it waits until its day has come and the post is free."""

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="joinings")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="joinings")
    kind = models.CharField(max_length=12, choices=ChargeKind.choices, default=ChargeKind.SUBSTANTIVE)
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)
    half = models.CharField(max_length=9, choices=Half.choices, default=Half.FORENOON)
    order_number = models.CharField(max_length=80)
    order_on = models.DateField()
    relieving = models.ForeignKey(
        Relieving, on_delete=models.PROTECT, null=True, blank=True, related_name="joinings",
        help_text="The relieving that sent the officer here",
    )  # fmt: skip
    charge = models.OneToOneField(Charge, on_delete=models.PROTECT, null=True, blank=True, related_name="joining")
    made_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    waits_for = models.CharField(max_length=60, blank=True, help_text="Code of what kept it from taking effect")

    ledger_type: ClassVar[str] = "joining"

    class Meta:
        ordering: ClassVar = ["from_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=JoiningState.values), name="joining_state_known"),
            models.CheckConstraint(condition=Q(kind__in=_FULL), name="joining_fills_the_post"),
            models.CheckConstraint(condition=Q(half__in=Half.values), name="joining_half_known"),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=models.F("from_on")), name="joining_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(state="joined", charge__isnull=False) | ~Q(state="joined") & Q(charge__isnull=True),
                name="joined_has_charge",
            ),
            models.UniqueConstraint(
                fields=["employee", "post"], condition=Q(state="waiting"), name="one_waiting_joining"
            ),
            models.UniqueConstraint(
                fields=["employee"], condition=Q(state="waiting", kind="substantive"), name="one_waiting_substantive"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "from_on"], name="joinings_by_day")]

    def __str__(self) -> str:
        return f"{self.employee_id} to {self.post_id}"

    @property
    def office(self) -> Office:
        return self.post.office
