"""What holds in the database at every moment between two acts, whoever did what at the same time.

Each function yields a sentence for every breach; `breaches` asks them all. `test_invariants` breaks each by hand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from itertools import combinations

from django.db import connection

from dak.models import ReceiptCopy
from dak.queries import copies_on_desks
from employee_master.models import (
    FULL_KINDS,
    Charge,
    Employee,
    Office,
    Post,
    PostMarking,
    PostSenior,
    RoleGrant,
    Section,
)
from employee_master.queries.acting import active_on
from eoffice.core import clock
from eoffice.desk.ledger import differences
from files.models import File
from files.services.hand_over import ON_DESK


def breaches(*, excused: Collection[int] = ()) -> list[str]:
    """Every breach; `excused` are the vacant posts on which things may lie."""
    found: list[str] = []
    for rule in (
        things_are_held, charges_do_not_overlap, charges_are_on_posts, channels_are_true, markings_are_unique,
        sections_stand, posts_are_in_sections, people_who_left_are_gone, ledger_is_true,
    ):  # fmt: skip
        found += [f"{rule.__name__}: {words}" for words in (rule(excused) if rule is things_are_held else rule())]
    connection.check_constraints()
    return found


def _things() -> Iterator[tuple[str, int | None]]:
    for file in File.objects.filter(state__in=ON_DESK):
        yield f"file {file.number}", file.held_by_id
    # Also copies that are on no desk where they should be: for action and under consideration.
    for copy in ReceiptCopy.objects.filter(purpose="action", receipt__state="diarised"):
        yield f"receipt {copy}", copy.held_by_id
    desks = Post.objects.values_list("pk", flat=True)
    for copy in copies_on_desks(list(desks)).exclude(purpose="action", receipt__state="diarised"):
        yield f"receipt {copy}", copy.held_by_id


def things_are_held(excused: Collection[int] = ()) -> Iterator[str]:
    """No item without a holder: each lies with one post, which exists and, if nothing excuses it, is held today."""
    posts = Post.objects.in_bulk()
    full = Charge.objects.filter(active_on(clock.today()), kind__in=FULL_KINDS)
    held = set(full.values_list("post_id", flat=True)) | set(excused)
    for what, post_id in _things():
        if post_id is None:
            yield f"{what} lies nowhere"
        elif not posts[post_id].is_active:
            yield f"{what} lies on {posts[post_id].marking}, which was abolished"
        elif post_id not in held:
            yield f"{what} lies on {posts[post_id].marking}, where nobody sits"


def charges_do_not_overlap() -> Iterator[str]:
    """No two full holders of a post on one day, no two substantive charges of a person, no charge twice."""
    for one, two in combinations(Charge.objects.select_related("post", "employee").order_by("pk"), 2):
        if not _share_a_day(one, two):
            continue
        same_person, same_post = one.employee_id == two.employee_id, one.post_id == two.post_id
        if same_post and one.kind in FULL_KINDS and two.kind in FULL_KINDS:
            yield f"{one.post} is held by {one.employee} and by {two.employee}"
        if same_person and one.kind == two.kind == "substantive":
            yield f"{one.employee} holds {one.post} and {two.post} substantively"
        if same_person and same_post:
            yield f"{one.employee} has two charges of {one.post}"


def _share_a_day(one: Charge, two: Charge) -> bool:
    def after(charge: Charge) -> int:
        if charge.to_on is None:
            return 10**9
        return charge.to_on.toordinal() + (1 if charge.ended_at is None else 0)

    return max(one.from_on.toordinal(), two.from_on.toordinal()) < min(after(one), after(two))


def charges_are_on_posts() -> Iterator[str]:
    """Nobody has charge of a post that was abolished."""
    running = Charge.objects.filter(active_on(clock.today()), post__is_active=False)
    to_come = Charge.objects.filter(ended_at=None, from_on__gt=clock.today(), post__is_active=False)
    for charge in (*running.select_related("post"), *to_come.select_related("post")):
        yield f"charge {charge.pk} is of {charge.post}, which was abolished"


def channels_are_true() -> Iterator[str]:
    """PostSenior is `superior` unrolled, without a circle and without abolished posts above those that exist."""
    posts = Post.objects.in_bulk()
    written: dict[int, dict[int, int]] = defaultdict(dict)
    for row in PostSenior.objects.all():
        written[row.post_id][row.senior_id] = row.distance
    for post in posts.values():
        above: dict[int, int] = {}
        one: Post | None = post
        while one is not None and one.pk not in above:
            above[one.pk] = len(above)
            one = posts[one.superior_id] if one.superior_id is not None else None
        if one is not None:
            yield f"{post} stands in a circle"
        if written[post.pk] != above:
            yield f"the channel written for {post} is {written[post.pk]}, its superiors say {above}"
        if post.is_active and post.superior_id is not None and not posts[post.superior_id].is_active:
            yield f"{post} stands under {posts[post.superior_id]}, which was abolished"


def markings_are_unique() -> Iterator[str]:
    """No marking, in whatever capitals, was ever two posts'; each post's own is written down, open while it stands."""
    owners: dict[str, set[int]] = defaultdict(set)
    open_ones: dict[int, list[str]] = defaultdict(list)
    for row in PostMarking.objects.all():
        owners[row.marking.upper()].add(row.post_id)
        if row.to_on is None:
            open_ones[row.post_id].append(row.marking)
    for post in Post.objects.all():
        owners[post.marking.upper()].add(post.pk)
        expected = [post.marking] if post.is_active else []
        if open_ones[post.pk] != expected:
            yield f"{post.marking} is written down as {open_ones[post.pk]}"
    for marking, posts in owners.items():
        if len(posts) > 1:
            yield f"{marking} is or was of the posts {sorted(posts)}"


def sections_stand() -> Iterator[str]:
    """Receiving posts and heads exist and are of the office; nothing is in a section that was closed."""
    for section in Section.objects.select_related("receiving_post", "parent"):
        receiver, parent = section.receiving_post, section.parent
        if receiver is not None and (not receiver.is_active or receiver.office_id != section.office_id):
            yield f"{section} receives at {receiver}"
        if parent is not None and parent.office_id != section.office_id:
            yield f"{section} lies in a section of another office"
    for office in Office.objects.select_related("head_post", "ddo_post"):
        for post in (office.head_post, office.ddo_post):
            if post is not None and not post.is_active:
                yield f"{office} has {post} at its head, which was abolished"


def posts_are_in_sections() -> Iterator[str]:
    """Each post that exists is in a section of its office, and in one that exists."""
    for post in Post.objects.filter(is_active=True, section__isnull=False).select_related("section"):
        section = post.section
        assert section is not None
        if section.office_id != post.office_id:
            yield f"{post} is in a section of another office"
        if section.to_on is not None and section.to_on <= clock.today():
            yield f"{post} is in {section}, which was closed"


def people_who_left_are_gone() -> Iterator[str]:
    """Whoever left has no charge, no role and no account that opens."""
    today = clock.today()
    for person in Employee.objects.exclude(left_on=None).select_related("account"):
        if Charge.objects.filter(employee=person, ended_at=None).exclude(to_on__lt=today).exists():
            yield f"{person} left and has a charge"
        if RoleGrant.objects.filter(employee=person, ended_at=None).exclude(to_on__lt=today).exists():
            yield f"{person} left and has a role"
        if person.account is not None and person.account.is_active:
            yield f"{person} left and can sign in"


def ledger_is_true() -> Iterator[str]:
    """The chains hold, and what the rows say of custody is what the movements say."""
    for one in differences():
        yield f"{one.where}: {one.words}"
