"""The command `eoffice-signer`: pair this PC, register the token's certificate, wait for papers and sign them."""

from __future__ import annotations

import argparse
import contextlib
import platform
import random
import sys
import tempfile
import time
from base64 import b64decode, b64encode
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from eoffice_signer import VERSION, state
from eoffice_signer.ask import Asks, Sheet, asker, shortened
from eoffice_signer.paper import Checked, WrongPaper, check, hash_words
from eoffice_signer.token import Found, Tokens, TokenTrouble
from eoffice_signer.wire import Office, Offline, Refused, checked_address, pair
from eoffice_signer.words import WORDS, Voice

_CHALLENGE = "eoffice proof of possession\n"
_LONGEST_WAIT = 60.0
_LOOK_AGAIN = 2.0
_TRIES_TO_POST = 40


def _b64(data: bytes) -> str:
    return b64encode(data).decode()


@dataclass(frozen=True)
class Job:
    """An errand with all that was fetched for it and found in it."""

    errand: dict[str, Any]
    said: dict[str, Any]
    checked: list[Checked]
    attributes: list[bytes]
    papers: list[Path]


class Signer:
    """One pairing at work. It holds no secret between two papers."""

    def __init__(self, pairing: state.Pairing, asks: Asks, voice: Voice) -> None:
        self._office = Office(pairing)
        self._pairing, self._asks, self._voice = pairing, asks, voice
        self._left: set[str] = set()
        self._told = ""
        self._reported = ("", "")

    def run(self, *, once: bool) -> int:
        """Ask for papers until the PC is unpaired or the officer stops; no failure of the network ends it."""
        failures, greeted = 0, False
        while True:
            try:
                said = self._office.get("/agent/v1/errands")
                if failures:
                    self._tell("online")
                if not greeted:
                    self._tell("waiting", office=self._voice.of(said["office"]))
                failures, greeted = 0, True
                errand = said["errand"]
                if errand is not None and errand["id"] not in self._left and self._handle(errand, said) and once:
                    return 0
                time.sleep(float(said["wait"]))
            except Offline:
                # Sleep, pulled cable, restarted server: all alike. Longer and longer apart, and never all at once.
                failures += 1
                self._tell("offline")
                time.sleep(min(_LONGEST_WAIT, 2.0 ** min(failures, 6)) * random.uniform(0.5, 1.0))  # noqa: S311
            except Refused as refusal:
                if refusal.code == "agent_unknown":
                    self._tell("agent_unknown")
                    return 3
                self._server_says(refusal)
                time.sleep(10)

    def _handle(self, errand: dict[str, Any], said: dict[str, Any]) -> bool:
        """True when the errand came to an end here."""
        with tempfile.TemporaryDirectory(prefix="eoffice-signer-", ignore_cleanup_errors=True) as folder:
            try:
                job = self._fetch(errand, said, Path(folder))
                found = self._token_with(job)
                return found is None or self._decide(job, found)
            except WrongPaper as wrong:
                self._asks.tell(self._voice.say("paper_wrong", code=wrong.code))
                self._end(errand, "paper_wrong", detail=wrong.code)
                return True
            except TokenTrouble as trouble:
                self._trouble(errand, trouble)
                return False

    def _fetch(self, errand: dict[str, Any], said: dict[str, Any], folder: Path) -> Job:
        """Every paper, checked with own eyes, and where the very bytes lie that were checked."""
        job = Job(errand, said, [], [], [])
        for number, item in enumerate(errand["items"], start=1):
            pdf, attributes = self._office.fetch(f"/agent/v1/papers/{item['id']}"), b64decode(item["signed_attrs"])
            job.checked.append(check(pdf, attributes))
            job.attributes.append(attributes)
            job.papers.append(folder / f"{number}.pdf")
            job.papers[-1].write_bytes(pdf)
        if len({one.certificate for one in job.checked}) != 1:
            raise WrongPaper("certificates")
        return job

    def _token_with(self, job: Job) -> Found | None:
        """The certificate that is to sign; waits until its token is plugged in. None when that is no longer wanted."""
        while True:
            try:
                return self._tokens().find(job.checked[0].certificate)
            except TokenTrouble as trouble:
                self._trouble(job.errand, trouble)
            time.sleep(_LOOK_AGAIN)
            with contextlib.suppress(Offline):
                now = self._office.get("/agent/v1/errands")["errand"]
                if now is None or now["id"] != job.errand["id"]:
                    self._tell("over")
                    return None

    def _sheet(self, job: Job, found: Found) -> Sheet:
        say, lines = self._voice.say, []
        for number, (item, one) in enumerate(zip(job.errand["items"], job.checked, strict=True), start=1):
            kind = say(item["kind"] if item["kind"] in WORDS else "paper")
            reason = say("meaning", reason=one.reason) if one.reason else ""
            pages = one.pages or say("pages_unknown")
            lines.append(say("item", number=number, kind=kind, title=item["title"], pages=pages, reason=reason))
        officer, office = self._voice.of(job.said["officer"]), self._voice.of(job.said["office"])
        pinpad = self._tokens().has_pinpad(found)
        sheet = [
            say("asked", office=office, officer=officer),
            *shortened(lines, self._voice),
            say("compare", words=" · ".join(hash_words([one.digest for one in job.checked]))),
            say("certificate", **_facts(found)),
            say("binding"),
            *([say("pinpad")] if pinpad else []),
        ]
        return Sheet(sheet, job.papers, needs_pin=not pinpad)

    def _decide(self, job: Job, found: Found) -> bool:
        """Lay the papers before the officer, and sign all of them under one PIN or none."""
        sheet, tokens, note = self._sheet(job, found), self._tokens(), ""
        self._report(job.errand, "opened")
        while True:
            warning = tokens.last_try(found)
            notes = [note, *([self._voice.say(warning)] if warning else [])]
            decision = self._asks.decide(sheet, " ".join(filter(None, notes)))
            if decision.act != "sign":
                code = "refused" if decision.act == "refuse" else "later"
                self._tell(code)
                self._end(job.errand, code)
                return True
            try:
                return self._post(job.errand, tokens.sign(found, decision.pin, job.attributes))
            except TokenTrouble as trouble:
                if trouble.code != "wrong_pin":
                    raise
                note = self._voice.say("wrong_pin")
                self._report(job.errand, "wrong_pin")

    def _post(self, errand: dict[str, Any], signatures: list[bytes]) -> bool:
        """Hand the signatures in; over a cut network as often as it takes, for the same bytes count once."""
        answers = {item["id"]: _b64(one) for item, one in zip(errand["items"], signatures, strict=True)}
        self._left.add(errand["id"])
        for attempt in range(_TRIES_TO_POST):
            try:
                self._office.post(f"/agent/v1/errands/{errand['id']}/answers", {"answers": answers})
            except Offline:
                self._tell("offline")
                time.sleep(min(10.0, 0.5 * 2.0 ** min(attempt, 5)))
            except Refused as refusal:
                self._tell("over")
                self._server_says(refusal)
                return True
            else:
                self._told = ""
                self._tell("signed", count=len(signatures))
                return True
        self._tell("over")
        return True

    def register(self) -> int:
        """Send the token's certificate, with a signature that proves the key is there."""
        challenge = self._office.get("/agent/v1/credential")["challenge"]
        # Beginning with these words it can be no signed attributes, so never the signature of a paper.
        if not challenge.startswith(_CHALLENGE):
            self._tell("not_wanted")
            return 1
        tokens, say = self._tokens(), self._voice.say
        certificates = [one for one in tokens.certificates() if one.is_in_time]
        if not certificates:
            raise TokenTrouble("no_certificates")
        picked = self._asks.pick(say("register"), self._lines(certificates), say("register_pin"))
        if picked is None:
            return 1
        found = certificates[picked[0]]
        (signature,) = tokens.sign(found, picked[1], [challenge.encode()])
        facts = {"certificate": _b64(found.der), "challenge": challenge, "signature": _b64(signature)}
        self._office.post("/agent/v1/credential", facts | {"chain": [_b64(der) for der in tokens.authorities()]})
        self._tell("registered")
        return 0

    def unpair(self) -> int:
        """There and, by the caller, here; one that is unknown there already is as good."""
        with contextlib.suppress(Refused):
            self._office.post("/agent/v1/unpair", {})
        self._tell("unpaired")
        return 0

    def look(self) -> int:
        """Say what stands: the office, and the certificates on the tokens."""
        said = self._office.get("/agent/v1/errands")
        self._tell("waiting", office=self._voice.of(said["office"]))
        for line in self._lines(self._tokens().certificates()):
            self._asks.tell(line)
        return 0

    def _tokens(self) -> Tokens:
        return Tokens(self._pairing.module)

    def _lines(self, certificates: list[Found]) -> list[str]:
        numbered = enumerate(certificates, start=1)
        return [self._voice.say("register_line", number=at, label=one.label, **_facts(one)) for at, one in numbered]

    def _trouble(self, errand: dict[str, Any], trouble: TokenTrouble) -> None:
        self._tell(trouble.code)
        self._report(errand, trouble.code)

    def _end(self, errand: dict[str, Any], code: str, *, detail: str = "") -> None:
        self._left.add(errand["id"])
        self._report(errand, code, detail=detail)

    def _report(self, errand: dict[str, Any], code: str, *, detail: str = "") -> None:
        """So that the page in the browser says the same. Not twice in a row, and never worth stopping for."""
        if (errand["id"], code) != self._reported or code == "wrong_pin":
            self._reported = (errand["id"], code)
            with contextlib.suppress(Offline, Refused):
                self._office.post(f"/agent/v1/errands/{errand['id']}/report", {"code": code, "detail": detail})

    def _tell(self, code: str, **facts: object) -> None:
        """Say it, unless it was the last thing said."""
        if code != self._told:
            self._asks.tell(self._voice.say(code, **facts))
        self._told = code

    def _server_says(self, refusal: Refused) -> None:
        said = self._voice.of(refusal.facts.get("message", {})) or refusal.code
        self._asks.tell(self._voice.say("server_says", said=said))


