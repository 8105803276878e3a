from __future__ import annotations

import html
import re
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from eoffice.core import clock
from signatures.models import Backend, Credential, SigningAttempt
from signatures.models_remote import ProviderVisit
from tests.cast import Cast
from tests.signatures.remote import rssp as provider
from tests.signatures.remote.conftest import Begin, approved, bend, browser_goes, csc_key
from tests.signatures.remote.esp import Provider


@pytest.fixture
def officer(cast: Cast) -> Client:
    """The secretary's browser, in English, which checks our tokens as a real one does."""
    return browser(cast, "secretary")


def browser(cast: Cast, name: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.account(name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def text(answer: HttpResponse) -> str:
    return html.unescape(answer.content.decode())


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the page's form, as a browser would send them."""
    return {
        name: html.unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    }


def trial(officer: Client) -> str:
    """The address of the signing sheet of a test signature."""
    return str(officer.post(reverse("signatures:trial")).headers["Location"])


def leave(officer: Client, sheet: str) -> HttpResponse:
    """From the sheet to the provider, as its form says."""
    page = officer.get(sheet).content.decode()
    assert "Go to your provider" in page
    assert 'name="pin"' not in page
    fields = hidden(page)
    assert fields["next"] == sheet
    return officer.post(reverse("signatures:visit"), {"attempt": fields["attempt"], "next": sheet})


def test_esign_from_the_sheet_to_the_provider_and_back(officer: Client, esign_key: Credential, esp: Provider) -> None:
    sheet = trial(officer)
    gone = leave(officer, sheet)
    page = gone.content.decode()
    assert 'action="http://127.0.0.1:9/signdoc"' in page
    assert "form-action 'self' http://127.0.0.1:9/signdoc https:" in gone.headers["Content-Security-Policy"]
    carried = hidden(page.split('action="http://127.0.0.1:9/signdoc"')[1].split("</form>")[0])
    assert set(carried) == {"eSignRequest", "aspTxnID", "Content-Type"}
    answer = esp.answer(esp.accept(carried["eSignRequest"].encode()))
    # The provider's page posts it: another site, so neither session nor token of ours comes along.
    arrived = Client(enforce_csrf_checks=True, headers={"accept-language": "en"}).post(
        reverse("signatures:esign_response"), {"eSignResponse": answer.decode(), "espTxnID": "1"}
    )
    assert arrived.status_code == 200
    onward = re.findall(r'href="(/signature/provider/[^"]+)"', arrived.content.decode())[0]
    assert officer.get(onward).headers["Location"] == sheet
    page = officer.get(sheet).content.decode()
    assert "Signed at your provider." in page
    assert "data-goes-on" in page
    assert officer.post(sheet).status_code == 302
    assert SigningAttempt.objects.get().state == "completed"


def test_a_forged_answer_is_refused_in_words(esign_key: Credential) -> None:
    answer = Client(headers={"accept-language": "en"}).post(
        reverse("signatures:esign_response"), {"eSignResponse": "<EsignResp status='1'/>"}
    )
    assert answer.status_code == 400
    assert "not an answer of the provider" in text(answer)


def test_given_up_at_esign_says_so_and_leads_back(officer: Client, esign_key: Credential, esp: Provider) -> None:
    sheet = trial(officer)
    request = esp.accept(hidden(leave(officer, sheet).content.decode())["eSignRequest"].encode())
    officer.post(reverse("signatures:esign_response"), {"eSignResponse": esp.refusal(request).decode()})
    page = text(officer.get(reverse("signatures:visit_detail", args=[ProviderVisit.objects.latest("pk").uuid])))
    assert "Your provider refused." in page
    assert "Nothing was signed." in page
    assert "ESP-991" in page
    assert f'href="{sheet}"' in page
    assert "Your provider refused." in text(officer.get(sheet))


def test_registering_at_esign(officer: Client, cast: Cast, esp: Provider) -> None:
    approved(cast, Backend.ESIGN)
    assert "Go to the provider and register my key" in text(officer.get(reverse("signatures:mine")))
    gone = officer.post(reverse("signatures:visit_register")).content.decode()
    answer = esp.answer(esp.accept(hidden(gone)["eSignRequest"].encode()))
    officer.post(reverse("signatures:esign_response"), {"eSignResponse": answer.decode()})
    visit = ProviderVisit.objects.get()
    assert officer.get(reverse("signatures:visit_detail", args=[visit.uuid])).headers["Location"] == "/signature/"
    assert "is registered" in text(officer.get(reverse("signatures:mine")))


def test_oauth_from_the_sheet_to_the_provider_and_back(officer: Client, cast: Cast, rssp: str) -> None:
    csc_key(cast, "oauth-rsa")
    sheet = trial(officer)
    page = leave(officer, sheet).content.decode()
    url = html.unescape(re.findall(r'href="(http[^"]+)"', page)[0])
    back = officer.get(reverse("signatures:visit_return"), browser_goes(url))
    assert back.headers["Location"] == sheet
    assert officer.post(sheet).status_code == 302
    assert "no effect" in text(officer.get(sheet)) or SigningAttempt.objects.get().state == "completed"


def test_the_provider_said_no(officer: Client, cast: Cast, rssp: str) -> None:
    csc_key(cast, "oauth-rsa")
    sheet = trial(officer)
    url = html.unescape(re.findall(r'href="(http[^"]+)"', leave(officer, sheet).content.decode())[0])
    bend(rssp, "deny")
    back = officer.get(reverse("signatures:visit_return"), browser_goes(url), follow=True)
    assert "You came back without signing." in text(back)
    assert "Go to your provider" in text(officer.get(sheet))


def test_pin_and_password_on_our_sheet(officer: Client, cast: Cast, rssp: str) -> None:
    csc_key(cast, "explicit-p256")
    sheet = trial(officer)
    url = html.unescape(re.findall(r'href="(http[^"]+)"', leave(officer, sheet).content.decode())[0])
    own = officer.get(reverse("signatures:visit_return"), browser_goes(url)).headers["Location"]
    page = text(officer.get(own))
    assert 'name="factor-PIN"' in page
    assert "It is not kept here." in page
    assert officer.post(f"{own}otp/").status_code == 302
    wrong = officer.post(f"{own}release/", {"factor-PIN": "99887766", "factor-OTP": provider.OTP})
    assert wrong.status_code == 400
    assert "did not take this PIN" in text(wrong)
    assert "99887766" not in text(wrong)
    done = officer.post(f"{own}release/", {"factor-PIN": provider.PIN, "factor-OTP": provider.OTP})
    assert done.headers["Location"] == sheet


def test_choosing_a_key(officer: Client, cast: Cast, rssp: str) -> None:
    approved(cast, Backend.CSC)
    gone = officer.post(reverse("signatures:visit_register")).content.decode()
    url = html.unescape(re.findall(r'href="(http[^"]+)"', gone)[0])
    own = officer.get(reverse("signatures:visit_return"), browser_goes(url)).headers["Location"]
    page = text(officer.get(own))
    assert page.count("Meera Krishnan (DEMO)") == 3
    assert "It signs in a way that can't be put into a PDF here." in page
    assert officer.post(f"{own}key/", {"key": "oauth-pss"}).status_code == 400
    again = officer.post(f"{own}key/", {"key": "oauth-rsa"}).content.decode()
    url = html.unescape(re.findall(r'href="(http[^"]+)"', again)[0])
    assert officer.get(reverse("signatures:visit_return"), browser_goes(url), follow=True).status_code == 200
    assert Credential.objects.get().state == "active"


def test_the_way_back_is_ours(officer: Client, cast: Cast, rssp: str, begin: Begin) -> None:
    attempt = begin(csc_key(cast, "oauth-rsa"))
    for where in ("https://elsewhere.example/", "//elsewhere.example/", "javascript:x", ""):
        answer = officer.post(reverse("signatures:visit"), {"attempt": attempt.uuid, "next": where})
        assert answer.status_code == 400, where
    assert ProviderVisit.objects.filter(challenge=b"").count() == 0


def test_others_see_nothing(officer: Client, cast: Cast, rssp: str, begin: Begin) -> None:
    attempt = begin(csc_key(cast, "oauth-rsa"))
    stranger = browser(cast, "outsider")
    assert stranger.post(reverse("signatures:visit"), {"attempt": attempt.uuid, "next": "/"}).status_code == 404
    officer.post(reverse("signatures:visit"), {"attempt": attempt.uuid, "next": "/"})
    visit: UUID = ProviderVisit.objects.latest("pk").uuid
    assert officer.get(reverse("signatures:visit_detail", args=[visit])).headers["Refresh"] == "5"
    assert stranger.get(reverse("signatures:visit_detail", args=[visit])).status_code == 404
    assert stranger.post(reverse("signatures:visit_cancel", args=[visit])).status_code == 404
    assert officer.post(reverse("signatures:visit_cancel", args=[visit])).headers["Location"] == "/"
    assert ProviderVisit.objects.get(uuid=visit).state == "cancelled"
    assert clock.now() > ProviderVisit.objects.get(uuid=visit).opened_at
