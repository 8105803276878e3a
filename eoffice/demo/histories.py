"""Receipts and files of the demo, made by its people through the services, on a clock that runs in the past."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from dak.models import Receipt, ReceiptCopy
from dak.services import ReceiptFacts, receipt_diarise, receipt_mark, receipt_see
from employee_master.models import Section
from employee_master.queries import receiving_post
from eoffice.core import clock
from eoffice.core.calendar import is_working_day
from eoffice.demo.cast import actor, post
from eoffice.demo.dak import LETTERS, Incoming
from eoffice.demo.letters import pdf_of, scan_of
from eoffice.demo.people import PINS
from eoffice.documents.services import upload_store
from files.models import File, Head
from files.services.decision import decision_begin, decision_sign, draft_for_decision, shown_now
from files.services.draft import DraftText, draft_correct, draft_create
from files.services.file import file_brief, file_forward, file_open, file_park, file_return, file_see
from files.services.note import note_save, own_yellow
from files.services.paper import receipt_file

HEADS = {
    "GAD-3": (
        ("12", "Buildings: repair and maintenance", "भवन: मरम्मत एवं अनुरक्षण"),
        ("08", "Government quarters: allotment", "राजकीय आवास: आवंटन"),
        ("21", "Holidays and office hours", "अवकाश एवं कार्यालय समय"),
        ("33", "Vehicles and protocol", "वाहन एवं प्रोटोकॉल"),
        ("17", "Land and circuit houses", "भूमि एवं सर्किट हाउस"),
    ),
    "GAD-1": (("04", "Establishment", "अधिष्ठान"),),
    "FIN-2": (("02", "Budget estimates", "आय-व्ययक अनुमान"),),
    "ITE-1": (("05", "Networks and equipment", "नेटवर्क एवं उपकरण"),),
}


def seed_heads() -> None:
    """The heads from which the sections number their files: data of the instance."""
    for code, heads in HEADS.items():
        section = Section.objects.get(code=code)
        for head, name_en, name_hi in heads:
            Head.objects.get_or_create(section=section, code=head, defaults={"name_en": name_en, "name_hi": name_hi})


def at(days_ago: int, hour: int, minute: int = 0) -> AbstractContextManager[None]:
    """The clock at an hour of the working day on or before `days_ago` days ago."""
    day = clock.today() - timedelta(days=days_ago)
    while not is_working_day(day):
        day -= timedelta(days=1)
    return clock.freeze(datetime.combine(day, time(hour, minute), clock.office_zone()))


def seed_receipts() -> None:
    """Twenty letters, diarised by the registry and marked to their sections, in the order in which they came."""
    if Receipt.objects.exists():
        return
    by_age = sorted(LETTERS.values(), key=lambda letter: -letter.days_ago)
    for number, letter in enumerate(by_age):
        dated = letter.dated
        with at(letter.days_ago, 10 + number % 6, 7 * number % 60):
            _diarise(letter, dated)


def _diarise(letter: Incoming, dated: date) -> None:
    clerk = actor("diarist")
    content, name = (scan_of(letter), "scan.jpg") if letter.scanned else (pdf_of(letter), "letter.pdf")
    stored = upload_store(uploads=[(content, name)])
    receipt = receipt_diarise(
        facts=ReceiptFacts(
            subject=letter.subject,
            sender_name=letter.name,
            sender_designation=letter.designation,
            sender_organisation=letter.organisation,
            sender_address=letter.address,
            sender_email=letter.email,
            their_number=letter.number,
            their_date=dated,
            kind=letter.kind,
            language=letter.language,
            priority=letter.priority,
            delivery=letter.delivery,
            enclosures_expected=letter.enclosures[0],
            enclosures_received=letter.enclosures[1],
        ),
        document=stored.originals[0],
        reading_document=stored.reading,
        actor=clerk,
    )
    copy = ReceiptCopy.objects.get(receipt=receipt)
    section = Section.objects.select_related("receiving_post").get(code=letter.marked_to)
    receipt_mark(copy_id=copy.pk, to=receiving_post(section), remarks=letter.remark, actor=clerk)


@dataclass(slots=True)
class Story:
    """A file on its way: who did what, told as it happened."""

    file_id: int

    @classmethod
    def begin(cls, who: str, head: str, subject: str, *, receipt: str, priority: str = "ordinary") -> Story:
        me = actor(who)
        copy = ReceiptCopy.objects.get(receipt__subject=LETTERS[receipt].subject, purpose="action")
        receipt_see(copy_id=copy.pk, actor=me)
        heads = Head.objects.filter(section__posts=me.desk)
        file = file_open(subject=subject, head=heads.get(code=head), priority=priority, actor=me)
        receipt_file(copy_id=copy.pk, file_id=file.pk, actor=me)
        return cls(file.pk)

    @property
    def file(self) -> File:
        return File.objects.get(pk=self.file_id)

    def note(self, who: str, *paragraphs: str) -> None:
        self.see(who)
        yellow = own_yellow(self.file, actor(who))
        html = "".join(f"<p>{text}</p>" for text in paragraphs)
        note_save(file_id=self.file_id, html=html, revision=yellow.revision if yellow else 0, actor=actor(who))

    def see(self, who: str) -> None:
        if self.file.seen_at is None:
            file_see(file_id=self.file_id, actor=actor(who))

    def send(self, who: str, to: str, remarks: str = "") -> None:
        self.see(who)
        file_forward(file_id=self.file_id, to_post_id=post(to).pk, remarks=remarks, actor=actor(who))

    def send_back(self, who: str, remarks: str) -> None:
        self.see(who)
        file_return(file_id=self.file_id, remarks=remarks, actor=actor(who))

    def draft(self, who: str, text: DraftText, *, language: str = "hi") -> int:
        draft = draft_create(
            file_id=self.file_id, text=text, kind="letter", language=language, answers_serial=1, actor=actor(who)
        )
        return draft.pk


def _reply(subject: str, addressee: str, *paragraphs: str, email: str = "", copies: str = "") -> DraftText:
    return DraftText(
        subject=subject,
        addressee=addressee,
        body="".join(f"<p>{text}</p>" for text in paragraphs),
        email=email,
        salutation="महोदय,",
        closing="भवदीया,",
        copies_to=copies,
    )


def _records_room() -> None:
    """With the secretary, for decision: the case that the decision view is shown with."""
    subject = "सरयूपुर कलेक्ट्रेट के अभिलेखागार भवन की मरम्मत हेतु ₹18.40 लाख की स्वीकृति"
    with at(8, 11):
        story = Story.begin("dealing_assistant", "12", subject, receipt="records_room", priority="immediate")
    with at(8, 12, 20):
        story.note(
            "dealing_assistant",
            'विचाराधीन पत्र <a data-ref="paper:1:1">पृ. 1</a> जिलाधिकारी, सरयूपुर का है, जिसमें अभिलेखागार भवन की मरम्मत हेतु '
            "₹20.00 लाख की स्वीकृति का अनुरोध किया गया है।",
            "2. चालू वित्तीय वर्ष में “लघु निर्माण” मद में ₹64.25 लाख अवशेष हैं। आलेख्य अनुमोदनार्थ प्रस्तुत।",
        )
        opening = "उपर्युक्त विषयक कृपया अपने पत्र संख्या 1147/नाजिर/2026-27 का सन्दर्भ ग्रहण करें।"
        sanction = (
            "2. इस सम्बन्ध में मुझे यह कहने का निदेश हुआ है कि सम्यक् विचारोपरान्त उक्त कार्य हेतु {amount} की प्रशासकीय एवं "
            "वित्तीय स्वीकृति निम्नलिखित शर्तों के अधीन प्रदान की जाती है:"
        )
        conditions = (
            "<ol><li>कार्य लोक निर्माण विभाग की स्वीकृत दरों पर कराया जाएगा;</li>"
            "<li>कार्य 31 मार्च, 2027 तक पूर्ण कर पूर्णता प्रमाण-पत्र शासन को उपलब्ध कराया जाएगा।</li></ol>"
            "<p>3. उक्त व्यय चालू वित्तीय वर्ष के आय-व्ययक में “लघु निर्माण” की मानक मद से वहन किया जाएगा।</p>"
        )

        def letter(amount: str) -> DraftText:
            text = _reply(
                LETTERS["records_room"].subject,
                "जिलाधिकारी,\nसरयूपुर",
                opening,
                sanction.format(amount=amount),
                email=LETTERS["records_room"].email,
                copies="महालेखाकार (लेखा एवं हकदारी)\nमुख्य कोषाधिकारी, सरयूपुर\nगार्ड फाइल",
            )
            return replace(text, body=text.body + conditions)

        draft_id = story.draft("dealing_assistant", letter("₹20.00 लाख"))
        file_brief(
            file_id=story.file_id,
            gist="1958 में निर्मित अभिलेखागार की छत रिस रही है; राजस्व अभिलेख जोखिम में हैं। "
            "माँग ₹20.00 लाख; परीक्षण के बाद ₹18.40 लाख।",
            points="क्या ₹18.40 लाख स्वीकृत किए जाएँ?\nजिलाधिकारी को पत्र का आलेख्य अनुमोदित हो।",
            actor=actor("dealing_assistant"),
        )
        story.send("dealing_assistant", "section_officer")
    with at(7, 10, 40):
        story.note("section_officer", "परीक्षण के उपरान्त ₹18.40 लाख औचित्यपूर्ण; तकनीकी शुल्क घटाया गया। आलेख्य संशोधित।")
        draft_correct(
            draft_id=draft_id,
            text=letter("₹18.40 लाख (रुपये अठारह लाख चालीस हजार मात्र)"),
            base_version=1,
            why="तकनीकी परीक्षण के बाद धनराशि",
            actor=actor("section_officer"),
        )
        story.send("section_officer", "under_secretary")
    with at(3, 15, 5):
        story.note("under_secretary", "आलेख्य (संस्करण 2) परीक्षण के अनुरूप है। आदेश एवं हस्ताक्षर हेतु प्रस्तुत।")
        story.send("under_secretary", "secretary")


def _quarter() -> None:
    with at(7, 11, 30):
        story = Story.begin(
            "dealing_assistant", "08", "श्री हेमन्त टोप्पो को टाइप-4 आवास का आवंटन", receipt="quarter", priority="priority"
        )
        story.note("dealing_assistant", "आवेदक टाइप-4 की पात्रता में हैं। नियम 7 के अन्तर्गत प्रतीक्षा सूची में क्रमांक 3।")
        story.send("dealing_assistant", "section_officer", "आदेशार्थ")
    with at(5, 16):
        story.note("section_officer", "पात्रता सही पाई गई। अनुमोदन हेतु प्रस्तुत।")
        story.send("section_officer", "under_secretary")
    with at(1, 11, 26):
        story.send_back("under_secretary", "नियम 7 के अन्तर्गत पात्रता की पुष्टि कर लें।")


def _holidays() -> None:
    with at(24, 11):
        story = Story.begin(
            "dealing_assistant", "21", "वर्ष 2027 के सार्वजनिक अवकाशों की सूची का निर्गमन", receipt="holidays"
        )
        story.note("dealing_assistant", "गत वर्ष की सूची एवं परिषद का सुझाव परीक्षण हेतु प्रस्तुत।")
        story.send("dealing_assistant", "section_officer")
    with at(20, 12):
        story.note("section_officer", "सुझाव विचारणीय है।")
        story.send("section_officer", "under_secretary")
    with at(16, 17):
        story.note("under_secretary", "सहमत। आदेश हेतु।")
        story.send("under_secretary", "secretary")
    with at(12, 16, 42):
        story.send_back("secretary", "अन्य राज्यों की सूची भी देख ली जाए।")
    with at(11, 10, 15):
        story.send("under_secretary", "section_officer", "तदनुसार कार्यवाही करें।")
    with at(10, 12, 5):
        story.see("section_officer")


def _vehicles() -> None:
    with at(13, 12):
        story = Story.begin(
            "dealing_assistant",
            "33",
            "Hiring of vehicles for the winter session",
            receipt="vehicles",
            priority="priority",
        )
        story.note(
            "dealing_assistant", "Rates of three agencies compared; comparative statement awaited from Protocol."
        )
        file_park(
            file_id=story.file_id,
            until=clock.today() + timedelta(days=40),
            why="Comparative rates of three districts awaited",
            actor=actor("dealing_assistant"),
        )


def _circuit_house() -> None:
    """Came down to the dealing assistant and is overdue there."""
    with at(38, 11):
        story = Story.begin(
            "dealing_assistant", "17", "नीलकण्ठ जनपद में नवीन सर्किट हाउस हेतु भूमि का हस्तान्तरण", receipt="circuit_house"
        )
        story.note("dealing_assistant", "भूमि 0.84 हेक्टेयर; राजस्व विभाग की अनापत्ति अपेक्षित।")
        story.send("dealing_assistant", "section_officer")
    with at(34, 12):
        story.note("section_officer", "राजस्व विभाग से अनापत्ति प्राप्त की जाए।")
        story.send("section_officer", "under_secretary")
    with at(30, 15):
        story.note("under_secretary", "सहमत।")
        story.send("under_secretary", "section_officer", "कार्यवाही हेतु")
    with at(18, 17, 48):
        story.send("section_officer", "dealing_assistant", "अनापत्ति प्राप्त; आगे की कार्यवाही प्रस्तावित करें।")


def _budget() -> None:
    with at(9, 12):
        story = Story.begin("dealing_assistant_fin", "02", "लघु निर्माण मद के अनुमान, वर्ष 2027-28", receipt="budget_fin")
        story.note("dealing_assistant_fin", "गत तीन वर्षों का व्यय विवरण परीक्षित।")
        story.send("dealing_assistant_fin", "section_officer_fin")
    with at(4, 11):
        story.note("section_officer_fin", "₹2.40 करोड़ के स्थान पर ₹2.10 करोड़ प्रस्तावित।")
        story.send("section_officer_fin", "under_secretary_fin")


def _network() -> None:
    with at(8, 15):
        story = Story.begin("dealing_assistant_ite", "05", "सचिवालय के नेटवर्क का उच्चीकरण", receipt="network")
        story.note("dealing_assistant_ite", "तीन तलों के 18 स्विच बदले जाने हैं। अनुमानित लागत ₹31.50 लाख।")
        story.send("dealing_assistant_ite", "super_admin", "परीक्षणार्थ")


def _generator() -> None:
    """Decided and signed: the letter waits for its time stamp, and then to be issued."""
    with at(10, 12):
        story = Story.begin("dealing_assistant", "12", "जनरेटर की वार्षिक अनुरक्षण संविदा का नवीनीकरण", receipt="generator")
        story.note("dealing_assistant", "गत वर्ष की दरों पर नवीनीकरण प्रस्तावित। आलेख्य अनुमोदनार्थ।")
        story.draft(
            "dealing_assistant",
            _reply(
                LETTERS["generator"].subject,
                "अधिशासी अभियन्ता,\nविद्युत/यांत्रिक खण्ड,\nलोक निर्माण विभाग",
                "उपर्युक्त विषयक कृपया अपने पत्र संख्या 412/वि.याँ./26 का सन्दर्भ ग्रहण करें।",
                "2. 250 केवीए जनरेटर की अनुरक्षण संविदा का नवीनीकरण वर्तमान दरों पर 31 दिसम्बर, 2027 तक स्वीकृत किया जाता है।",
                email=LETTERS["generator"].email,
            ),
        )
        story.send("dealing_assistant", "section_officer")
    with at(6, 12):
        story.note("section_officer", "सहमत।")
        story.send("section_officer", "under_secretary")
    with at(5, 17):
        story.note("under_secretary", "आदेश एवं हस्ताक्षर हेतु प्रस्तुत।")
        story.send("under_secretary", "secretary")
    # Signed on the real clock: the signature's time is that of its time stamp.
    secretary = actor("secretary")
    story.see("secretary")
    file = story.file
    decision = decision_begin(
        file_id=file.pk,
        act="approve",
        line="<p>यथाप्रस्तावित अनुमोदित।</p>",
        shown=shown_now(file, draft_for_decision(file)).token,
        to_post_id=None,
        actor=secretary,
    )
    decision_sign(decision_id=decision.pk, pin=PINS["secretary"], actor=secretary)


STORIES: tuple[Callable[[], None], ...] = (
    _records_room,
    _quarter,
    _holidays,
    _vehicles,
    _circuit_house,
    _budget,
    _network,
    _generator,
)


def seed_files() -> None:
    """Eight files, each with its own history."""
    if File.objects.exists():
        return
    for story in STORIES:
        story()
