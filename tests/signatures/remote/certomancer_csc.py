"""certomancer's CSC dummy (API 1.0.4 as others implement it) as a process, with a PKI of its own made at run time."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.signatures.remote.conftest import free_port, wait_for

_CONFIG = """
external-url-prefix: "http://127.0.0.1:9"
keysets:
  test:
    path-prefix: {folder}
    keys:
      root: {{path: root.pem}}
      officer: {{path: officer.pem}}
pki-architectures:
  test:
    keyset: test
    entity-defaults: {{country-name: IN, organization-name: Test}}
    entities:
      root: {{common-name: CSC test root}}
      officer: {{common-name: Meera Krishnan}}
    certs:
      root:
        subject: root
        issuer: root
        validity: {{valid-from: "2020-01-01T00:00:00+0000", valid-to: "2090-01-01T00:00:00+0000"}}
        profiles: [{{id: simple-ca, params: {{max-path-len: 0}}}}]
      officer:
        subject: officer
        issuer: root
        validity: {{valid-from: "2020-01-01T00:00:00+0000", valid-to: "2090-01-01T00:00:00+0000"}}
        extensions:
          - id: key_usage
            critical: true
            smart-value: {{schema: key-usage, params: [digital_signature, non_repudiation]}}
"""


@dataclass(frozen=True)
class Dummy:
    url: str
    root_pem: bytes


@contextmanager
def dummy(folder: Path) -> Iterator[Dummy]:
    """The dummy, with hashes pinned into the SAD (SCAL 2)."""
    for name in ("root", "officer"):
        key = rsa.generate_private_key(65537, 2048)
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (folder / f"{name}.pem").write_bytes(pem)
    config = folder / "certomancer.yml"
    config.write_text(_CONFIG.format(folder=folder))
    root = CertomancerConfig.from_file(str(config)).get_pki_arch(ArchLabel("test")).get_cert(CertLabel("root"))
    port = free_port()
    running = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "csc_dummy", str(config), str(port), "2"], stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(port)
        yield Dummy(f"http://127.0.0.1:{port}/csc/v1", _pem(root.dump()))
    finally:
        running.terminate()
        running.wait()


def _pem(der: bytes) -> bytes:
    return x509.load_der_x509_certificate(der).public_bytes(serialization.Encoding.PEM)
