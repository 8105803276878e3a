"""The texts of mails about relieving, joining, link officers, retirement and vacant desks: both languages in each.

They are no part of the catalogue, because each mail carries both (see `mails`). They name posts, days and counts,
never the subject of a paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from employee_master.mails import Text, day

Names = tuple[str, str]


def list_to_sign(post: Names, link: str, *, gives: bool) -> Text:
    hindi = "कार्यभार देने वाले" if gives else "कार्यभार लेने वाले"
    english = "gives the charge" if gives else "takes the charge over"
    return Text(
        ("ई-ऑफ़िस: कार्यभार सूची पर हस्ताक्षर", "e-Office: a charge list to sign"),
        (f"{post[0]} की कार्यभार सूची तैयार है; {hindi} अधिकारी के रूप में आपका हस्ताक्षर अपेक्षित है।", link),
        (f"The charge list of {post[1]} is ready. Your signature is awaited as the officer who {english}.", link),
    )


def relieved(post: Names, on: date) -> Text:
    hindi, english = day(on)
    return Text(
        ("ई-ऑफ़िस: आप कार्यमुक्त हुए", "e-Office: you are relieved"),
        (
            f"आप {hindi} को {post[0]} के प्रभार से कार्यमुक्त हुए।",
            "इस कार्यालय का आपका डिजिटल हस्ताक्षर बन्द किया गया है, यदि यहाँ आपका कोई अन्य प्रभार नहीं है।",
        ),
        (
            f"You were relieved of the charge of {post[1]} on {english}.",
            "Your digital signature at this office has ended, unless you hold another charge there.",
        ),
    )


def restored(post: Names) -> Text:
    return Text(
        ("ई-ऑफ़िस: कार्यमुक्ति का संशोधन", "e-Office: a relieving was corrected"),
        (
            f"{post[0]} के प्रभार से आपकी कार्यमुक्ति संशोधित की गई है; प्रभार पुनः आपके पास है।",
            "डिजिटल हस्ताक्षर नए सिरे से पंजीकृत करना होगा।",
        ),
        (
            f"Your relieving from the charge of {post[1]} was corrected: you hold the charge again.",
            "Your digital signature has to be registered anew.",
        ),
    )


def desk_received(from_post: Names, to_post: Names, count: int, link: str) -> Text:
    return Text(
        ("ई-ऑफ़िस: पटल आपको सौंपा गया", "e-Office: a desk was handed over to you"),
        (f"{from_post[0]} के पटल से {count} पत्रावलियाँ एवं आवतियाँ {to_post[0]} के पटल पर आई हैं।", link),
        (f"{count} files and receipts came from the desk of {from_post[1]} to that of {to_post[1]}.", link),
    )


def joining_ordered(post: Names, on: date) -> Text:
    hindi, english = day(on)
    return Text(
        ("ई-ऑफ़िस: कार्यभार ग्रहण का आदेश", "e-Office: an order to join"),
        (f"आदेशानुसार आपको {hindi} को {post[0]} का कार्यभार ग्रहण करना है।",),
        (f"By order you are to join as {post[1]} on {english}.",),
    )


def joined(post: Names, on: date) -> Text:
    hindi, english = day(on)
    return Text(
        ("ई-ऑफ़िस: कार्यभार ग्रहण", "e-Office: you have joined"),
        (
            f"{hindi} से {post[0]} का प्रभार आपके नाम अंकित है।",
            "डिजिटल हस्ताक्षर के लिए “मेरा हस्ताक्षर” पृष्ठ खोलें।",
        ),
        (f"From {english} you hold the charge of {post[1]}.", "For a digital signature open the page “My signature”."),
    )


def joining_waits(person: Names, post: Names, link: str) -> Text:
    return Text(
        ("ई-ऑफ़िस: कार्यभार ग्रहण रुका है", "e-Office: a joining waits"),
        (f"{person[0]} का {post[0]} पर कार्यभार ग्रहण अभी प्रभावी नहीं हो सका। कारण पृष्ठ पर देखें:", link),
        (f"The joining of {person[1]} as {post[1]} could not take effect yet. The page says why:", link),
    )


def link_named(post: Names, first: date, last: date, *, confidential: bool) -> Text:
    (from_hi, from_en), (to_hi, to_en) = day(first), day(last)
    papers = (
        ("गोपनीय पत्रों सहित।", "Confidential papers included.")
        if confidential
        else ("गोपनीय पत्रों के बिना।", "Without confidential papers.")
    )
    return Text(
        ("ई-ऑफ़िस: आप लिंक अधिकारी हैं", "e-Office: you are link officer"),
        (f"{from_hi} से {to_hi} तक आप {post[0]} के लिंक अधिकारी हैं। {papers[0]}",),
        (f"From {from_en} to {to_en} you are link officer for {post[1]}. {papers[1]}",),
    )


def retires(person: Names, on: date, days: int, link: str) -> Text:
    hindi, english = day(on)
    return Text(
        ("ई-ऑफ़िस: सेवानिवृत्ति निकट", "e-Office: a retirement is near"),
        (f"{person[0]} {hindi} को सेवानिवृत्त होंगे ({days} दिन)। पटल समय से सौंपा जाए:", link),
        (f"{person[1]} retires on {english} ({days} days). Have the desk handed over in time:", link),
    )


def vacant_desks(office: Names, lines: Sequence[tuple[str, int]], unplaced: int, link: str) -> Text:
    """`lines` are marking and count of each vacant post with things on it."""
    listed = [f"{marking}: {count}" for marking, count in lines]
    none_hi = [f"{unplaced} पटल किसी को नहीं दिए जा सके: निर्णय आप करें।"] if unplaced else []
    none_en = [f"{unplaced} desks could not be given to anybody: decide on the page."] if unplaced else []
    return Text(
        ("ई-ऑफ़िस: रिक्त पटल", "e-Office: vacant desks"),
        (f"{office[0]}: इन रिक्त पदों के पटल पर कार्य पड़ा है:", "\n".join(listed), *none_hi, link),
        (f"{office[1]}: work lies on the desks of these vacant posts:", "\n".join(listed), *none_en, link),
    )


def desk_guarded(from_post: Names, to_post: Names, count: int, link: str) -> Text:
    return Text(
        ("ई-ऑफ़िस: रिक्त पद का कार्य आपके पटल पर", "e-Office: the work of a vacant post came to you"),
        (f"{from_post[0]} रिक्त है; उसके पटल से {count} पत्रावलियाँ एवं आवतियाँ {to_post[0]} के पटल पर आई हैं।", link),
        (f"{from_post[1]} is vacant; {count} files and receipts came from its desk to that of {to_post[1]}.", link),
    )
