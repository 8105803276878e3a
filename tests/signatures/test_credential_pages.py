"""The pages of officers' digital signatures, of those who look after them, and of the signing policy."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from asn1crypto import pem
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from employee_master.models import Charge, ChargeKind, Employee
from eoffice.core import clock
from eoffice.demo.authority import Authority
from signatures import queries
from signatures.engine.certificates import check_raw_signature
from signatures.models import Credential, CredentialMapping, SigningRule
from signatures.services.credential import credential_approve, credential_request, credential_suspend
from signatures.services.unlock import unlocked
from signatures.workflow import CredentialState
from tests.cast import PASSWORD, SINCE, Cast
from tests.signatures.authority import Officer, World
from tests.signatures.conftest import PIN, activate, register

ENGLISH = {"accept-language": "en"}
PINS = {"pin": "kachnar-8531", "again": "kachnar-8531"}


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def p12_of(officer: Officer, password: str) -> bytes:
    chain = [x509.load_der_x509_certificate(one) for one in officer.chain]
    return pkcs12.serialize_key_and_certificates(
        b"me", officer.key, x509.load_der_x509_certificate(officer.certificate), chain,
        serialization.BestAvailableEncryption(password.encode()),
    )  # fmt: skip


def test_my_signature_shows_state_and_days_and_only_mine(client: Client, instance: World, cast: Cast) -> None:
    register(instance, cast)
    client.force_login(cast.account("secretary"), backend="django.contrib.auth.backends.ModelBackend")
    page = text(client.get("/signature/", headers={"accept-language": "en"}))
    assert "days left" in page
    assert "5 tries left" in page
    assert "neem" not in page
    client.force_login(cast.account("auditor"), backend="django.contrib.auth.backends.ModelBackend")
    page = text(client.get("/signature/", headers={"accept-language": "en"}))
    assert "No digital signature is registered to you." in page
    assert client.post("/signature/request/").status_code == 302
    assert "Requested" in text(client.get("/signature/", headers={"accept-language": "en"}))


def as_(client: Client, cast: Cast, name: str) -> Client:
    client.force_login(cast.account(name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def issue_here(employee: Employee, request: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    """Named by the setting, as an instance names its own connection to a certifying authority."""
    issued = Authority.open(Path(configured.DATA_DIR)).issue_for_request(request, name=employee.name_hi)
    return issued.certificate, issued.chain


def test_an_officer_comes_to_a_signature_through_pages_alone(
    client: Client, instance: World, cast: Cast, settings: Settings
) -> None:
    settings.DATA_DIR = instance.authority.folder
    settings.CREDENTIAL_ISSUER = f"{__name__}.issue_here"
    english = {"accept-language": "en"}
    pins = {"pin": "kachnar-8531", "again": "kachnar-8531"}
    assert as_(client, cast, "secretary").post("/signature/request/", {"backend": "software"}).status_code == 302
    assert client.post("/signature/activate/", pins).status_code == 409, "nobody has approved yet"
    assert client.get("/signature/requests/").status_code == 403

    page = text(as_(client, cast, "emd_manager").get("/signature/requests/", headers=english))
    assert cast.employee("secretary").name_en in page
    asked = Credential.objects.get()
    assert client.post(f"/signature/requests/{asked.pk}/approve/").status_code == 302

    page = text(as_(client, cast, "secretary").get("/signature/", headers=english))
    assert "Choose your PIN" in page
    for wrong in ({"pin": "kachnar-8531", "again": "kachnar-8532"}, {"pin": "11111111", "again": "11111111"}, {}):
        assert client.post("/signature/activate/", wrong).status_code == 400
    assert Credential.objects.get().state == CredentialState.APPROVED
    assert client.post("/signature/activate/", pins).status_code == 302
    page = text(client.get("/signature/", headers=english))
    assert "days left" in page
    assert "kachnar" not in page
    assert queries.credential_to_sign(cast.actor("secretary")).pk == asked.pk


def test_the_manager_resumes_and_ends_what_belongs_to_the_office(client: Client, instance: World, cast: Cast) -> None:
    credential = register(instance, cast)
    credential_suspend(credential_id=credential.pk, why="leave", actor=cast.actor("emd_manager"))
    page = text(as_(client, cast, "emd_manager").get("/signature/requests/", headers={"accept-language": "en"}))
    assert "Let sign again" in page
    assert client.post(f"/signature/requests/{credential.pk}/resume/").status_code == 302
    assert client.post(f"/signature/requests/{credential.pk}/retire/", {"kind": "whim"}).status_code == 400
    assert client.post(f"/signature/requests/{credential.pk}/retire/", {"kind": "lost"}).status_code == 302
    assert queries.live_credential(cast.actor("secretary")) is None


def test_the_own_request_and_that_of_another_office_are_not_decided(client: Client, cast: Cast) -> None:
    own = credential_request(office_id=cast.offices["GAD"].pk, actor=cast.actor("emd_manager"))
    away = credential_request(office_id=cast.offices["FIN"].pk, actor=cast.actor("outsider"))
    as_(client, cast, "emd_manager")
    page = text(client.get("/signature/requests/", headers={"accept-language": "en"}))
    assert "nobody decides that for themselves" in page
    assert cast.employee("outsider").name_en not in page
    assert client.post(f"/signature/requests/{own.pk}/approve/").status_code == 403
    assert client.post(f"/signature/requests/{away.pk}/approve/").status_code == 404
    as_(client, cast, "super_admin")
    assert client.post(f"/signature/requests/{own.pk}/approve/").status_code == 302
    assert client.post(f"/signature/requests/{away.pk}/approve/").status_code == 302


def test_without_a_connected_authority_the_officer_carries_request_and_certificate(
    client: Client, instance: World, cast: Cast, settings: Settings
) -> None:
    settings.CREDENTIAL_ISSUER = ""
    asked = credential_request(office_id=cast.offices["GAD"].pk, actor=cast.actor("secretary"))
    credential_approve(credential_id=asked.pk, actor=cast.actor("emd_manager"))
    page = text(as_(client, cast, "secretary").get("/signature/", headers=ENGLISH))
    assert "EOFFICE_CREDENTIAL_ISSUER" in page
    assert client.get("/signature/certificate-request/").status_code == 404
    assert client.post("/signature/activate/", PINS).status_code == 302
    assert "Your key waits for its certificate" in text(client.get("/signature/", headers=ENGLISH))
    request = client.get("/signature/certificate-request/").content
    _kind, _headers, der = pem.unarmor(request)
    issued = instance.authority.issue_for_request(der, name="Meera Krishnan")
    other = instance.officer("Somebody Else")

    def give(*certificates: bytes, pin: str = "kachnar-8531") -> HttpResponse:
        content = b"".join(pem.armor("CERTIFICATE", one) for one in certificates)
        return client.post(
            "/signature/certificate/", {"certificate": SimpleUploadedFile("mine.pem", content), "pin": pin},
            headers=ENGLISH,
        )  # fmt: skip

    for certificates, said in (
        ((b"garbage",), "no certificate that can be read"), ((other.certificate,), "not for this key"), ((), "empty"),
    ):  # fmt: skip
        answer = give(*certificates)
        assert answer.status_code == 400
        assert said in text(answer), said
    answer = give(issued.certificate, pin="kachnar-8532")
    assert answer.status_code == 400
    assert "Tries left: 4" in text(answer)
    assert give(issued.certificate, *issued.chain, instance.authority.der("root")).status_code == 302
    row = Credential.objects.get()
    assert (row.state, len(row.chain), bytes(row.certificate_request)) == (CredentialState.ACTIVE, 1, b"")
    assert row.pin_failures == 0


def test_a_key_from_a_file_becomes_a_wrapped_key_and_the_file_is_gone(
    client: Client, instance: World, cast: Cast, settings: Settings
) -> None:
    before = {path for path in Path(settings.DATA_DIR).rglob("*") if path.is_file()}
    asked = credential_request(office_id=cast.offices["GAD"].pk, actor=cast.actor("secretary"))
    credential_approve(credential_id=asked.pk, actor=cast.actor("emd_manager"))
    officer = instance.officer("Meera Krishnan")
    content = p12_of(officer, "from-the-counter")
    as_(client, cast, "secretary")

    def bring(content: bytes, password: str = "from-the-counter", **pins: str) -> HttpResponse:
        sent = {"file": SimpleUploadedFile("me.p12", content), "password": password, **(pins or PINS)}
        return client.post("/signature/import/", sent, headers=ENGLISH)

    for content_, password, said in (
        (b"x" * 70_000, "from-the-counter", "too large"),
        (b"no p12", "from-the-counter", "no .p12 that can be read"),
        (content, "wrong", "does not open this file"),
    ):
        answer = bring(content_, password)
        assert answer.status_code == 400
        assert said in text(answer), said
    answer = bring(content, pin=PASSWORD, again=PASSWORD)
    assert answer.status_code == 400
    assert "password for signing in" in text(answer)
    assert bring(content).status_code == 302
    row = Credential.objects.get()
    assert row.state == CredentialState.ACTIVE
    assert bytes(row.certificate) == officer.certificate
    new = {path for path in Path(settings.DATA_DIR).rglob("*") if path.is_file()} - before
    assert not [path for path in new if content in path.read_bytes()]
    with unlocked(row, PINS["pin"], cast.actor("secretary")) as key:
        check_raw_signature(officer.certificate, signature=key.sign(b"text"), data=b"text")


def test_the_pin_is_changed_on_a_page_that_says_what_is_wrong(client: Client, instance: World, cast: Cast) -> None:
    register(instance, cast)
    as_(client, cast, "secretary")
    assert "Change PIN" in text(client.get("/signature/pin/", headers=ENGLISH))
    sent = {"present": PIN, "pin": "mango-leaf-12", "again": "mango-leaf-12"}
    for wrong, said in (
        ({"present": "neem-tree-48"}, "This PIN is wrong"),
        ({"again": "mango-leaf-13"}, "The two PINs differ"),
        ({"pin": "1234", "again": "1234"}, "at least 8"),
        ({"pin": PASSWORD, "again": PASSWORD}, "password for signing in"),
        ({"pin": PIN, "again": PIN}, "the PIN that you have now"),
    ):
        answer = client.post("/signature/pin/", sent | wrong, headers=ENGLISH)
        assert answer.status_code == 400
        assert said in text(answer), said
    assert client.post("/signature/pin/", sent).status_code == 302
    row = Credential.objects.get()
    with unlocked(row, "mango-leaf-12", cast.actor("secretary")):
        pass
    assert row.pin_failures == 0


def test_renewal_is_asked_for_beside_the_present_one_and_takes_its_place(
    client: Client, instance: World, cast: Cast
) -> None:
    old = register(instance, cast)
    page = text(as_(client, cast, "secretary").get("/signature/", headers=ENGLISH))
    assert "Ask for a renewal" in page
    assert client.post("/signature/renew/", {"backend": "software"}).status_code == 302
    page = text(client.get("/signature/", headers=ENGLISH))
    assert "Your next one" in page
    assert "Requested" in page
    assert client.post("/signature/renew/", {"backend": "software"}).status_code == 409
    new = Credential.objects.get(replaces=old)
    assert "renewal" in text(as_(client, cast, "emd_manager").get("/signature/requests/", headers=ENGLISH))
    credential_approve(credential_id=new.pk, actor=cast.actor("emd_manager"))
    activate(instance, cast, new)
    page = text(as_(client, cast, "secretary").get("/signature/", headers=ENGLISH))
    assert "Replaced by a newer one" in page
    assert queries.credential_to_sign(cast.actor("secretary")).pk == new.pk


def test_the_manager_suspends_with_a_reason_that_the_officer_reads(client: Client, instance: World, cast: Cast) -> None:
    credential = register(instance, cast)
    as_(client, cast, "emd_manager")
    assert client.post(f"/signature/requests/{credential.pk}/suspend/").status_code == 400
    assert client.post(f"/signature/requests/{credential.pk}/suspend/", {"why": "Token mislaid"}).status_code == 302
    assert "Token mislaid" in text(as_(client, cast, "secretary").get("/signature/", headers=ENGLISH))


def test_a_charge_without_an_order_is_mapped_by_the_manager_of_that_office(
    client: Client, instance: World, cast: Cast
) -> None:
    credential = register(instance, cast, "outsider")
    Charge.objects.filter(post=cast.post("diarist")).delete()
    Charge.objects.create(
        employee=cast.employee("outsider"), post=cast.post("diarist"), kind=ChargeKind.ADDITIONAL, from_on=SINCE
    )
    page = text(as_(client, cast, "emd_manager").get("/signature/requests/", headers=ENGLISH))
    assert "Map to this office" in page
    sent = {"order_number": "GAD-1/1486/2026"}
    assert client.post(f"/signature/requests/{credential.pk}/map/", sent).status_code == 302
    assert client.post(f"/signature/requests/{credential.pk}/map/", sent).status_code == 409
    mapping = CredentialMapping.objects.get()
    assert "End the mapping" in text(client.get("/signature/requests/", headers=ENGLISH))
    assert "GAD-1/1486/2026" in text(as_(client, cast, "outsider").get("/signature/", headers=ENGLISH))
    as_(client, cast, "emd_manager")
    assert client.post(f"/signature/mappings/{mapping.pk}/end/").status_code == 302
    assert client.post(f"/signature/mappings/{mapping.pk}/end/").status_code == 404


def test_the_super_admin_enters_and_lifts_rules_and_nobody_else(client: Client, instance: World, cast: Cast) -> None:
    assert as_(client, cast, "emd_manager").get("/signature/policy/").status_code == 403
    as_(client, cast, "super_admin")
    assert "No rule is entered" in text(client.get("/signature/policy/", headers=ENGLISH))
    sent = {"purpose": "letter", "charge_kind": "", "backends": ["agent"], "order_number": "GAD-1/7/2026"}
    assert client.post("/signature/policy/new/", sent).status_code == 302
    assert client.post("/signature/policy/new/", sent).status_code == 409
    for wrong in ({"backends": []}, {"purpose": "whim"}, {"order_number": ""}):
        assert client.post("/signature/policy/new/", sent | wrong).status_code == 400
    assert "Issue of a letter" in text(client.get("/signature/policy/", headers=ENGLISH))
    assert client.post(f"/signature/policy/{SigningRule.objects.get().pk}/lift/").status_code == 302
    assert not SigningRule.objects.exists()


def test_strangers_are_sent_to_sign_in(client: Client, cast: Cast) -> None:
    assert client.get("/signature/").status_code == 302
    assert client.post("/signature/request/").status_code == 302


def test_the_desk_says_what_the_officer_must_know_of_the_own_signature(
    client: Client, instance: World, cast: Cast
) -> None:
    def desk() -> str:
        return text(as_(client, cast, "secretary").get("/", headers=ENGLISH, follow=True))

    asked = credential_request(office_id=cast.offices["GAD"].pk, actor=cast.actor("secretary"))
    assert "digital signature" not in desk().split("<main")[1]
    credential_approve(credential_id=asked.pk, actor=cast.actor("emd_manager"))
    assert "its key is made in the next step" in desk()
    activate(instance, cast, asked)
    assert "digital signature" not in desk().split("<main")[1]
    Credential.objects.update(not_after=clock.now() + timedelta(days=29, hours=1))
    assert "ends in 29 days" in desk()
    credential_suspend(credential_id=asked.pk, why="leave", actor=cast.actor("emd_manager"))
    assert "is suspended" in desk()
