"""The officer's own signing page: asking for a digital signature, making its key, renewing it, changing its PIN."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asn1crypto import pem
from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from eoffice.core.errors import BadInput, DomainError, NotAllowed, NotVisible, Text, WrongState
from eoffice.core.pages import ActedRequest, signed_in
from signatures import policy, queries
from signatures.engine import certificates
from signatures.engine.errors import EngineError
from signatures.forms_credential import (
    CertificateForm,
    ChangePinForm,
    ImportForm,
    PinForm,
    TokenForm,
    WayForm,
)
from signatures.models import Backend, Credential
from signatures.services import activation, brought
from signatures.services.credential import credential_renew, credential_request
from signatures.services.pin import credential_change_pin
from signatures.services.unlock import WrongPin
from signatures.workflow import CredentialState

_READY = _("Your digital signature is ready. Only your PIN opens it.")


@require_GET
@signed_in
def mine(request: ActedRequest) -> HttpResponse:
    """The officer's own credential: its state, how long it lasts, tries left, what to do next."""
    return _mine(request)


def _mine(request: ActedRequest, **forms: Form) -> HttpResponse:
    """The page, with a form that came back in the place of its empty one."""
    working = queries.working_credential(request.actor)
    coming = queries.coming_credential(request.actor)
    former = Credential.objects.filter(employee_id=request.actor.employee_id, state=CredentialState.RETIRED)
    days = working.days_left if working is not None else None
    context: dict[str, Any] = {
        "working": working,
        "coming": coming,
        "mapped": queries.mapped_offices(working) if working is not None else [],
        "former": former.order_by("-pk"),
        "warn": days is not None and days <= queries.WARN_DAYS,
        "offered": policy.instance_backends(),
        # The demo's stand-in for the number of an order is the only one with words to translate.
        "order": _("demo and tests") if settings.DEMO else settings.SOFTWARE_KEYS_ORDER,
        "connected": bool(settings.CREDENTIAL_ISSUER),
        "way_form": WayForm(),
        "steps": _steps(coming),
        **_forms(coming),
        **forms,
    }
    failed = any(form.errors for form in forms.values())
    return render(request, "signatures/mine.html", context, status=400 if failed else 200)


def _steps(coming: Credential | None) -> str:
    """Which next step the page shows for the credential that comes: key, certificate, token, agent or provider."""
    if coming is None or coming.state != CredentialState.APPROVED:
        return ""
    if coming.certificate_request:
        return "certificate"
    elsewhere = {Backend.AGENT: "agent", Backend.CSC: "provider", Backend.ESIGN: "provider", Backend.PKCS11: "token"}
    return elsewhere.get(Backend(coming.backend), "key")


def _forms(coming: Credential | None) -> dict[str, Form]:
    step = _steps(coming)
    if step == "key":
        return {"form": PinForm(), "import_form": ImportForm(auto_id="import_%s")}
    if step == "token":
        return {"form": TokenForm()}
    return {"form": CertificateForm()} if step == "certificate" else {}


@require_POST
@signed_in
def request_credential(request: ActedRequest) -> HttpResponse:
    """Ask for one's own credential at the office in which one acts."""
    if request.actor.office_id is None:
        raise NotAllowed("no_charge", _("You hold no charge now."), _("Ask your EMD manager to enter your charge."))
    credential_request(office_id=request.actor.office_id, backend=_way(request), actor=request.actor)
    messages.success(request, _("Your request was noted. Your EMD manager will check it."))
    return redirect("signatures:mine")


@require_POST
@signed_in
def renew(request: ActedRequest) -> HttpResponse:
    """Ask for the credential that is to take the place of one's own, of the same or another kind."""
    credential_renew(backend=_way(request), actor=request.actor)
    messages.success(request, _("Your request was noted. The present signature works until the new one is active."))
    return redirect("signatures:mine")


def _way(request: ActedRequest) -> str:
    """What was chosen; where nothing was, the first way that is offered."""
    offered = policy.instance_backends()
    chosen = request.POST.get("backend", "") or (offered[0] if offered else "")
    if chosen not in Backend.values:
        raise BadInput("backend_unknown", _("There is no such way of signing."), _("Choose one of those offered."))
    return chosen


@require_POST
@sensitive_post_parameters("pin", "again")
@sensitive_variables("form")
@signed_in
def activate(request: ActedRequest) -> HttpResponse:
    """The officer chooses the PIN, or opens the token: the key is made, and where possible certified at once."""
    coming = _coming(request)
    form: Form = TokenForm(request.POST) if coming.backend == Backend.PKCS11 else PinForm(request.POST)

    def act() -> Text:
        facts = form.cleaned_data
        if facts.get("how") == TokenForm.ADOPT:
            activation.credential_adopt(credential_id=coming.pk, pin=facts["pin"], actor=request.actor)
        elif settings.CREDENTIAL_ISSUER:
            activation.credential_activate(credential_id=coming.pk, pin=facts["pin"], actor=request.actor)
        else:
            activation.credential_prepare(credential_id=coming.pk, pin=facts["pin"], actor=request.actor)
            return _("The key is made. Take the request for its certificate to your certifying authority.")
        return _READY

    return _acted(request, form, act)


