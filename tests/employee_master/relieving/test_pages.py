"""Join and relieve through the pages alone, as the EMD manager and the two officers do it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from dak.models import ReceiptCopy
from employee_master.models import Charge, Joining, Office, Relieving
from employee_master.queries import holder_of
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.ledger.queries import history
from files.models import File
from tests.cast import Cast
from tests.employee_master.relieving.conftest import Prepare, days, reason
from tests.signatures.authority import World
from tests.signatures.conftest import PIN, register

Things = tuple[File, File, ReceiptCopy]
ORDER = {"order_number": "412/1-2026", "half": "afternoon"}


def enter(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.account(name), backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = "en"
    return client


def url(name: str, *args: int) -> str:
    return reverse(f"employee_master:{name}", args=args)


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


@pytest.mark.usefixtures("things")
def test_from_the_order_to_the_second_pin(instance: World, cast: Cast, settings: object) -> None:
    settings.CHARGE_LIST_SIGNED = True  # type: ignore[attr-defined]
    register(instance, cast, "section_officer")
    register(instance, cast, "under_secretary")
    manager, giver, taker = (enter(cast, name) for name in ("emd_manager", "section_officer", "under_secretary"))
    assert "SO-GAD3" in text(manager, url("relieving") + "?q=चौबे")
    charge = cast.charge("section_officer")
    today = clock.today().isoformat()
    begun = manager.post(
        url("relieving_new", charge.pk), ORDER | {"reason": reason().pk, "order_on": today, "on": today}
    )
    relieving = Relieving.objects.get()
    assert begun["Location"] == url("relieving_detail", relieving.pk)
    page = text(manager, begun["Location"])
    assert "Nobody was named who takes the desk over." in page
    assert "R/1" in page
    assert "Roof 1" in page
    to = cast.post("under_secretary").pk
    manager.post(url("relieving_assign", relieving.pk), {"to": to, "which": "all"})
    manager.post(url("relieving_draw", relieving.pk), {"language": "en"})
    relieving = Relieving.objects.get()
    listed = manager.get(url("relieving_pdf", relieving.pk))
    assert listed.content.startswith(b"%PDF-1.7")
    for client, asked in ((giver, "given"), (taker, "completed")):
        assert "Waiting for your signature" in text(client, url("relieving"))
        assert "Sign with your PIN" in text(client, url("relieving_sign", relieving.pk))
        sent = {"shown": relieving.list_sha256, "pin": PIN}
        assert client.post(url("relieving_sign", relieving.pk), sent).status_code == 302
        assert Relieving.objects.get().state == asked
    assert {file.held_by for file in File.objects.all()} == {cast.post("under_secretary")}
    # The session of the officer has ended with the charge.
    assert giver.get("/").status_code == 302
    done = text(manager, url("relieving_detail", relieving.pk))
    assert "Enter the joining" in done
    assert "Ramesh Chaubey" in text(manager, url("relieving_awaiting"))


def test_the_head_stands_in_on_the_page_with_a_reason(
    instance: World, cast: Cast, head: Office, listed: Prepare, things: Things
) -> None:
    register(instance, cast, "secretary")
    relieving = listed(code="absence")
    secretary = enter(cast, "secretary")
    assert "Sign in their stead" in text(secretary, url("relieving_detail", relieving.pk))
    sent = {"shown": relieving.list_sha256, "pin": PIN}
    missing = secretary.post(url("relieving_sign", relieving.pk), sent)
    assert missing.status_code == 400
    assert "Say why you sign" in missing.content.decode()
    wrong = secretary.post(url("relieving_sign", relieving.pk), sent | {"why": "Absent", "pin": "wrong-pin-1"})
    assert wrong.status_code == 400
    assert "This PIN is wrong" in wrong.content.decode()
    assert secretary.post(url("relieving_sign", relieving.pk), sent | {"why": "Absent"}).status_code == 302


def test_parts_and_a_successor_are_chosen_on_the_page(cast: Cast, prepare: Prepare, things: Things) -> None:
    relieving, manager = prepare(), enter(cast, "emd_manager")
    none = manager.post(url("relieving_assign", relieving.pk), {"which": "all"})
    assert none.status_code == 400
    some = {"to_other": "da-gad3", "which": "some", "key": [f"file:{things[0].pk}"]}
    assert manager.post(url("relieving_assign", relieving.pk), some).status_code == 302
    wrong = manager.post(url("relieving_assign", relieving.pk), {"to_other": "XX-1", "which": "all"})
    assert "No post has this marking" in wrong.content.decode()
    chosen = {"successor_other": "e0001", "kind": "look_after"}
    assert manager.post(url("relieving_successor", relieving.pk), chosen).status_code == 302
    page = text(manager, url("relieving_detail", relieving.pk))
    assert "Suresh Yadav" in page
    assert "DA-GAD3" in page


def test_the_super_admin_of_elsewhere_sees_numbers_and_no_subject(cast: Cast, listed: Prepare, things: Things) -> None:
    relieving = listed()
    page = text(enter(cast, "super_admin"), url("relieving_detail", relieving.pk))
    assert "R/1" in page
    assert "Roof 1" not in page
    assert enter(cast, "super_admin").get(url("relieving_pdf", relieving.pk)).status_code == 404


def test_correcting_says_first_what_comes_back(cast: Cast, listed: Prepare, things: Things) -> None:
    relieving, manager = listed(), enter(cast, "emd_manager")
    manager.post(url("relieving_complete", relieving.pk))
    assert holder_of(cast.post("section_officer")) is None
    assert "3 things come back" in text(manager, url("relieving_correct", relieving.pk))
    manager.post(url("relieving_correct", relieving.pk), {"why": "Wrong officer"})
    assert holder_of(cast.post("section_officer")) is not None


def test_an_order_to_join_is_entered_tried_and_withdrawn(cast: Cast) -> None:
    manager = enter(cast, "emd_manager")
    given = {
        "employee": cast.employee("section_officer").pk, "post": cast.post("SO-CR").pk, "kind": "additional",
        "from_on": days(2).isoformat(), "half": "forenoon", "order_number": "9", "order_on": days(0).isoformat(),
    }  # fmt: skip
    assert manager.post(url("joining_new"), given).status_code == 302
    joining = Joining.objects.get()
    assert "Its day has not come yet." in text(manager, url("joining"))
    assert manager.post(url("joining_now", joining.pk)).status_code == 409
    taken = manager.post(url("joining_new"), given | {"post": cast.post("secretary").pk, "from_on": days(0)})
    assert taken.status_code == 409
    manager.post(url("joining_withdraw", joining.pk))
    assert "No order waits." in text(manager, url("joining"))
    backwards = manager.post(url("joining_new"), given | {"to_on": days(1).isoformat()})
    assert backwards.status_code == 400
    manager.post(url("joining_new"), given | {"from_on": days(0).isoformat()})
    assert holder_of(cast.post("SO-CR")) is not None


def test_the_holder_names_a_link_officer_who_switches_in_one_click(cast: Cast) -> None:
    officer, link = enter(cast, "section_officer"), enter(cast, "dealing_assistant")
    assert "Name a link officer for my post" in text(officer, url("links"))
    post_id = cast.post("section_officer").pk
    given = {"employee": cast.employee("dealing_assistant").pk, "from_on": days(0), "to_on": days(3)}
    past = officer.post(url("link_new", post_id), given | {"to_on": days(-1)})
    assert past.status_code == 400
    assert officer.post(url("link_new", post_id), given).status_code == 302
    charge = Charge.objects.get(kind="link", post=post_id)
    page = text(link, url("links"))
    assert "until" in page
    link.post(reverse("employee_master:switch_charge"), {"charge": charge.pk})
    assert "Link officer" in text(link, url("people"))
    officer.post(url("link_end", charge.pk))
    assert Charge.objects.get(pk=charge.pk).ended_at is not None


def test_vacant_desks_retirements_and_reasons_have_their_pages(cast: Cast, things: Things) -> None:
    manager = enter(cast, "emd_manager")
    person = cast.employee("diarist")
    person.superannuates_on = days(20)
    person.save()
    assert "Suresh Yadav" in text(manager, url("retirement"))
    Charge.objects.filter(pk=cast.charge("section_officer").pk).update(to_on=days(-1))
    post = cast.post("section_officer")
    assert "Move now" in text(manager, url("vacant"))
    assert "Roof 1" in text(manager, url("hand_over", post.pk))
    to = cast.post("under_secretary").pk
    some = {"to": to, "why": "Vacant", "which": "some", "key": f"copy:{things[2].pk}"}
    assert manager.post(url("hand_over", post.pk), some).status_code == 302
    assert "1 thing to US-GAD" in text(manager, url("hand_over", post.pk))
    manager.post(url("vacant_move", post.pk), {"to": to})
    assert "No vacant post holds anything" in text(manager, url("vacant"))
    reason()
    assert "Transfer" in text(manager, url("relieving_reasons"))
    added = {"code": "study", "name_en": "Study leave", "name_hi": "अध्ययन अवकाश"}
    super_admin = enter(cast, "super_admin")
    assert super_admin.post(url("relieving_reasons"), added).status_code == 302
    assert "Study leave" in text(super_admin, url("relieving_reasons"))


def test_every_list_leaves_as_a_sheet_with_its_taking_on_record(cast: Cast, listed: Prepare, things: Things) -> None:
    listed()
    person = cast.employee("diarist")
    person.superannuates_on = days(20)
    person.save()
    manager = enter(cast, "emd_manager")
    for which in ("relieving", "awaiting", "retirement", "joining", "links", "vacant"):
        address = reverse("employee_master:relieving_export", args=[which, "csv"])
        assert manager.get(address).status_code == 200, which
    found = text(manager, reverse("employee_master:relieving_export", args=["relieving", "csv"]))
    assert "SO-GAD3" in found
    assert manager.get(reverse("employee_master:relieving_export", args=["oops", "csv"])).status_code == 404
    taken = history(cast.offices["GAD"]).filter(action=Action.MASTER_EXPORT)
    assert [event.data["list"] for event in taken][:2] == ["relieving", "awaiting"]
