"""Exemptions (R8): which there are, who decides each, and what the rules of access see of one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from employee_master.models import FULL_KINDS, Charge, Exemption, ExemptionSigning, Office, RoleGrant
from employee_master.queries.acting import active_on
from employee_master.queries.readiness import Rollout, offices_above, rollout_of
from employee_master.workflow.exemption import ExemptionState
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor, Role
from eoffice.core.errors import NotVisible

LISTED = 200


@dataclass(frozen=True, slots=True)
class Case:
    """An exemption as the rules see it: its office's roll-out, its state, and whose word decides."""

    exemption: Exemption
    rollout: Rollout
    deciding_post_ids: tuple[int, ...]

    @property
    def office(self) -> Office | None:
        return self.rollout.office

    @property
    def above_post_ids(self) -> tuple[int, ...]:
        return self.rollout.above_post_ids

    @property
    def nodal_ids(self) -> frozenset[int]:
        return self.rollout.nodal_ids

    @property
    def requested_by_id(self) -> int | None:
        return self.exemption.requested_by_id

    @property
    def state(self) -> Any:
        return self.exemption.state

    def get_state_display(self) -> str:
        return str(self.exemption.get_state_display())


def case_of(exemption: Exemption) -> Case:
    """The exemption with what the rules ask of it."""
    rollout = rollout_of(exemption.office_id)
    assert rollout.office is not None
    return Case(exemption, rollout, deciding_posts(rollout.office))


def exemption_or_404(actor: Actor, exemption_id: int) -> Case:
    """An exemption that the actor may see; another is not there."""
    joined = ("office", "made_by", "requested_by", "requested_post", "decided_by", "decided_post")
    exemption = Exemption.objects.select_related(*joined).filter(pk=exemption_id).first()
    if exemption is None:
        raise NotVisible
    case = case_of(exemption)
    if not access.check(actor, Action.EXEMPTION_VIEW, case).allowed:
        raise NotVisible
    return case


def deciding_posts(office: Office) -> tuple[int, ...]:
    """Whose head decides on the office's exemptions: the next office above that has entered its head.

    Where no such office stands above: the offices in which a super admin fills a post today, the asking one left out.
    Empty where there is none of these either; then a super admin decides.
    """
    above = next((one.head_post_id for one in offices_above(office) if one.head_post_id is not None), None)
    if above is not None:
        return (above,)
    return tuple(post for pk, post in _heads_beside_super_admins() if pk != office.pk)


def _heads_beside_super_admins() -> list[tuple[int, int]]:
    """Offices in which a super admin fills a post today, with their head's post."""
    admins = RoleGrant.objects.filter(active_on(clock.today()), role=Role.SUPER_ADMIN).values("employee")
    seats = Charge.objects.filter(active_on(clock.today()), employee__in=admins, kind__in=FULL_KINDS)
    heads = Office.objects.filter(pk__in=seats.values("post__office"), head_post__isnull=False).order_by("pk")
    return list(heads.values_list("pk", "head_post_id"))


def exemptions_of(office_id: int) -> QuerySet[Exemption]:
    """All of an office, the newest first."""
    rows: QuerySet[Exemption] = Exemption.objects.filter(office=office_id).select_related("office").order_by("-pk")
    return rows


def exemptions_for(actor: Actor, *, state: str = "") -> list[Exemption]:
    """Those that concern the actor, the newest first; four queries at most.

    All for super admins and auditors; for others those of the own office, of offices below theirs, and those of top
    offices for whom decides on these.
    """
    rows: QuerySet[Exemption] = Exemption.objects.select_related("office", "requested_by", "decided_by")
    if state in ExemptionState.values:
        rows = rows.filter(state=state)
    if not (actor.has_role(Role.SUPER_ADMIN) or actor.has_role(Role.AUDITOR)):
        mine = Q(office=actor.office_id or 0) | Q(office__in=_offices_below(actor))
        if actor.post_id is not None and actor.post_id in {post for _pk, post in _heads_beside_super_admins()}:
            mine |= Q(office__parent__isnull=True)
        rows = rows.filter(mine)
    return list(rows.order_by("-pk")[:LISTED])


def waiting_for(actor: Actor, rows: Iterable[Exemption]) -> set[int]:
    """Which of these wait for the actor's word, however many they are: two queries."""
    tree = {pk: (parent, head) for pk, parent, head in _tree()}
    beside = _heads_beside_super_admins()
    found = set()
    for one in rows:
        if one.state != ExemptionState.REQUESTED or actor.post_id is None:
            continue
        above = _nearest_head(tree, one.office_id)
        posts = {above} if above is not None else {post for pk, post in beside if pk != one.office_id}
        if actor.post_id in posts or (not posts and actor.has_role(Role.SUPER_ADMIN)):
            found.add(one.pk)
    return found


def _tree() -> list[tuple[int, int | None, int | None]]:
    return list(Office.objects.order_by().values_list("pk", "parent_id", "head_post_id"))


def _nearest_head(tree: Mapping[int, tuple[int | None, int | None]], office_id: int) -> int | None:
    seen: set[int] = set()
    step = tree[office_id][0]
    while step is not None and step not in seen:
        seen.add(step)
        step, head = tree[step]
        if head is not None:
            return head
    return None


def _offices_below(actor: Actor) -> list[int]:
    """The offices below those whose head the actor is."""
    if actor.post_id is None:
        return []
    tree = _tree()
    found = {pk for pk, _parent, head in tree if head == actor.post_id}
    grown = bool(found)
    while grown:
        more = {pk for pk, parent, _head in tree if parent in found} - found
        found |= more
        grown = bool(more)
    return sorted(found)


def open_signing(exemption: Exemption, actor: Actor) -> ExemptionSigning | None:
    """What the actor prepared to sign last on this exemption."""
    signings = ExemptionSigning.objects.filter(exemption=exemption, employee_id=actor.person, attempt__isnull=False)
    return signings.order_by("-pk").first()
