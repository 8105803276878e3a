from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.urls import reverse

from eoffice.core import clock
from signatures.models_archive import ArchiveTerm, TermTrouble
from tests.cast import Cast
from tests.signatures.authority import World
from tests.signatures.services.test_renewal import archived, ends_soon


def enter(client: Client, cast: Cast, name: str) -> None:
    client.force_login(cast.account(name), backend="django.contrib.auth.backends.ModelBackend")


def test_the_super_admin_sees_what_ends_and_takes_it_away_as_a_sheet(
    instance: World, cast: Cast, client: Client
) -> None:
    enter(client, cast, "super_admin")
    page = client.get(reverse("signatures:renewals"), headers={"accept-language": "en"})
    assert page.status_code == 200
    assert "Nothing needs to be renewed in the next twelve months" in page.content.decode()
    attempt = archived(instance, cast)
    term = ends_soon(ArchiveTerm.objects.get(), days=90)
    ArchiveTerm.objects.filter(pk=term.pk).update(trouble=TermTrouble.EVIDENCE, tried_at=clock.now())
    text = client.get(reverse("signatures:renewals"), headers={"accept-language": "en"}).content.decode()
    for expected in (attempt.reference, "DEMO Time Authority", "An authority did not answer", "due now"):
        assert expected in text
    sheet = client.get(reverse("signatures:renewals_export", args=["csv"])).content.decode()
    assert attempt.reference in sheet
    assert "DEMO Time Authority" in sheet
    assert client.get(reverse("signatures:renewals_export", args=["pdf"])).status_code == 404
    ArchiveTerm.objects.filter(pk=term.pk).update(
        ends_at=clock.now() + timedelta(days=500), not_after=clock.now() + timedelta(days=500)
    )
    assert (
        attempt.reference
        not in client.get(reverse("signatures:renewals"), headers={"accept-language": "en"}).content.decode()
    )


def test_nobody_else_sees_it(cast: Cast, client: Client) -> None:
    for name in ("emd_manager", "secretary", "auditor"):
        enter(client, cast, name)
        assert client.get(reverse("signatures:renewals"), headers={"accept-language": "en"}).status_code == 403
        assert client.get(reverse("signatures:renewals_export", args=["csv"])).status_code == 403
