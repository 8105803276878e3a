"""Lists of decisions: what can be ticked, how far a list is, and in what its letters differ."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from eoffice.core.actor import Actor
from eoffice.core.errors import NotVisible
from files.models import Batch, BatchItem, Draft, File
from files.queries import files_on_desk
from files.workflow import BatchState, DraftState, ItemState

# Letters of which at least this share of words is the same stand in one group.
ALIKE = 0.6
# A run of fewer common words between two differences is shown with them: a lone comma tells nothing.
SHORT = 2
LINE = "\n"


def open_items() -> Q:
    """Items of a list that are neither signed, nor refused, nor left out."""
    return Q(state__in=[ItemState.READY, ItemState.WORKING, ItemState.AWAITED])


def to_sign(actor: Actor) -> QuerySet[File]:
    """Files on the actor's desk with a draft that waits for approval, by due date."""
    waiting = Draft.objects.filter(file=OuterRef("pk"), state=DraftState.PUT_UP)
    return files_on_desk(actor.post_id).filter(Exists(waiting)).order_by("due_on", "-held_since", "pk")


def batch_or_404(actor: Actor, batch_id: int) -> Batch:
    """The officer's own list; nobody else sees it."""
    batch = Batch.objects.filter(pk=batch_id, employee_id=actor.employee_id or 0).first()
    if batch is None:
        raise NotVisible
    return batch


def open_batches(actor: Actor) -> QuerySet[Batch]:
    """The officer's lists that are not over, newest first."""
    states = [BatchState.LISTED, BatchState.RUNNING, BatchState.STOPPED]
    return Batch.objects.filter(employee_id=actor.employee_id or 0, state__in=states).order_by("-pk")


@dataclass(frozen=True, slots=True)
class Progress:
    """How many items of a list stand where."""

    of: int
    left_out: int
    ready: int
    working: int
    awaited: int
    signed: int
    refused: int

    @property
    def wanted(self) -> int:
        return self.of - self.left_out

    @property
    def done(self) -> int:
        return self.signed + self.refused


def progress(batch: Batch) -> Progress:
    """One query, whatever the length of the list."""
    counts = dict(
        BatchItem.objects.filter(batch=batch)
        .values_list("state")
        .annotate(count=Count("pk"))
        .values_list("state", "count")
    )
    each = {state: int(counts.get(state, 0)) for state in ItemState.values}
    return Progress(
        of=sum(each.values()), left_out=each[ItemState.LEFT_OUT], ready=each[ItemState.READY],
        working=each[ItemState.WORKING], awaited=each[ItemState.AWAITED], signed=each[ItemState.SIGNED],
        refused=each[ItemState.REFUSED],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """Words that all letters of a group share, or the number of a place where they differ (`gap` > 0)."""

    text: str
    gap: int = 0
    breaks: bool = False


@dataclass(slots=True)
class Alike:
    """Letters that say the same but for some places: the common text once, and per letter what stands there."""

    members: list[int]
    common: list[Run] = field(default_factory=list)
    values: list[list[str]] = field(default_factory=list)


def alike(texts: Sequence[str]) -> list[Alike]:
    """The letters in groups of similar ones, in their order, each group with its common text and its differences."""
    words = [_words(text) for text in texts]
    groups: list[Alike] = []
    for index, own in enumerate(words):
        for group in groups:
            if _is_alike(words[group.members[0]], own):
                group.members.append(index)
                break
        else:
            groups.append(Alike([index]))
    for group in groups:
        _compare(group, [words[index] for index in group.members])
    return groups


def _words(text: str) -> list[str]:
    words: list[str] = []
    for line in text.splitlines():
        words += [*line.split(), LINE]
    return words[:-1]


def _is_alike(first: list[str], other: list[str]) -> bool:
    matcher = difflib.SequenceMatcher(None, first, other, autojunk=False)
    return matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def _compare(group: Alike, letters: list[list[str]]) -> None:
    first = letters[0]
    places = [_matched(first, own) for own in letters]
    shared = [n for n in range(len(first)) if all(n in place for place in places)]
    shared = _without_short(shared, places)
    gap = 0
    run: list[str] = []
    group.values = [[] for _letter in letters]
    ends = [-1] * len(letters)
    for n in [*shared, None]:
        stops = [len(own) for own in letters] if n is None else [place[n] for place in places]
        between = [own[end + 1 : stop] for own, end, stop in zip(letters, ends, stops, strict=True)]
        if any(between):
            group.common += _runs(run)
            run = []
            gap += 1
            group.common.append(Run("", gap=gap))
            for values, words in zip(group.values, between, strict=True):
                values.append(" ".join(word for word in words if word != LINE))
        if n is not None:
            run.append(first[n])
        ends = stops
    group.common += _runs(run)


def _matched(first: list[str], own: list[str]) -> dict[int, int]:
    """Where words of the first letter stand in another one."""
    if first == own:
        return {n: n for n in range(len(first))}
    found: dict[int, int] = {}
    for block in difflib.SequenceMatcher(None, first, own, autojunk=False).get_matching_blocks():
        found.update({block.a + n: block.b + n for n in range(block.size)})
    return found


def _without_short(shared: list[int], places: list[dict[int, int]]) -> list[int]:
    """The shared words, without runs so short that they only part what belongs together."""
    runs: list[list[int]] = []
    for before, n in pairwise([-2, *shared]):
        joined = n == before + 1 and all(place[n] == place[before] + 1 for place in places)
        if joined and runs:
            runs[-1].append(n)
        else:
            runs.append([n])
    inner = runs[1:-1]
    kept = [*runs[:1], *(run for run in inner if len(run) >= SHORT), *(runs[-1:] if len(runs) > 1 else [])]
    return [n for run in kept for n in run]


def _runs(words: list[str]) -> list[Run]:
    """Words as text, parted where a line ends."""
    runs: list[Run] = []
    line: list[str] = []
    for word in words:
        if word == LINE:
            runs.append(Run(" ".join(line), breaks=True))
            line = []
        else:
            line.append(word)
    if line:
        runs.append(Run(" ".join(line)))
    return runs
