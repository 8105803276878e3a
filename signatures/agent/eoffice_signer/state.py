"""What this PC keeps: with which office it is paired. No PIN, no paper, nothing of the token's."""

from __future__ import annotations

import base64
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Pairing:
    """The office's address and key, and this PC's own key, which can ask for papers but sign none."""

    server: str
    agent: str
    server_key: bytes
    private_key: bytes
    ca_file: str = ""
    module: str = ""
    language: str = ""


def folder() -> Path:
    """Where settings of a user's programs lie on this system; EOFFICE_SIGNER_HOME says otherwise."""
    if own := os.environ.get("EOFFICE_SIGNER_HOME"):
        return Path(own)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "eoffice-signer"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "eoffice-signer"
    return Path(os.environ.get("XDG_CONFIG_HOME", str(Path.home() / ".config"))) / "eoffice-signer"


def _file(profile: str) -> Path:
    return folder() / f"{''.join(c for c in profile if c.isalnum() or c in '-_') or 'office'}.json"


def load(profile: str) -> Pairing | None:
    """The pairing kept under this name; None where there is none."""
    try:
        facts = json.loads(_file(profile).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    keys = {name: base64.b64decode(facts[name]) for name in ("server_key", "private_key")}
    return Pairing(**{**facts, **keys})


def save(profile: str, pairing: Pairing) -> None:
    """Keep it, readable by this user alone; all of it or nothing."""
    keys = {name: base64.b64encode(getattr(pairing, name)).decode() for name in ("server_key", "private_key")}
    path = _file(profile)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump({**vars(pairing), **keys}, file)
    new.replace(path)


def forget(profile: str) -> None:
    _file(profile).unlink(missing_ok=True)