@require_GET
@signed_in
def certificate_request(request: ActedRequest) -> HttpResponse:
    """The request for the certificate of the key that waits, as the certifying authority takes it (PEM, RFC 7468)."""
    coming = _coming(request)
    if not coming.certificate_request:
        raise NotVisible
    armoured = pem.armor("CERTIFICATE REQUEST", bytes(coming.certificate_request))
    return HttpResponse(
        armoured,
        content_type="application/x-pem-file",
        headers={"Content-Disposition": 'attachment; filename="certificate-request.pem"'},
    )


@require_POST
@sensitive_post_parameters("pin")
@sensitive_variables("form")
@signed_in
def certify(request: ActedRequest) -> HttpResponse:
    """The certificate has come: it is checked against the key that waits, and the officer signs from then on."""
    coming = _coming(request)
    form = CertificateForm(request.POST, request.FILES)

    def act() -> Text:
        leaf, chain = _certificates(form.cleaned_data["certificate"].read(), coming)
        activation.credential_certify(
            credential_id=coming.pk, certificate=leaf, chain=chain, pin=form.cleaned_data["pin"], actor=request.actor
        )
        return _READY

    return _acted(request, form, act)


def _certificates(content: bytes, coming: Credential) -> tuple[bytes, list[bytes]]:
    """The certificate of the key that waits, and the others of the file without roots."""
    try:
        found = [one.dump() for one in certificates.load_many(content)]
        leaf = next(one for one in found if activation.is_for(one, bytes(coming.certificate_request)))
    except (EngineError, ValueError) as error:
        raise BadInput(
            "certificate_unreadable", _("This is no certificate that can be read."), field="certificate"
        ) from error
    except StopIteration:
        raise BadInput(
            "certificate_unfit",
            _("The certificate is not for this key, or not for signing documents."),
            _("Ask the certifying authority for a signing certificate for the request that was sent."),
            field="certificate",
        ) from None
    return leaf, activation.issuers_of(leaf, [one for one in found if one != leaf])


@require_POST
@sensitive_post_parameters("pin", "again", "password")
@sensitive_variables("form")
@signed_in
def import_key(request: ActedRequest) -> HttpResponse:
    """A key that the officer has as a file: wrapped under the new PIN; the file is dropped."""
    coming = _coming(request)
    form = ImportForm(request.POST, request.FILES, auto_id="import_%s")

    def act() -> Text:
        facts = form.cleaned_data
        found = brought.p12_read(facts["file"].read(), password=facts["password"])
        activation.credential_import(credential_id=coming.pk, brought=found, pin=facts["pin"], actor=request.actor)
        return _("Your digital signature is ready. The file was not kept; delete your own copies of it.")

    return _acted(request, form, act, name="import_form")


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("present", "pin", "again")
@sensitive_variables("form")
@signed_in
def pin(request: ActedRequest) -> HttpResponse:
    """Another PIN for one's own key, where the key is opened here."""
    credential = queries.working_credential(request.actor)
    if credential is None:
        raise WrongState(
            "no_credential",
            _("No digital signature is registered to you."),
            _("Ask for one on the page 'My signature'."),
        )
    form = ChangePinForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            credential_change_pin(
                credential_id=credential.pk, pin=facts["present"], new_pin=facts["pin"], actor=request.actor
            )
        except WrongPin as error:
            form.add_error("present", f"{error.message} {error.remedy}".strip())
        except BadInput as error:
            form.add_error(error.field or None, f"{error.message} {error.remedy}".strip())
        else:
            messages.success(request, _("Your PIN was changed."))
            return redirect("signatures:mine")
    context = {"form": form, "credential": credential}
    return render(request, "signatures/pin.html", context, status=400 if form.errors else 200)


def _coming(request: ActedRequest) -> Credential:
    credential = queries.coming_credential(request.actor)
    if credential is None:
        raise NotVisible
    return credential


def _acted(request: ActedRequest, form: Form, act: Callable[[], Text], *, name: str = "form") -> HttpResponse:
    """Do the act with a valid form; what the form can show comes back on it, all else is the page of refusals."""
    if form.is_valid():
        try:
            said = act()
        except (BadInput, WrongPin) as error:
            _add(form, error)
        else:
            messages.success(request, str(said))
            return redirect("signatures:mine")
    return _mine(request, **{name: form})


def _add(form: Form, error: DomainError) -> None:
    field = error.field if isinstance(error, BadInput) else "pin"
    form.add_error(field if field in form.fields else None, f"{error.message} {error.remedy}".strip())
