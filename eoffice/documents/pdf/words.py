"""Fixed words on letters and note sheets, in both languages.

Not in the message catalogue: an issued letter must come out the same whatever the catalogue of the day says,
and this package knows no Django.
"""

from dataclasses import dataclass
from typing import Literal

Language = Literal["hi", "en"]


@dataclass(frozen=True, slots=True)
class Words:
    number: str
    date: str
    sender: str
    addressee: str
    subject: str
    enclosure: str
    enclosures: str
    closing: str
    endorsement_number: str
    even_date: str
    copy_to: str
    by_order: str
    check: str
    page: str
    full_stop: str
    at_signing: str
    block_at_signing: str
    draft_foot: str
    block_number: str
    block_name: str
    block_designation: str
    block_date: str
    block_reason: str
    file_number: str
    note_sheet: str
    note: str
    decision_record: str
    note_record: str
    decision: str
    act: str
    line: str
    decided: str
    printed: str


HINDI = Words(
    number="संख्या",
    date="दिनांक",
    sender="प्रेषक,",
    addressee="सेवा में,",
    subject="विषय:",
    enclosure="संलग्नक:",
    enclosures="संलग्नक:",
    closing="भवदीय,",
    endorsement_number="पृष्ठांकन संख्या",
    even_date="तद्दिनांक।",
    copy_to="प्रतिलिपि निम्नलिखित को सूचनार्थ एवं आवश्यक कार्यवाही हेतु प्रेषित:",
    by_order="आज्ञा से,",
    check="जाँच",
    page="पृष्ठ",
    full_stop="।",
    at_signing="हस्ताक्षर के समय अंकित होगा",
    block_at_signing="हस्ताक्षर खण्ड यहाँ हस्ताक्षर के समय अंकित होगा",
    draft_foot="प्रारूप, हस्ताक्षरित नहीं",
    block_number="सन्दर्भ सं.",
    block_name="नाम",
    block_designation="पदनाम",
    block_date="दिनांक",
    block_reason="कारण",
    file_number="पत्रावली संख्या",
    note_sheet="टिप्पणी पृष्ठ",
    note="टिप्पणी",
    decision_record="निर्णय अभिलेख",
    note_record="टिप्पणी अभिलेख",
    decision="निर्णय",
    act="कार्य",
    line="निर्णय की पंक्ति",
    decided="क्या निर्णीत हुआ",
    printed="मुद्रित",
)

ENGLISH = Words(
    number="No.",
    date="Date",
    sender="From",
    addressee="To",
    subject="Subject:",
    enclosure="Enclosure:",
    enclosures="Enclosures:",
    closing="Yours faithfully,",
    endorsement_number="Endorsement No.",
    even_date="Of even date.",
    copy_to="Copy forwarded to the following for information and necessary action:",
    by_order="By order,",
    check="Check",
    page="page",
    full_stop=".",
    at_signing="to be drawn at signing",
    block_at_signing="The signature block is drawn here at signing",
    draft_foot="Draft, not signed",
    block_number="Ref. no.",
    block_name="Name",
    block_designation="Designation",
    block_date="Date",
    block_reason="Reason",
    file_number="File number",
    note_sheet="Note sheet",
    note="Note",
    decision_record="Decision record",
    note_record="Note record",
    decision="Decision",
    act="Act",
    line="Line",
    decided="What was decided",
    printed="Printed",
)

# Stands in both languages on every signed page (R10).
BLOCK_HEADING = "डिजिटल रूप से हस्ताक्षरित · Digitally signed"
DRAFT_MARK = "प्रारूप · DRAFT"


def words_for(language: Language) -> Words:
    return HINDI if language == "hi" else ENGLISH