def _facts(found: Found) -> dict[str, str]:
    until = found.certificate.not_valid_after_utc.strftime("%d-%m-%Y")
    return {"name": found.name, "issuer": found.issuer, "until": until}


def _pair(options: argparse.Namespace, asks: Asks, voice: Voice) -> int:
    try:
        server = checked_address(options.address)
    except ValueError:
        asks.tell(voice.say("address"))
        return 2
    code = options.code or input(voice.say("code"))
    try:
        pairing, facts = pair(server, code, name=options.name, language=voice.language, ca_file=options.ca_file)
    except Refused as refusal:
        asks.tell(voice.say(refusal.code))
        return 2
    except Offline:
        asks.tell(voice.say("offline"))
        return 2
    state.save(options.profile, replace(pairing, module=options.module, language=voice.language))
    words = " · ".join(hash_words([pairing.server_key, pairing.agent.encode()]))
    asks.tell(voice.say("paired", office=voice.of(facts["office"]), officer=voice.of(facts["officer"]), words=words))
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="eoffice-signer", description=__doc__)
    parser.add_argument("--version", action="version", version=VERSION)
    parser.add_argument("--profile", default="office", help="name of the pairing, for several e-Offices")
    parser.add_argument("--language", default="", choices=["", "hi", "en"])
    parser.add_argument("--module", default="", help="PKCS#11 library of the token")
    parser.add_argument("--terminal", action="store_true", help="ask in the terminal, without a window")
    acts = parser.add_subparsers(dest="act")
    pairing = acts.add_parser("pair", help="pair this PC with the e-Office by the code on its page")
    pairing.add_argument("address")
    pairing.add_argument("code", nargs="?", default="")
    pairing.add_argument("--name", default=platform.node() or "PC", help="what the page calls this PC")
    pairing.add_argument("--ca-file", default="", help="own authority of the office's proxy (PEM)")
    running = acts.add_parser("run", help="wait for papers (the default)")
    running.add_argument("--once", action="store_true", help="end after the first papers")
    acts.add_parser("register", help="register the certificate on the token as your signature")
    acts.add_parser("check", help="say what stands: connection and certificates")
    acts.add_parser("unpair", help="forget the pairing, here and there")
    return parser.parse_args(arguments)


