"""The bytes: one blob per SHA-256, written once, behind Django's storage API (`STORAGES["documents"]`).

On disk a blob appears whole or not at all: written beside, synced, then renamed. Nothing is ever overwritten with
other bytes, because the name is the hash.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages

CHUNK = 1024 * 1024
INCOMING = "incoming"


class TooLarge(ValueError):
    """More bytes than the cap; reading stopped there."""


class Damaged(OSError):
    """The stored bytes are not those of their name: the disk or a hand has changed them."""


@dataclass(frozen=True, slots=True)
class Staged:
    """Bytes received into a private file, not yet part of the store."""

    path: Path
    sha256: str
    size: int


def storage() -> Storage:
    return storages["documents"]


def blob_name(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _on_disk() -> FileSystemStorage | None:
    store = storage()
    return store if isinstance(store, FileSystemStorage) else None


@contextmanager
def staged(content: BinaryIO | bytes, *, limit: int | None = None) -> Iterator[Staged]:
    """The content in a private file for as long as the block lasts; `TooLarge` as soon as the cap is passed.

    It lies on the disk of the store, so that `keep` can rename it.
    """
    disk = _on_disk()
    folder = Path(disk.location) / INCOMING if disk else Path(tempfile.gettempdir())
    folder.mkdir(parents=True, exist_ok=True)
    source = BytesIO(content) if isinstance(content, bytes) else content
    handle, name = tempfile.mkstemp(prefix="paper-", dir=folder)
    path = Path(name)
    try:
        digest, size = hashlib.sha256(), 0
        with os.fdopen(handle, "wb") as out:
            while chunk := source.read(CHUNK):
                size += len(chunk)
                if limit is not None and size > limit:
                    raise TooLarge(limit)
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        yield Staged(path, digest.hexdigest(), size)
    finally:
        path.unlink(missing_ok=True)


def keep(item: Staged) -> bool:
    """Put the staged bytes into the store; False when equal bytes were there already. Two at once are no race."""
    store, name = storage(), blob_name(item.sha256)
    if exists(item.sha256, item.size):
        return False
    disk = _on_disk()
    if disk is None:
        with item.path.open("rb") as source:
            store.save(name, File(source))
        return True
    target = Path(disk.path(name))
    target.parent.mkdir(parents=True, exist_ok=True)
    item.path.chmod(0o440)
    item.path.replace(target)
    _sync(target.parent)
    return True


def _sync(folder: Path) -> None:
    """Make the rename itself survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def exists(sha256: str, size: int) -> bool:
    store, name = storage(), blob_name(sha256)
    return store.exists(name) and store.size(name) == size


@contextmanager
def opened(sha256: str) -> Iterator[File[bytes]]:
    with storage().open(blob_name(sha256), "rb") as handle:
        yield handle


def read(sha256: str) -> bytes:
    """The bytes, proven against their name; `Damaged` if they are others."""
    with opened(sha256) as handle:
        content: bytes = handle.read()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Damaged(f"the blob {sha256} does not have the bytes of its name")
    return content


@contextmanager
def local_path(sha256: str) -> Iterator[Path]:
    """A file with the bytes, for a child process: the blob itself on disk, else a copy that goes away."""
    disk = _on_disk()
    if disk is not None:
        yield Path(disk.path(blob_name(sha256)))
        return
    with tempfile.NamedTemporaryFile(prefix="paper-") as copy, opened(sha256) as source:
        while chunk := source.read(CHUNK):
            copy.write(chunk)
        copy.flush()
        yield Path(copy.name)
