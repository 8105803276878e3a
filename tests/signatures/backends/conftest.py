from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from tests.signatures import softhsm
from tests.signatures.softhsm import SoftHsm

TOKEN_PIN = "kadamb-5519"


@pytest.fixture
def hsm(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> SoftHsm:
    """A module with a token for the secretary, named in the settings as an operator names it."""
    module = softhsm.module()
    if module is None:
        pytest.fail("SoftHSM is missing; Debian package: softhsm2")
    found = SoftHsm(module, tmp_path / "hsm")
    found.set_up()
    monkeypatch.setenv("SOFTHSM2_CONF", str(found.conf))
    settings.PKCS11_MODULE = module
    settings.PKCS11_TOKEN = "officer-{code}"
    settings.PKCS11_LOCKS_DIR = tmp_path / "locks"
    return found
