"""`manage.py renew_signatures [--json] [--dry-run]`: renews now what the nightly errand would, and says what came."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand

from eoffice.core.actor import Actor
from eoffice.core.errors import WrongState
from signatures import queries_archive
from signatures.engine.algorithms import SOURCE
from signatures.engine.errors import EvidenceMissing
from signatures.models_archive import ArchiveTerm
from signatures.services.renewal import revision_renew, terms_fill, terms_refresh


class Command(BaseCommand):
    """One line per paper; exit 1 when a paper that is due could not be renewed."""

    help = "Renews the archive stamps that end soon (certificate of the time authority, or algorithm)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON line per paper and one for the whole")
        parser.add_argument("--dry-run", action="store_true", help="only say what is due")
        parser.add_argument(
            "--within", type=int, metavar="DAYS", default=queries_archive.MARGIN.days,
            help="what ends within so many days (default: %(default)s)",
        )  # fmt: skip

    def handle(self, *, json: bool, dry_run: bool, within: int, **_options: Any) -> None:
        self.as_json = json
        if not dry_run:
            terms_fill()
            terms_refresh()
        counted = {"due": 0, "renewed": 0, "failed": 0}
        for term in queries_archive.terms_ending(timedelta(days=within)).iterator(chunk_size=200):
            counted["due"] += 1
            outcome = "due" if dry_run else self.renewed(term)
            if outcome != "due":
                counted["renewed" if outcome == "renewed" else "failed"] += 1
            self.say(term, outcome)
        self.end(counted, dry_run=dry_run)
        if counted["failed"]:
            raise SystemExit(1)

    def renewed(self, term: ArchiveTerm) -> str:
        try:
            revision_renew(term_id=term.pk, actor=Actor.system())
        except EvidenceMissing as error:
            return error.reason
        except WrongState as error:
            return error.code
        return "renewed"

    def say(self, term: ArchiveTerm, outcome: str) -> None:
        attempt = term.revision.attempt
        row = {
            "signing": attempt.pk, "reference": attempt.reference, "revision": term.revision.sha256,
            "renewals": term.revision.renewal, "ends_at": term.ends_at.isoformat(), "why": str(term.why),
            "authority": term.authority, "outcome": outcome,
        }  # fmt: skip
        if self.as_json:
            self.stdout.write(json.dumps(row, ensure_ascii=False))
        else:
            reference = attempt.reference or f"signing {attempt.pk}"
            self.stdout.write(f"{reference}: ends {term.ends_at:%Y-%m-%d} ({term.why}, {term.authority}): {outcome}")

    def end(self, counted: dict[str, int], *, dry_run: bool) -> None:
        if self.as_json:
            self.stdout.write(json.dumps(counted | {"dry_run": dry_run, "algorithms": SOURCE}))
        else:
            self.stdout.write(f"due {counted['due']}, renewed {counted['renewed']}, failed {counted['failed']}")
