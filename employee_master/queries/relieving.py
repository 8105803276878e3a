"""What lies on a desk, who is being relieved, who joins, who awaits a posting order, who retires (R18, R19)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, Exists, IntegerField, Max, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from employee_master import ports
from employee_master.models import (
    FULL_KINDS,
    ChangeRequest,
    Charge,
    ChargeKind,
    DeskHandOver,
    Employee,
    Joining,
    Office,
    Post,
    Relieving,
    RelievingReason,
)
from employee_master.queries.acting import active_on
from employee_master.queries.posts import holder_of
from employee_master.workflow.change import ChangeStage, ChangeState
from employee_master.workflow.relieving import OPEN_RELIEVINGS, JoiningState, RelievingState
from eoffice.access import managed_q
from eoffice.access.master import desk_of_office_q
from eoffice.core import clock
from eoffice.core.actor import Actor
from eoffice.core.errors import NotVisible
from eoffice.core.search import search_key

RETIREMENT_DAYS = (90, 30, 7)
DONE_SHOWN = 100
LISTED = 300


def desk_items(post: Post) -> list[ports.Item]:
    """Everything that lies on the post, room by room, and the change requests that await its word."""
    items = [item for room in ports.holds_work for item in room.items_on(post.pk)]
    return items + _change_requests(post)


def charge_items(charge: Charge) -> list[ports.Item]:
    """The charge list (R18): the desk, and what ends with the charge by itself: the officer's credential."""
    items = desk_items(charge.post)
    for room in ports.retires_credentials:
        items += room.items_of(employee_id=charge.employee_id, office_id=charge.post.office_id)
    return items


def desk_keys(post_id: int) -> list[str]:
    """What a hand-over of the whole desk moves."""
    return [item.key for room in ports.holds_work for item in room.items_on(post_id) if item.key]


def grouped(items: Iterable[ports.Item]) -> list[tuple[str, list[ports.Item]]]:
    """By kind, in the order in which the kinds come up; the kind in the language of the moment."""
    groups: dict[str, list[ports.Item]] = {}
    for item in items:
        groups.setdefault(str(item.kind), []).append(item)
    return list(groups.items())


def _change_requests(post: Post) -> list[ports.Item]:
    """They await the drawing officer's or the head's word, whoever sits there: they go with the post by themselves."""
    to_check = Q(stage=ChangeStage.CHECK, office__ddo_post=post)
    to_approve = Q(stage=ChangeStage.APPROVE, office__head_post=post)
    waiting = Q(state__in=[ChangeState.PROPOSED, ChangeState.CHECKED, ChangeState.ANSWERED])
    rows = ChangeRequest.objects.filter(waiting & (to_check | to_approve)).order_by("turn_due_on", "pk")
    return [
        ports.Item(
            key="", kind=_("Change requests"), number=row.number, state=row.get_state_display(), since=row.made_at
        )
        for row in rows
    ]


# Relievings


def relievings(actor: Actor) -> QuerySet[Relieving]:
    """Those of the offices that the actor manages or heads, and those that the actor gives or takes in."""
    concerned = Q(charge__employee=actor.employee_id) | Q(successor=actor.employee_id)
    if actor.post_id is not None:
        concerned |= Q(takes_post=actor.post_id)
    rows: QuerySet[Relieving] = Relieving.objects.filter(
        concerned | desk_of_office_q(actor, office="charge__post__office")
    )
    joined: QuerySet[Relieving] = rows.select_related(
        "charge__employee__account", "charge__post__office", "charge__post__section", "reason", "to_post",
        "takes_post__office", "successor", "made_by", "document", "given_by", "taken_by",
    )  # fmt: skip
    return joined


def relieving_or_404(actor: Actor, pk: int) -> Relieving:
    relieving: Relieving | None = relievings(actor).filter(pk=pk).first()
    if relieving is None:
        raise NotVisible
    return relieving


@dataclass(frozen=True, slots=True)
class ReliefCase:
    """A relieving as the rules read it (eoffice.access.master): whom it is about, who takes over, what came after."""

    relieving: Relieving
    taker: Employee | None
    is_joined: bool

    @property
    def employee_id(self) -> int:
        return int(self.relieving.charge.employee_id)

    @property
    def taker_id(self) -> int | None:
        return self.taker.pk if self.taker else None

    @property
    def office(self) -> Office:
        return self.relieving.charge.post.office

    @property
    def state(self) -> str:
        return str(self.relieving.state)

    def get_state_display(self) -> str:
        return str(self.relieving.get_state_display())


