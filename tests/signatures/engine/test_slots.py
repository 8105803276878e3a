"""Up to ten signers in a set order: all slots made before the first signature, the first certifies, the last locks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import pairwise
from typing import get_args

import pikepdf
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from signatures.engine import levels, pades, slots, softkey
from signatures.engine.errors import CannotPrepare
from signatures.engine.examine import examine
from signatures.engine.facts import Level, Verdict
from signatures.engine.proofs import Proofs
from signatures.engine.soundness import Unsound, all_sound
from tests.signatures.authority import Officer, World, letter

KINDS: tuple[softkey.type_of_key, ...] = get_args(softkey.type_of_key)
NAMES = [f"Signer{number}" for number in range(1, 11)]
ENDINGS = {Level.B: 0, Level.T: 1, Level.LT: 1, Level.LTA: 2}


def now() -> datetime:
    return datetime.now(UTC)


def officers(world: World, kinds: tuple[softkey.type_of_key, ...]) -> list[Officer]:
    return [world.officer(f"Officer {number} {kind}", kind) for number, kind in enumerate(kinds)]


def signed_in_turn(
    world: World, signers: list[Officer], wanted: list[Level], proofs: Proofs | None = None
) -> list[bytes]:
    """Every revision on the way: slots, then for each signer the signature and what the worker adds to it."""
    names = NAMES[: len(signers)]
    drawn = letter()
    steps = [drawn, slots.prepare_slots(drawn, names)]
    for name, officer, want in zip(names, signers, wanted, strict=True):
        steps.append(world.sign(steps[-1], name, officer, name=officer.name))
        raised = levels.complete(
            steps[-1], have=Level.B, want=want, authority=world.tsa, trust=world.trust, proofs=proofs
        )
        assert (raised.level, raised.missing) == (want, None)
        if want is not Level.B:
            steps.append(raised.pdf)
    return steps


def test_ten_signers_with_keys_of_all_kinds_and_the_last_one_locks(world: World) -> None:
    kinds = tuple(KINDS[number % 3] for number in range(10))
    steps = signed_in_turn(world, officers(world, kinds), [Level.B] * 9 + [Level.LTA], Proofs())
    for before, after in pairwise(steps):
        assert after.startswith(before)
        assert len(after) > len(before)
    last = steps[-1]
    held = all_sound(last)
    assert [one.field for one in held if not one.is_stamp] == NAMES
    report = examine(last, trust=world.trust, at=now())
    assert (report.verdict, report.level, report.integrity) == (Verdict.TOTAL_PASSED, Level.LTA, "intact")
    assert len([facts for facts in report.signatures if facts.kind == "signature"]) == 10
    with pikepdf.open(BytesIO(last)) as pdf:
        fields = {str(field.T): field for field in pdf.Root.AcroForm.Fields}
        assert pdf.Root.Perms.DocMDP.Reference[0].TransformParams.P == 2  # certified: form filling only
        assert [name for name in NAMES if "/Lock" in fields[name]] == ["Signer10"]
        assert (str(fields["Signer10"].Lock.Action), int(fields["Signer10"].Lock.P)) == ("/All", 1)
        assert pdf.Root.get("/Version") is None
        assert pdf.pdf_version == "1.7"
    assert slots.empty_slots(last) == []


@settings(max_examples=4, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(
    st.lists(st.tuples(st.sampled_from(["rsa-2048", "p-256"]), st.sampled_from(list(ENDINGS))), min_size=1, max_size=3)
)
def test_whatever_the_keys_and_levels_each_revision_extends_the_one_before(
    running_world: World, plan: list[tuple[softkey.type_of_key, Level]]
) -> None:
    world = running_world
    world.clock.offset = timedelta()
    signers = [world.officer(f"Officer {number}", kind) for number, (kind, _level) in enumerate(plan)]
    steps = signed_in_turn(world, signers, [level for _kind, level in plan], Proofs())
    for before, after in pairwise(steps):
        assert after.startswith(before)
        assert len(after) > len(before)
    held = all_sound(steps[-1])
    assert sum(not one.is_stamp for one in held) == len(plan)
    assert sum(one.is_stamp for one in held) == sum(ENDINGS[level] for _kind, level in plan)


def test_nobody_signs_out_of_turn_or_twice_or_after_the_last(world: World) -> None:
    first, second, third = officers(world, ("p-256", "rsa-2048", "p-256"))
    pdf = slots.prepare_slots(letter(), NAMES[:2])
    for name, officer, code in (("Signer2", second, "slot-order"), ("Signer3", third, "slot-missing")):
        with pytest.raises(CannotPrepare) as refused:
            pades.begin(pdf, slot=name, certificate=officer.certificate, at=now())
        assert refused.value.reason == code
    pdf = world.sign(pdf, "Signer1", first)
    with pytest.raises(CannotPrepare) as refused:
        world.sign(pdf, "Signer1", first)
    assert refused.value.reason == "slot-missing"
    pdf = world.sign(pdf, "Signer2", second)
    with pytest.raises(CannotPrepare) as refused:
        slots.prepare_slots(pdf, ["Signer3"])
    assert refused.value.reason == "signed-already"
    renewed = world.archived(pdf)  # NO_CHANGES allows validation data and stamps
    assert examine(renewed, trust=world.trust, at=now()).verdict is Verdict.TOTAL_PASSED


def test_a_slot_added_behind_the_signers_backs_does_not_pass(world: World) -> None:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415 - an attacker's tool
    from pyhanko.sign import fields  # noqa: PLC0415

    pdf = world.signed(*officers(world, ("p-256", "p-256")))
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    fields.append_signature_field(writer, fields.SigFieldSpec("Sneaky", on_page=0, box=(10, 10, 300, 300)))
    output = BytesIO()
    writer.write(output)  # type: ignore[no-untyped-call]
    with pytest.raises(Unsound):
        all_sound(output.getvalue())
    assert examine(output.getvalue(), trust=world.trust, at=now()).integrity != "intact"


def test_returned_for_correction_the_prepared_slots_are_void(world: World) -> None:
    """A paper that comes back is drawn anew; what was prepared or half signed before is never prepared again."""
    first, second = officers(world, ("p-256", "rsa-2048"))
    prepared = slots.prepare_slots(letter(), NAMES[:2])
    half = world.sign(prepared, "Signer1", first)
    for old in (prepared, half):
        with pytest.raises(CannotPrepare):
            slots.prepare_slots(old, NAMES[:2])
    corrected = slots.prepare_slots(letter(text="Letter 5213846: corrected."), NAMES[:2])
    done = world.sign(world.sign(corrected, "Signer1", first), "Signer2", second)
    assert slots.empty_slots(done) == []


def test_what_claims_pdf_a_2_takes_no_attachment() -> None:
    from eoffice.documents.pdf.letter import draw_letter  # noqa: PLC0415
    from tests.documents.pdf.samples import LETTER  # noqa: PLC0415

    with pytest.raises(CannotPrepare) as refused:
        slots.prepare_slots(draw_letter(LETTER), ["S"], attachments=[slots.Attachment("manifest.json", b"{}")])
    assert refused.value.reason == "attachment-in-pdfa-2"
