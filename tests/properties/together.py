"""Acts of several people at once: none may crash, and some order of them must explain what comes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import partial

from hypothesis import note
from hypothesis import strategies as st

from eoffice.core.actor import Actor
from tests.properties.acts import Act
from tests.properties.invariants import breaches
from tests.properties.machine import GONE, chosen, kinds_of, outcome, tried
from tests.properties.model import Model, Picture, Seat
from tests.properties.schedule import Switch, Turns, at_once
from tests.properties.world import World

# Whoever would have to wait for a desk that changes hands is refused, and so is a list of a desk that changed while it
# was drawn, though no order of acts says so.
CHANGING = {"desk_changing", "desk_changed"}
# So is a sheet when anything in its office changed while it was compared, or the sheet itself while it was signed; and
# a re-organisation when somebody is entered on a post that it ends.
CHANGING |= {"not_as_certified", "changed_since_view", "charges_changed"}
MOST_PEOPLE = 3
MOST_ACTS = 2
MOST_BEFORE = 5
SWITCHES = st.lists(
    st.builds(Switch, after=st.integers(0, 40), skip=st.integers(0, 1))
    | st.builds(Switch, before=st.sampled_from(["COMMIT", "INSERT", "UPDATE"])),
    max_size=6,
)


@dataclass
class Done:
    """What came of a list of acts: the code of the refusal of each, empty where it was accepted."""

    acts: Sequence[Act]
    codes: list[str] = field(default_factory=list)


def run_together(
    lists: Sequence[Sequence[Act]], switches: Sequence[Switch], world: World, day: int
) -> tuple[list[Done], Turns]:
    """Each list in a thread of its own; who acts is known before, as at the beginning of a request."""
    with world.time(day):
        actors = [[world.actor(act.seat) for act in acts] for acts in lists]
    results = [Done(acts) for acts in lists]

    def work(result: Done, who: Sequence[Actor]) -> None:
        for act, actor in zip(result.acts, who, strict=True):
            with world.time(day):
                result.codes.append(outcome(act, world, actor))

    turns = at_once([partial(work, *pair) for pair in zip(results, actors, strict=True)], switches)
    return results, turns


def meeting(lists: Sequence[Sequence[Act]], switches: Sequence[Switch], world: World, model: Model) -> list[Done]:
    """Let them meet; refuse what crashed, what no order explains, and what breaks an invariant."""
    results, turns = run_together(lists, switches, world, model.day)
    crashes = [lane.crash for lane in turns.lanes if lane.crash]
    assert not crashes, "\n".join(crashes)
    with world.time(model.day):
        end = explained(model, results, world.picture())
        assert end is not None, (results, model.picture().differences(world.picture()))
        assert breaches(excused={world.id("post", post) for post in end.excused}) == []
    return results


def explained(model: Model, results: Sequence[Done], found: Picture) -> Model | None:
    """The model after some order of the acts in which each came to what it came to, and the database as it is."""
    return _search(model, [list(zip(done.acts, done.codes, strict=True)) for done in results], found)


def _search(model: Model, left: list[list[tuple[Act, str]]], found: Picture) -> Model | None:
    if not any(left):
        return model if not model.picture().differences(found) else None
    for number, queue in enumerate(left):
        if not queue:
            continue
        (act, code), rest = queue[0], queue[1:]
        if not comes_to(act, model, code):
            continue
        after = model
        if not code:
            after = model.copy()
            act.happen(after)
        end = _search(after, [*left[:number], rest, *left[number + 1 :]], found)
        if end is not None:
            return end
    return None


def comes_to(act: Act, model: Model, code: str) -> bool:
    """Whether the model explains the code of the refusal, or (empty) that there was none."""
    if code in CHANGING:
        return True
    if names(act) & model.gone:
        return bool(code)
    try:
        refusals = act.refusals(model)
    except KeyError:
        # What an act before it was to make, which was refused.
        return code == GONE
    return code in refusals if code else not refusals - {""}


# Drawing


def drawn_meeting(world: World, model: Model, data: st.DataObject) -> Counter[tuple[str, str]]:
    """Some acts one by one, then some at once; all of them around one post, so that they get in each other's way."""
    draw = Around(data, data.draw(st.sampled_from(sorted(model.posts)), label="about"))
    for _number in range(data.draw(st.integers(0, MOST_BEFORE), label="acts before")):
        act = draw.act(model)
        if act is not None:
            note(f"{act}")
            tried(act, world, model)
    lists = [
        draw.acts(model, "abc"[number]) for number in range(data.draw(st.integers(2, MOST_PEOPLE), label="people"))
    ]
    note(f"{lists}")
    results = meeting(lists, data.draw(SWITCHES, label="switches"), world, model)
    return Counter(
        (type(act).__name__, "refused" if code else "accepted")
        for done in results
        for act, code in zip(done.acts, done.codes, strict=True)
    )


class Around:
    """Draws acts that have to do with one post, where there are any."""

    def __init__(self, data: st.DataObject, post: str) -> None:
        self.data, self.post = data, post
        self.kinds = kinds_of(data)

    def act(self, model: Model, *, at_once: bool = False) -> Act | None:
        kinds = [kind for kind in self.kinds if not (at_once and kind.compound)]
        kind = self.data.draw(st.sampled_from(kinds), label="kind")
        return chosen(kind, model, self.data, wanted=lambda act: self.post in concerns(act, model))

    def acts(self, model: Model, tag: str) -> list[Act]:
        """What one person does, as if the others did nothing."""
        own, seats = model.copy(), model.seats()
        own.tag = tag
        found = []
        for _number in range(self.data.draw(st.integers(1, MOST_ACTS), label="acts")):
            act = self.act(own, at_once=True)
            if act is not None and (act.seat is None or act.seat in seats):
                found.append(act)
                if not act.refusals(own):
                    act.happen(own)
        return found


def concerns(act: Act, model: Model) -> set[str]:
    """The names that the act has to do with, at first or second hand."""
    first = names(act)
    return first.union(*(model.of(name) for name in first))


def names(act: Act) -> set[str]:
    """Those that the act says."""
    found: set[str] = set()
    for one in fields(act):
        value = getattr(act, one.name)
        if isinstance(value, Seat):
            found |= {value.person, value.post}
        for name in value if isinstance(value, tuple) else (value,):
            if isinstance(name, str):
                found.add(name)
    return found