def case_of(relieving: Relieving) -> ReliefCase:
    return ReliefCase(relieving, taker_of(relieving), joined_charge(relieving) is not None)


def taker_of(relieving: Relieving) -> Employee | None:
    """Who takes the desk over and signs for it: the successor, or who fills the post that gets it."""
    if relieving.successor is not None:
        return relieving.successor
    holder = holder_of(relieving.takes_post) if relieving.takes_post is not None else None
    return holder.employee if holder else None


def joined_charge(relieving: Relieving) -> Charge | None:
    """The substantive charge that the officer took after this relieving; from then on only the super admin corrects."""
    if relieving.completed_at is None or relieving.charge.kind != ChargeKind.SUBSTANTIVE:
        return None
    later = Charge.objects.filter(
        employee=relieving.charge.employee_id, kind=ChargeKind.SUBSTANTIVE, pk__gt=relieving.charge_id,
        from_on__gte=relieving.on, ended_at__isnull=True,
    )  # fmt: skip
    return later.select_related("post__office").order_by("pk").first()


def open_relievings(actor: Actor) -> list[Relieving]:
    return list(relievings(actor).filter(state__in=OPEN_RELIEVINGS).order_by("on", "pk"))


def done_relievings(actor: Actor) -> list[Relieving]:
    """What was completed, corrected or withdrawn, newest first."""
    return list(relievings(actor).exclude(state__in=OPEN_RELIEVINGS).order_by("-pk")[:DONE_SHOWN])


def awaiting_my_signature(actor: Actor) -> list[Relieving]:
    """The charge lists that wait for the actor's PIN as giver or taker."""
    waiting = []
    for row in relievings(actor).filter(state__in=[RelievingState.LISTED, RelievingState.GIVEN]).order_by("on", "pk"):
        signer = row.charge.employee_id if row.state == RelievingState.LISTED else getattr(taker_of(row), "pk", None)
        if signer == actor.employee_id:
            waiting.append(row)
    return waiting


def reliefs_due() -> list[int]:
    """Signed by both, and their day has come: the worker completes them."""
    rows = Relieving.objects.filter(state=RelievingState.TAKEN, on__lte=clock.today()).order_by("on", "pk")
    return list(rows.values_list("pk", flat=True))


def offices_of(actor: Actor) -> QuerySet[Office]:
    """The offices in which the actor relieves and lets join: those that they manage or head."""
    headed = Q(head_post=actor.post_id) if actor.post_id is not None else Q(pk__in=[])
    return Office.objects.filter(managed_q(actor, office="pk") | headed).order_by("code")


# Charges to choose from


def charges_to_relieve(actor: Actor, q: str = "") -> list[Charge]:
    """Today's full charges of the offices that the actor manages or heads, found by person, post or marking."""
    rows = Charge.objects.filter(
        active_on(clock.today()), desk_of_office_q(actor, office="post__office"), kind__in=FULL_KINDS
    ).exclude(employee=actor.employee_id)
    for word in search_key(q).split():
        rows = rows.filter(Q(employee__search_text__contains=word) | Q(post__search_text__contains=word))
    open_now = Relieving.objects.filter(charge=OuterRef("pk"), state__in=OPEN_RELIEVINGS)
    rows = rows.annotate(is_being_relieved=Exists(open_now))
    return list(
        rows.select_related("employee", "post__office", "post__section").order_by(
            "post__office__code", "post__designation__rank", "post__marking"
        )[:LISTED]
    )


def charge_to_relieve(actor: Actor, charge_id: int) -> Charge:
    """A full charge that the actor may see as master or head; the rule on relieving says the rest."""
    rows = Charge.objects.filter(desk_of_office_q(actor, office="post__office"), pk=charge_id, kind__in=FULL_KINDS)
    charge = rows.select_related("employee", "post__office", "post__section").first()
    if charge is None:
        raise NotVisible
    return charge


# Awaiting posting orders, retirement


@dataclass(frozen=True, slots=True)
class Awaiting:
    """Somebody without a substantive charge who has not left (R19): since when, and where they were last."""

    employee: Employee
    since: date | None
    last: Charge | None
    joining: Joining | None


