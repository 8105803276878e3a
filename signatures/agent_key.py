"""The key by which this instance proves itself to the officers' signers; it lies outside the database."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from eoffice.core import sealed
from eoffice.core.errors import NotAvailable
from signatures.models_agent import PairedAgent


def secret_key(purpose: str) -> bytes:
    """32 bytes for one purpose, derived from the file; the file is made before the first pairing, and never again."""
    try:
        return sealed.key_of(Path(settings.AGENT_KEY_FILE), purpose=purpose, may_make=not PairedAgent.objects.exists())
    except NotAvailable as error:
        raise NotAvailable(
            "agent_key_missing",
            _("Signers can't be served now: a file outside the database is missing."),
            _("The operator must restore the file named by EOFFICE_AGENT_KEY_FILE, or every PC is paired anew."),
        ) from error


def server_key() -> Ed25519PrivateKey:
    """Signs every answer to a signer; each paired PC has pinned its public half."""
    return Ed25519PrivateKey.from_private_bytes(secret_key("eoffice.agent-api"))
