"""A charge list is signed with the officer's token: prepared once, sent to the signer, completed by the page."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from employee_master.services.charge_signing import relieving_sign
from eoffice.core.errors import WrongState
from signatures.models import SigningAttempt
from tests.cast import Cast
from tests.employee_master.relieving.conftest import Prepare
from tests.employee_master.relieving.test_signing import GIVER, TAKER, Things
from tests.signatures.agent.office import token_officer
from tests.signatures.authority import World
from tests.signatures.conftest import register


def test_the_list_waits_for_the_token_and_goes_on_when_its_signature_is_here(
    instance: World, cast: Cast, listed: Prepare, things: Things, settings: object
) -> None:
    settings.CHARGE_LIST_SIGNED = True  # type: ignore[attr-defined]
    pc, officer, _credential = token_officer(instance, cast, GIVER)
    register(instance, cast, TAKER)
    relieving = listed()
    client, url = (
        Client(headers={"accept-language": "en"}),
        reverse("employee_master:relieving_sign", args=[relieving.pk]),
    )
    client.force_login(cast.account(GIVER), backend="django.contrib.auth.backends.ModelBackend")
    first = client.get(url).content.decode()
    assert 'name="pin"' not in first
    form = {"shown": relieving.list_sha256}
    answer = client.post(url, form)
    assert (answer.status_code, answer["Location"]) == (302, url)
    with pytest.raises(WrongState) as early:
        relieving_sign(relieving_id=relieving.pk, shown_sha256=relieving.list_sha256, pin="", actor=cast.actor(GIVER))
    assert early.value.code == "signature_awaited"
    attempt = SigningAttempt.objects.get(purpose="charge_list")
    assert str(attempt.uuid) in client.get(url).content.decode(), "it is prepared once, however often it is asked for"
    client.post(reverse("signatures:errand_ask"), {"attempt": [str(attempt.uuid)], "next": url})
    errand = pc.errand()
    assert errand is not None
    pc.answer(errand, officer)
    page = client.get(url).content.decode()
    assert "data-goes-on" in page
    assert relieving.list_sha256 in page
    assert client.post(url, form).status_code == 302
    relieving.refresh_from_db(fields=["given_by"])
    assert relieving.given_by == cast.employee(GIVER)
