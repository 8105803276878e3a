"""Words and letters the drawing is tried with."""

import datetime as dt
from dataclasses import replace

from eoffice.documents.pdf.block import SignatureBlock
from eoffice.documents.pdf.letter import Endorsement, Letter, Letterhead, Person
from eoffice.documents.pdf.notesheet import Decision, NoteEntry, NoteSheet

# Conjuncts, i-matras, reph, eyelash ra, nukta, half forms kept by ZWJ and ZWNJ, vowel signs above and below.
HARD_WORDS = [
    "क्षेत्र",
    "त्रिकोण",
    "ज्ञापन",
    "श्रीमती",
    "प्रशासन",
    "निर्णय",
    "किर्ति",
    "र्कि",
    "हिन्दी",
    "द्वितीय",
    "राष्ट्रीय",
    "राष्ट्रपति",
    "विद्यालय",
    "विद्युत",
    "शुद्ध",
    "द्व",
    "द्ध",
    "ह्म",
    "ब्रह्मा",
    "चिह्न",
    "आह्वान",
    "प्रह्लाद",
    "अपराह्न",
    "कृष्ण",
    "तृतीय",
    "दृष्टि",
    "सृष्टि",
    "रुपये",
    "रूप",
    "शृंगार",
    "क़ानून",
    "ज़मीन",
    "फ़ाइल",
    "बड़ा",
    "पढ़ाई",
    "ग़लत",
    "ख़र्च",
    "कार्यवाही",
    "कर्मचारियों",
    "स्वीकृति",
    "संस्कृत",
    "अध्यक्ष",
    "उज्ज्वल",
    "सम्बन्ध",
    "सम्यक्",
    "विचारोपरान्त",
    "मुख्यमंत्री",
    "उपर्युक्त",
    "अन्त्येष्टि",
    "स्त्री",
    "वाङ्मय",
    "पङ्क्ति",
    "लङ्का",
    "अञ्चल",
    "कण्ठ",
    "दर्ज़ी",
    "गऱ्या",
    "र्‍य",
    "क्‍ष",
    "क्‌ष",
    "ॐ",
    "ऑफ़िस",
    "कॉलेज",
    "मैं",
    "में",
    "हैं",
    "नौटियाल",
    "ईंट",
    "ऊँचाई",
    "दुःख",
    "डॉ.",
    "छः",
    "श्री",
]

BLOCK = SignatureBlock(
    reference_number="5213846",
    name="डॉ. मीनाक्षी वर्धन",
    designation="सचिव, सामान्य प्रशासन",
    signed_at="24-11-2026, 16:42:18 IST",
    reason="अनुमोदित",
    verify_url="https://verify.gad.state.example/v/5213846",
)

BODY = """<p>उपर्युक्त विषयक कृपया अपने पत्र संख्या 1147/नाजिर/2026-27, दिनांक 9 नवम्बर, 2026 का सन्दर्भ ग्रहण करें।</p>
<p>2. इस सम्बन्ध में मुझे यह कहने का निदेश हुआ है कि सम्यक् विचारोपरान्त उक्त कार्य हेतु <strong>₹18.40 लाख</strong>
(रुपये अठारह लाख चालीस हजार मात्र) की प्रशासकीय एवं <u>वित्तीय स्वीकृति</u> निम्नलिखित शर्तों के अधीन प्रदान की जाती है:</p>
<ol type="a"><li>धनराशि का आहरण दो समान किस्तों में किया जाएगा;</li><li>कार्य <em>स्वीकृत</em> दरों पर कराया जाएगा।</li></ol>
<p>3. The expenditure is met from the budget of 2026-27 (“लघु निर्माण”).</p>"""

LETTER = Letter(
    language="hi",
    letterhead=Letterhead(
        "राज्य शासन",
        "सामान्य प्रशासन अनुभाग-3",
        ("राज्य सचिवालय, कक्ष 214", "दूरभाष 0500-0000000", "gad3@gad.state.example"),
        "Government of the State",
        "General Administration Section-3",
    ),
    number="412/सा.प्र.-3/2026-12(45)/2026",
    date_text="24 नवम्बर, 2026",
    sender=Person("डॉ. मीनाक्षी वर्धन", "सचिव, राज्य शासन"),
    addressee=("जिलाधिकारी", "सरयूपुर"),
    subject="अभिलेखागार भवन की छत एवं विद्युत वायरिंग की मरम्मत हेतु धनराशि की स्वीकृति के सम्बन्ध में।",
    salutation="महोदय,",
    body_html=BODY,
    signatory=Person("डॉ. मीनाक्षी वर्धन", "सचिव"),
    made_at=dt.datetime(2026, 11, 24, 11, 12, 18, tzinfo=dt.UTC),
    enclosures=("परीक्षित आगणन (5 पृष्ठ)",),
    closing="भवदीया,",
    endorsement=Endorsement(
        "412(1)/सा.प्र.-3/2026",
        ("महालेखाकार (लेखा एवं हकदारी)", "मण्डलायुक्त, सरयू मण्डल", "गार्ड फाइल"),
        Person("रेखा नौटियाल", "अनु सचिव"),
    ),
    block=BLOCK,
    extra={"manifest_hash": "ab" * 32},
)

DRAFT = replace(LETTER, number=None, date_text=None, block=None, extra={})

NOTE = NoteEntry(
    number="7",
    html='<p>पृष्ठ <a class="flag" href="/p/3">क</a> पर रखा <strong>पत्र</strong> देखें।</p>',
    author="राम कुमार",
    post="समीक्षा अधिकारी",
    time_text="20-11-2026, 11:02",
    state_text="श्रृंखला में अंकित",
)

RECORD = NoteSheet(
    language="hi",
    office="सामान्य प्रशासन अनुभाग-3",
    file_number="412/सा.प्र.-3/2026",
    subject=LETTER.subject,
    notes=(NOTE,),
    made_at=LETTER.made_at,
    author="डॉ. मीनाक्षी वर्धन",
    decision=Decision(
        act="अनुमोदन",
        meaning="प्रारूप संस्करण 4 अनुमोदित; पत्र जारी होगा।",
        line_html="<p>अनुमोदित।</p>",
        officer="डॉ. मीनाक्षी वर्धन",
        post="सचिव",
        time_text="24-11-2026, 16:42:18 IST",
        facts=(("प्रारूप", "संस्करण 4"), ("टिप्पणी का हैश", "cd" * 32)),
    ),
    block=BLOCK,
    extra={"manifest_hash": "ab" * 32},
)


def letter_with(body: str, **changes: object) -> Letter:
    """The letter with another text and nothing else that varies."""
    return replace(LETTER, body_html=body, endorsement=None, **changes)  # type: ignore[arg-type]
