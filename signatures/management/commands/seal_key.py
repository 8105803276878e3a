"""`manage.py seal_key --new`, then `--install CERT.pem [CHAIN.pem]`: the instance's seal (design 4)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from eoffice.core import clock
from signatures import custody
from signatures.engine.certificates import load_many
from signatures.engine.errors import EngineError


class Command(BaseCommand):
    help = "Make the key of the instance's seal with a request for its certificate; later put the certificate in."

    def add_arguments(self, parser: CommandParser) -> None:
        act = parser.add_mutually_exclusive_group(required=True)
        act.add_argument("--new", action="store_true", help="make seal.key and seal.csr in EOFFICE_SEAL_DIR")
        act.add_argument("--install", nargs="+", type=Path, metavar="PEM", help="certificate, then its chain")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["new"]:
            self._new()
        else:
            self._install(options["install"])

    def _new(self) -> None:
        try:
            request = custody.seal_key_new()
        except FileExistsError as error:
            raise CommandError(f"There is a key already: {error}. It was left alone.") from error
        except OSError as error:
            raise CommandError(f"EOFFICE_SEAL_DIR can't be written: {error}.") from error
        self.stdout.write(f"Made seal.key. Take {request} to the certifying authority, then run seal_key --install.")

    def _install(self, files: list[Path]) -> None:
        try:
            found = [one.dump() for file in files for one in load_many(file.read_bytes())]
            facts = custody.seal_certificate_put(found)
        except (OSError, ValueError, IndexError, EngineError) as error:
            raise CommandError(f"The certificate can't be put in: {error}") from error
        self.stdout.write(f"The seal is {facts.common_name}, by {facts.issuer}, until {facts.not_after:%Y-%m-%d}.")
        if not facts.not_before <= clock.now() <= facts.not_after:
            self.stderr.write("Its certificate is not valid today.")
        self.stdout.write("The root of its authority must lie in EOFFICE_TRUST_DIR, so that seals can be proven.")