def run(arguments: list[str] | None = None) -> int:
    """The command. 0 done, 1 not done, 2 not paired or no such code, 3 unpaired by the other side."""
    options = _options(arguments)
    pairing = state.load(options.profile)
    voice = Voice(options.language or (pairing.language if pairing else ""))
    asks = asker(voice, terminal=options.terminal or options.act not in {None, "run"})
    if options.act == "pair":
        return _pair(options, asks, voice)
    if pairing is None:
        asks.tell(voice.say("not_paired"))
        return 2
    try:
        return _act(options, Signer(replace(pairing, module=options.module or pairing.module), asks, voice))
    except KeyboardInterrupt:
        code, result = "stopped", 0
    except TokenTrouble as trouble:
        code, result = trouble.code, 1
    except Offline:
        code, result = "offline", 1
    except Refused as refusal:
        code = refusal.code if refusal.code in WORDS else voice.of(refusal.facts.get("message", {}))
        result = 3 if refusal.code == "agent_unknown" else 1
    asks.tell(voice.say(code))
    return result


def _act(options: argparse.Namespace, signer: Signer) -> int:
    match options.act:
        case "register":
            return signer.register()
        case "check":
            return signer.look()
        case "unpair":
            result = signer.unpair()
            state.forget(options.profile)
            return result
        case _:
            return signer.run(once=getattr(options, "once", False))


if __name__ == "__main__":
    sys.exit(run())
