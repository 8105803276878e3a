"""The operator's question (`manage.py check_documents`): are all papers there, and are they what they were."""

from __future__ import annotations

import hashlib
import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.files.storage import Storage
from django.core.management.base import BaseCommand

from eoffice.documents import blobs
from eoffice.documents.models import Document


class Command(BaseCommand):
    help = "Compare every stored paper with its hash; list bytes that belong to no paper. Exit code 1 on a difference."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="answer as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        missing, changed, known = [], [], set()
        hashes = Document.objects.order_by("sha256").values_list("sha256", flat=True).distinct()
        for sha256 in hashes.iterator():
            known.add(sha256)
            try:
                with blobs.opened(sha256) as handle:
                    digest = hashlib.sha256()
                    while chunk := handle.read(blobs.CHUNK):
                        digest.update(chunk)
            except FileNotFoundError:
                missing.append(sha256)
                continue
            if digest.hexdigest() != sha256:
                changed.append(sha256)
        # Left by an act that was rolled back after its bytes were written; harmless, and free to be removed.
        orphans = sorted(set(_stored(blobs.storage(), "")) - known)
        facts = {"papers": len(known), "missing": missing, "changed": changed, "orphans": orphans}
        if options["json"]:
            self.stdout.write(json.dumps(facts))
        else:
            self._say(facts)
        if missing or changed:
            sys.exit(1)

    def _say(self, facts: dict[str, Any]) -> None:
        self.stdout.write(f"{facts['papers']} different papers are stored.")
        for sha256 in facts["missing"]:
            self.stdout.write(f"MISSING: the bytes of {sha256} are gone; restore them from a backup.")
        for sha256 in facts["changed"]:
            self.stdout.write(f"CHANGED: the bytes of {sha256} are others than were stored; restore them.")
        self.stdout.write(f"{len(facts['orphans'])} stored contents belong to no paper (left by acts undone).")


def _stored(store: Storage, folder: str) -> list[str]:
    """Names of the blobs in the store, which are their hashes."""
    try:
        folders, files = store.listdir(folder)
    except FileNotFoundError:
        return []
    found = [name for name in files if folder.count("/") == 1]
    for name in folders:
        if name != blobs.INCOMING:
            found += _stored(store, f"{folder}/{name}" if folder else name)
    return found
