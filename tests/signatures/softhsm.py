"""SoftHSM stands in for the HSM of a data centre: tokens made at run time in a folder of the test."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pkcs11
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pkcs11 import Attribute
from pkcs11.util.rsa import decode_rsa_private_key
from pkcs11.util.x509 import decode_x509_certificate

from tests.signatures.authority import Officer

MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
)
SO_PIN = "operator-only-71"


def module() -> str | None:
    return next((path for path in MODULES if Path(path).is_file()), None) if shutil.which("softhsm2-util") else None


@dataclass
class SoftHsm:
    """A module with its own folder of tokens. Its settings reach the programs by SOFTHSM2_CONF."""

    module: str
    folder: Path

    @property
    def conf(self) -> Path:
        return self.folder / "softhsm2.conf"

    def set_up(self) -> None:
        (self.folder / "tokens").mkdir(parents=True)
        self.conf.write_text(
            f"directories.tokendir = {self.folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
        )

    def add_token(self, label: str, pin: str) -> None:
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", SO_PIN, "--pin", pin],
            env={"SOFTHSM2_CONF": str(self.conf), "PATH": "/usr/bin:/bin"}, check=True, capture_output=True,
        )  # fmt: skip

    def pull(self) -> None:
        """Every token leaves its slot."""
        (self.folder / "tokens").rename(self.folder / "pulled")
        (self.folder / "tokens").mkdir()

    def put_back(self) -> None:
        (self.folder / "tokens").rmdir()
        (self.folder / "pulled").rename(self.folder / "tokens")

    def put_key(self, label: str, pin: str, officer: Officer, key_id: str) -> None:
        """A key and its certificate as a certifying authority's counter leaves them on a token."""
        pkcs1 = officer.key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        self._write(label, pin, decode_rsa_private_key(pkcs1), key_id)
        self.put_certificate(label, pin, officer.certificate, key_id)

    def put_certificate(self, label: str, pin: str, certificate: bytes, key_id: str) -> None:
        self._write(label, pin, decode_x509_certificate(certificate), key_id)

    def _write(self, label: str, pin: str, attributes: dict[Attribute, object], key_id: str) -> None:
        lib = pkcs11.lib(self.module)
        lib.reinitialize()
        try:
            with lib.get_token(token_label=label).open(rw=True, user_pin=pin) as session:
                session.create_object({**attributes, Attribute.TOKEN: True, Attribute.ID: bytes.fromhex(key_id)})
        finally:
            lib.finalize()
