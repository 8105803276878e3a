from email.message import EmailMessage
from pathlib import Path

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import NoReverseMatch, include, path, resolve, reverse
from django.urls.resolvers import Resolver404
from pytest_django import Settings

from eoffice.demo import cast, people
from tests.demo.test_seed_people import FAST, run_steps

urlpatterns = [
    path("demo/", include("eoffice.demo.urls")),
    path("", include("employee_master.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]


@pytest.fixture
def demo(db: None, settings: Settings, tmp_path: Path) -> Client:
    settings.DEMO = True
    settings.DATA_DIR = tmp_path
    settings.ROOT_URLCONF = __name__
    settings.LANGUAGE_CODE = "en"
    settings.PASSWORD_HASHERS = FAST
    run_steps()
    return Client()


def keep_mail(folder: Path, message: EmailMessage) -> str:
    name = "20261122T043000.000001Z-0a1b2c3d"
    (folder / "mail").mkdir(exist_ok=True)
    (folder / "mail" / f"{name}.eml").write_bytes(message.as_bytes())
    return name


def a_mail() -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "पत्र संख्या 12", "gad@gad.state.example", "dm@north.example"
    message.set_content("<script>alert(1)</script> नमस्कार")
    message.add_attachment(b"%PDF-1.7 \x00", maintype="application", subtype="pdf", filename="पत्र.pdf")
    message.add_attachment("<h1>page</h1>", subtype="html", filename="../../page.html")
    return message


def test_the_addresses_do_not_exist_outside_the_demo_profile() -> None:
    with pytest.raises(NoReverseMatch):
        reverse("demo:start")
    with pytest.raises(Resolver404):
        resolve("/demo/")


def test_the_pages_answer_nothing_where_the_profile_is_not_the_demo(demo: Client, settings: Settings) -> None:
    settings.DEMO = False
    assert demo.post("/demo/enter/", {"person": "secretary"}).status_code == 404
    assert SESSION_KEY not in demo.session


@pytest.mark.parametrize("language", ["en", "hi"])
def test_the_start_page_lists_everybody_with_the_pins_of_those_who_sign(demo: Client, language: str) -> None:
    page = demo.get("/demo/", headers={"Accept-Language": language}).content.decode()
    for person in people.PEOPLE:
        assert f'value="{person.key}"' in page
        assert (person.name_hi if language == "hi" else person.name_en) in page
        assert not person.pin or person.pin in page


def test_one_click_signs_in_and_a_second_changes_the_person(demo: Client) -> None:
    demo.post("/demo/enter/", {"person": "secretary"})
    first = demo.session.session_key
    assert demo.session[SESSION_KEY] == str(cast.employee("secretary").account_id)
    demo.post("/demo/enter/", {"person": "diarist"})
    assert demo.session[SESSION_KEY] == str(cast.employee("diarist").account_id)
    assert demo.session.session_key != first


@pytest.mark.parametrize("person", ["", "nobody", "secretary' OR 1=1"])
def test_a_stranger_is_not_in_the_cast(demo: Client, person: str) -> None:
    assert demo.post("/demo/enter/", {"person": person}).status_code == 404


def test_entering_is_an_act_and_not_a_link(demo: Client) -> None:
    assert demo.get("/demo/enter/").status_code == 405


def test_a_mail_is_shown_as_text_and_its_attachments_are_downloads(demo: Client, tmp_path: Path) -> None:
    assert demo.get("/demo/mail/").status_code == 200
    name = keep_mail(tmp_path, a_mail())
    assert "पत्र संख्या 12" in demo.get("/demo/mail/").content.decode()
    page = demo.get(f"/demo/mail/{name}/").content.decode()
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    pdf = demo.get(f"/demo/mail/{name}/1/")
    assert b"".join(pdf) == b"%PDF-1.7 \x00"  # type: ignore[arg-type]
    for number in (1, 2):
        answer = demo.get(f"/demo/mail/{name}/{number}/")
        answer.close()
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["Content-Disposition"].startswith("attachment")
        assert "/" not in answer["Content-Disposition"].partition("filename=")[2]
    assert demo.get(f"/demo/mail/{name}/3/").status_code == 404


@pytest.mark.parametrize("name", ["..", "secret", "20261122T043000.000001Z-0a1b2c3e", "%2e%2e%2fseeded"])
def test_only_the_sinks_own_files_are_read(demo: Client, name: str) -> None:
    assert demo.get(f"/demo/mail/{name}/").status_code == 404


def test_a_broken_mail_gets_an_answer(demo: Client, tmp_path: Path) -> None:
    name = keep_mail(tmp_path, a_mail())
    raw = b"Subject: x\r\nContent-Type: text/plain; charset=klingon\r\n\r\n\xff\xfe"
    (tmp_path / "mail" / f"{name}.eml").write_bytes(raw)
    assert demo.get(f"/demo/mail/{name}/").status_code == 200
