"""SoftHSM stands in for the HSM of a data centre: tokens made at run time in a folder of the test."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

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
        self.conf.write_text(f"directories.tokendir = {self.folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n")

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