def awaiting_posting(actor: Actor) -> list[Awaiting]:
    """Those whose last charge was in an office that the actor manages or heads."""
    today = clock.today()
    substantive = Charge.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gte=today), employee=OuterRef("pk"), kind=ChargeKind.SUBSTANTIVE,
        ended_at__isnull=True,
    )  # fmt: skip
    mine = Charge.objects.filter(desk_of_office_q(actor, office="post__office"), employee=OuterRef("pk"))
    people = (
        Employee.objects.filter(Exists(mine), left_on__isnull=True)
        .exclude(Exists(substantive))
        .annotate(since=Max("charges__to_on", filter=Q(charges__kind=ChargeKind.SUBSTANTIVE)))
        .order_by("since", "name_en")[:LISTED]
    )
    found = list(people)
    last: dict[int, Charge] = {}
    ended = Charge.objects.filter(employee__in=found, kind=ChargeKind.SUBSTANTIVE).select_related("post__office")
    for charge in ended.order_by("to_on", "pk"):
        last[charge.employee_id] = charge
    waiting = Joining.objects.filter(employee__in=found, state=JoiningState.WAITING, kind=ChargeKind.SUBSTANTIVE)
    orders = {one.employee_id: one for one in waiting.select_related("post")}
    return [Awaiting(one, getattr(one, "since", None), last.get(one.pk), orders.get(one.pk)) for one in found]


@dataclass(frozen=True, slots=True)
class Retiring:
    employee: Employee
    charges: list[Charge]
    days: int
    relieving: Relieving | None


def retiring(actor: Actor | None, *, within: int = RETIREMENT_DAYS[0]) -> list[Retiring]:
    """Who superannuates within so many days, soonest first; of the actor's offices, or (None) of all of them."""
    today = clock.today()
    charges = Charge.objects.filter(active_on(today), kind__in=FULL_KINDS)
    if actor is not None:
        charges = charges.filter(desk_of_office_q(actor, office="post__office"))
    people = Employee.objects.filter(
        Exists(charges.filter(employee=OuterRef("pk"))), left_on__isnull=True,
        superannuates_on__range=(today, today + timedelta(days=within)),
    ).order_by("superannuates_on", "name_en")  # fmt: skip
    found = list(people.select_related("account"))
    held: dict[int, list[Charge]] = {}
    for charge in charges.filter(employee__in=found).select_related("post__office").order_by("pk"):
        held.setdefault(charge.employee_id, []).append(charge)
    under_way = {
        row.charge.employee_id: row
        for row in Relieving.objects.filter(charge__employee__in=found, state__in=OPEN_RELIEVINGS).select_related(
            "charge"
        )
    }
    return [
        Retiring(one, held.get(one.pk, []), (one.superannuates_on - today).days, under_way.get(one.pk))
        for one in found
        if one.superannuates_on is not None
    ]


# Joinings and links


def joinings(actor: Actor) -> QuerySet[Joining]:
    rows: QuerySet[Joining] = Joining.objects.filter(
        desk_of_office_q(actor, office="post__office") | Q(employee=actor.employee_id)
    )
    joined: QuerySet[Joining] = rows.select_related("employee", "post__office", "charge", "relieving")
    return joined


def waiting_joinings(actor: Actor) -> list[Joining]:
    return list(joinings(actor).filter(state=JoiningState.WAITING).order_by("from_on", "pk"))


def joined_lately(actor: Actor) -> list[Joining]:
    """Who joined, newest first."""
    return list(joinings(actor).filter(state=JoiningState.JOINED).order_by("-joined_at")[:DONE_SHOWN])


def people_to_join(actor: Actor) -> list[Employee]:
    """Whom the actor may let join: those who await a posting first, then those who sit in the actor's offices."""
    today = clock.today()
    there = Charge.objects.filter(employee=OuterRef("pk"), post__office__in=offices_of(actor).values("pk"))
    never = ~Exists(Charge.objects.filter(employee=OuterRef("pk")))
    substantive = Charge.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gte=today), employee=OuterRef("pk"), kind=ChargeKind.SUBSTANTIVE,
        ended_at__isnull=True,
    )  # fmt: skip
    rows = Employee.objects.filter(Exists(there) | never, left_on__isnull=True)
    return list(rows.annotate(sits=Exists(substantive)).order_by("sits", "name_en")[:LISTED])


def post_to_link(actor: Actor, post_id: int) -> Post:
    """A post for which the actor may be asked to name a link officer: the own one, or one of the actor's offices."""
    mine = Q(pk=actor.post_id or 0) | desk_of_office_q(actor, office="office")
    post = Post.objects.filter(mine, pk=post_id, is_active=True).select_related("office").first()
    if post is None:
        raise NotVisible
    return post


