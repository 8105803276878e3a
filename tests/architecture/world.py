"""Things in the states that the access matrix asks about; each with the arguments of its addresses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from dak.models import ReceiptCopy
from dak.services import Addressee, dispatch_queue, dispatch_send, receipt_diarise, receipt_dispose, receipt_mark
from dak.services.reading import receipt_see
from eoffice.core import clock
from eoffice.core.actor import Actor
from eoffice.demo.authority import Authority
from eoffice.documents.models import Document
from eoffice.documents.services import document_store
from files.models import Decision, Draft, File, Head
from files.services.decision import decision_begin, shown_now
from files.services.draft import draft_create
from files.services.file import file_forward, file_open, file_park
from files.services.paper import receipt_file
from files.workflow import DraftState
from signatures.agent_key import server_key
from signatures.models_agent import AgentErrand, PairedAgent
from signatures.models_remote import ProviderVisit, VisitStep
from signatures.services.credential import credential_request
from tests.architecture.accounts import account_things
from tests.architecture.lists_things import list_things
from tests.architecture.people import people_things
from tests.cast import Cast
from tests.dak.conftest import facts, letter_pdf
from tests.files.conftest import letter_text
from tests.races.keys import give_key

LETTERS = {
    "D": "diarist",
    "A": "dealing_assistant",
    "S": "section_officer",
    "U": "under_secretary",
    "L": "link_officer",
    "C": "secretary",
    "E": "emd_manager",
    "W": "super_admin",
    "R": "auditor",
    "O": "outsider",
    "N": "nobody",
}


class World:
    """Built once for the whole matrix; every request of the matrix is rolled back."""

    def __init__(self, people: Cast, authority: Authority) -> None:
        self.people = people
        self.args: dict[str, dict[str, Any]] = {"": {}}
        self.values: dict[str, Any] = {}
        self.assistant = people.actor("dealing_assistant")
        self.secretary = people.actor("secretary")
        self.paper = document_store(content=letter_pdf(), name="letter.pdf", kind="upload")
        credential = give_key(self.secretary, approver=people.actor("emd_manager"), authority=authority)
        officer = people.actor("section_officer")
        asked = credential_request(office_id=people.offices["GAD"].pk, actor=officer)
        self.args |= {"credential active": {"pk": credential.pk}, "credential asked": {"pk": asked.pk}}
        self.args["no attempt"] = {"attempt": UUID(int=1)}
        visit = ProviderVisit.objects.create(
            credential=credential, step=VisitStep.RESPONSE, handle="of-the-matrix", opened_at=clock.now(),
            expires_at=clock.now() + timedelta(minutes=10),
        )  # fmt: skip
        self.args["visit"] = {"visit": visit.uuid}
        self._receipts()
        self._files()
        self._decisions()
        self._dispatches()
        self._signers()
        lists = list_things(
            file_up=self.args["file up"]["file_id"], signed=self.args["draft signed"]["draft_id"],
            sent=self.args["draft sent"]["draft_id"], secretary=self.secretary, paper=self.paper,
        )  # fmt: skip
        for args, values in (account_things(people), people_things(people, self.paper), lists):
            self.args |= args
            self.values |= values
        self.values |= {
            "section_officer": people.post("section_officer").pk,
            "receiving": people.section("FIN-2").pk,
            "tomorrow": (clock.today() + timedelta(days=1)).isoformat(),
            "own_charge": people.charge("dealing_assistant").pk,
        }

    def data(self, wanted: Mapping[str, str]) -> dict[str, Any]:
        """The form of a row; a value in braces is looked up here, and "@letter" is a PDF to upload."""
        return {
            name: SimpleUploadedFile("letter.pdf", letter_pdf(), "application/pdf")
            if value == "@letter"
            else value.format(**self.values)
            for name, value in wanted.items()
        }

    def _copy(self, subject: str) -> ReceiptCopy:
        diarist = self.people.actor("diarist")
        receipt = receipt_diarise(facts=facts(subject=subject), document=self.paper, actor=diarist)
        copy = ReceiptCopy.objects.get(receipt=receipt)
        return receipt_mark(copy_id=copy.pk, to=self.people.post("dealing_assistant"), actor=diarist)

    def _receipts(self) -> None:
        marked, seen, disposed = (self._copy(name) for name in ("marked", "seen", "disposed"))
        receipt_see(copy_id=seen.pk, actor=self.assistant)
        receipt_dispose(receipt_id=disposed.receipt_id, kind="filed", actor=self.assistant)
        for name, copy in {"marked": marked, "seen": seen, "disposed": disposed}.items():
            self.args[f"receipt {name}"] = {"pk": copy.receipt_id}
            self.args[f"copy {name}"] = {"pk": copy.pk}
            self.args[f"page {name}"] = {"pk": copy.receipt_id, "page": 1, "width": 960}
            self.args[f"original {name}"] = {"pk": copy.receipt_id, "part": 1}
        self.args["for receipt"] = {"copy_id": marked.pk}
        stored = signing.dumps([self.paper.pk, self.people.post("diarist").pk], salt="dak.stored")
        self.args["stored"] = {"stored": stored, "page": 1}

    def _file(self, subject: str) -> File:
        return file_open(subject=subject, head=self.head, actor=self.assistant)

    def _draft(self, file: File) -> Draft:
        return draft_create(file_id=file.pk, text=letter_text(), kind="letter", language="hi", actor=self.assistant)

    def _files(self) -> None:
        section = self.people.section("GAD-3")
        self.head = Head.objects.create(section=section, code="12", name_en="Buildings", name_hi="भवन")
        held, sent, parked = (self._file(name) for name in ("held", "sent", "parked"))
        receipt_file(copy_id=self._copy("in file").pk, file_id=held.pk, actor=self.assistant)
        drafts = {"editing": self._draft(held), "signed": self._signed(self._draft(held)), "sent": self._draft(sent)}
        file_forward(file_id=sent.pk, to_post_id=self.people.post("section_officer").pk, actor=self.assistant)
        file_park(
            file_id=parked.pk, until=clock.today() + timedelta(days=9), why="Treasury awaited", actor=self.assistant
        )
        for name, file in {"held": held, "sent": sent, "parked": parked}.items():
            self.args[f"file {name}"] = {"file_id": file.pk}
        self.args["paper"] = {"file_id": held.pk, "serial": 1}
        self.args["paper page"] = {"file_id": held.pk, "serial": 1, "page": 1, "width": 1240}
        for name, draft in drafts.items():
            self.args[f"draft {name}"] = {"draft_id": draft.pk}
        confidential = file_open(
            subject="confidential", head=self.head, classification="confidential", actor=self.assistant
        )
        self.args["file confidential"] = {"file_id": confidential.pk}

    def _signed(self, draft: Draft) -> Draft:
        """As signing leaves it; the way there is walked in the tests of the decision."""
        Draft.objects.filter(pk=draft.pk).update(
            state=DraftState.SIGNED,
            signed_document=self.paper,
            signature_ready=True,
            approved_version=1,
            letter_number="9/GAD-3/2026",
            letter_date=clock.today(),
            reference="1000009",
        )
        return draft

    def _decisions(self) -> None:
        file = self._file("up")
        draft = self._draft(file)
        file_forward(file_id=file.pk, to_post_id=self.people.post("secretary").pk, actor=self.assistant)
        file = File.objects.get(pk=file.pk)
        shown = shown_now(file, Draft.objects.get(pk=draft.pk)).token
        decision = decision_begin(
            file_id=file.pk, act="approve", line="<p>Yes.</p>", shown=shown, to_post_id=None, actor=self.secretary
        )
        self.args["file up"] = {"file_id": file.pk}
        self.args["draft up"] = {"draft_id": draft.pk}
        self.args["decision"] = {"decision_id": decision.pk}
        self.values["shown"] = shown
        done = Decision.objects.create(
            file=file,
            act="approve",
            state="completed",
            line="<p>Yes.</p>",
            to_post=self.people.post("dealing_assistant"),
            post=self.people.post("secretary"),
            employee=self.people.employee("secretary"),
            prepared_at=clock.now(),
            record=self.paper,
        )
        self.args["decision done"] = {"decision_id": done.pk}

    def _dispatches(self) -> None:
        queued, sent = (self._dispatch(self.paper) for _each in range(2))
        dispatch_send(dispatch_id=sent, evidence="RL 1", actor=Actor.system())
        for name, pk in {"queued": queued, "sent": sent}.items():
            self.args[f"dispatch {name}"] = {"pk": pk}
            self.args[f"dispatch page {name}"] = {"pk": pk, "page": 1}

    def _signers(self) -> None:
        """The secretary's paired PC, and something that was sent to it."""
        officer, at = self.people.employee("secretary"), clock.now()
        server_key()  # made before the first pairing, and never while there is one
        agent = PairedAgent.objects.create(employee=officer, name="Room 12", public_key=b"k" * 32, paired_at=at)
        errand = AgentErrand.objects.create(employee=officer, asked_at=at, expires_at=at + timedelta(minutes=9))
        self.args |= {
            "agent": {"agent": agent.uuid}, "errand": {"errand": errand.uuid}, "agent paper": {"attempt": agent.uuid},
        }  # fmt: skip

    def _dispatch(self, paper: Document) -> int:
        (row,) = dispatch_queue(
            document=paper,
            copies=[Addressee(lines="Accountant General", mode="post")],
            back_ref="draft:0",
            subject="Sanction",
            letter_number="412/GAD-3/2026",
            actor=self.assistant,
        )
        return row.pk


@cache
def expected(rule: str) -> dict[str, set[int]]:
    """ "A=200 SU=403 *=404" by person; several codes as 200|503. Who is signed out goes to sign in, unless named."""
    said: dict[str, set[int]] = {}
    for part in rule.split():
        who, _equals, codes = part.partition("=")
        for letter in LETTERS if who == "*" else who:
            if letter == "N" and who == "*":
                continue
            said.setdefault(LETTERS[letter], {int(code) for code in codes.split("|")})
    said.setdefault("nobody", {302})
    return said


def asked(client: Client, method: str, url: str, form: dict[str, Any] | None = None) -> HttpResponse:
    """The answer, with everything that it changed taken back: rows, and the browser's cookies."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        answer: HttpResponse = getattr(client, method)(url, form or {})
        if getattr(answer, "streaming", False):
            answer.close()
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer
