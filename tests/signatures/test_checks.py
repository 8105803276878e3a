from __future__ import annotations

import pytest
from pytest_django import Settings

from signatures.checks import signing_settings_fit


@pytest.mark.parametrize(
    ("changes", "codes"),
    [({}, []),
     ({"SIGNING_BACKENDS": ["agent", "magic"]}, ["signatures.E001"]),
     ({"CERTIFICATE_PROFILE": "whim"}, ["signatures.E002"]),
     ({"PKCS11_MODULE": "/nowhere.so"}, ["signatures.E003"]),
     ({"PKCS11_MODULE": __file__, "PKCS11_TOKEN": "all"}, ["signatures.E004"]),
     ({"KEY_KDF_MEMORY_MB": 4}, ["signatures.E005"]),
     ({"PROFILE": "production", "KEY_KDF_MEMORY_MB": 8}, ["signatures.W001", "signatures.W002"]),
     ({"PROFILE": "production", "KEY_KDF_MEMORY_MB": 64, "KEY_KDF_PASSES": 3,
       "CERTIFICATE_PROFILE": "india-class3"}, [])],
)  # fmt: skip
def test_signing_settings_are_judged_before_the_start(
    settings: Settings, changes: dict[str, object], codes: list[str]
) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)
    found = signing_settings_fit()
    assert [one.id for one in found] == codes
    assert all(one.hint for one in found)