def post_to_hand_over(actor: Actor, post_id: int) -> Post:
    """A post of the actor's offices, an abolished one too: its desk may be handed over."""
    rows = Post.objects.filter(desk_of_office_q(actor, office="office"), pk=post_id)
    post = rows.select_related("office", "section").first()
    if post is None:
        raise NotVisible
    return post


def hand_overs_of(post: Post) -> list[DeskHandOver]:
    """When the desk was handed over without a relieving, newest first."""
    rows = DeskHandOver.objects.filter(post=post).select_related("to_post", "made_by")
    return list(rows.order_by("-pk")[:DONE_SHOWN])


def joinings_due() -> list[int]:
    rows = Joining.objects.filter(state=JoiningState.WAITING, from_on__lte=clock.today()).order_by("from_on", "pk")
    return list(rows.values_list("pk", flat=True))


def posts_to_join(actor: Actor, q: str = "") -> list[Post]:
    """Posts of the actor's offices with `holders` (today's charges), vacant ones first."""
    full = Charge.objects.filter(active_on(clock.today()), post=OuterRef("pk"), kind__in=FULL_KINDS)
    rows = Post.objects.filter(desk_of_office_q(actor, office="office"), is_active=True).annotate(is_held=Exists(full))
    for word in search_key(q).split():
        people = Charge.objects.filter(
            active_on(clock.today()), post=OuterRef("pk"), employee__search_text__contains=word
        )
        rows = rows.filter(Q(search_text__contains=word) | Exists(people))
    holders = Charge.objects.filter(active_on(clock.today()), kind__in=FULL_KINDS).select_related("employee")
    return list(
        rows.select_related("office", "section")
        .prefetch_related(Prefetch("charges", queryset=holders, to_attr="holders"))
        .order_by("is_held", "marking")[:LISTED]
    )


def links(actor: Actor) -> QuerySet[Charge]:
    """Link arrangements that run or are to come: of the actor's offices, on the own post, and those held."""
    mine = Q(employee=actor.employee_id) | Q(post=actor.post_id or 0)
    rows = Charge.objects.filter(
        mine | managed_q(actor, office="post__office"), kind=ChargeKind.LINK, ended_at__isnull=True,
        to_on__gte=clock.today(),
    )  # fmt: skip
    return rows.select_related("employee", "post__office").order_by("from_on", "pk")


def reasons() -> QuerySet[RelievingReason]:
    return RelievingReason.objects.filter(is_active=True)


def posts_to_choose(post: Post) -> list[Post]:
    """The other posts of the office that are held today, with `holders`, the nearest in rank and section first."""
    today = clock.today()
    full = Charge.objects.filter(active_on(today), post=OuterRef("pk"), kind__in=FULL_KINDS)
    rows = Post.objects.filter(Exists(full), office=post.office_id, is_active=True).exclude(pk=post.pk)
    near = Case(
        When(section_id=post.section_id, section__isnull=False, then=Value(0)),
        When(pk=post.superior_id, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    holders = Charge.objects.filter(active_on(today), kind__in=FULL_KINDS).select_related("employee")
    return list(
        rows.annotate(near=near)
        .prefetch_related(Prefetch("charges", queryset=holders, to_attr="holders"))
        .order_by("near", "designation__rank", "marking")[:LISTED]
    )


def officers_to_choose(post: Post) -> list[Employee]:
    """Who may take charge of the post or stand in on it: those who sit in its office, and those who sat there last."""
    today = clock.today()
    there = Charge.objects.filter(employee=OuterRef("pk"), post__office=post.office_id, kind__in=FULL_KINDS)
    running = Charge.objects.filter(active_on(today), employee=OuterRef("pk"), kind__in=FULL_KINDS)
    rows = Employee.objects.filter(Exists(there.filter(active_on(today))) | Exists(there) & ~Exists(running))
    here = Charge.objects.filter(active_on(today), employee=OuterRef("pk"), post=post, kind__in=FULL_KINDS)
    return list(rows.filter(left_on__isnull=True).exclude(Exists(here)).order_by("name_en")[:LISTED])


def relieving_url(relieving_id: int) -> str:
    return reverse("employee_master:relieving_detail", args=[relieving_id])


def holders_among(post_ids: Collection[int]) -> dict[int, Charge]:
    """Today's full holder of each of the posts that has one; one query."""
    rows = Charge.objects.filter(active_on(clock.today()), post__in=post_ids, kind__in=FULL_KINDS)
    return {charge.post_id: charge for charge in rows.select_related("employee__account", "post")}
