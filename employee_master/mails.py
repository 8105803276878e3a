"""The texts of mails about accounts, roles and reviews: both languages in each, Hindi first.

They are no part of the catalogue, because each mail carries both. They name no secret but the link they are for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import override

from employee_master.models import Account
from eoffice.core.templatetags.eoffice_ui import office_long_date


@dataclass(frozen=True, slots=True)
class Text:
    """Subject and lines, in Hindi and in English."""

    subject: tuple[str, str]
    hi: tuple[str, ...]
    en: tuple[str, ...]


def _instance() -> tuple[str, str]:
    return settings.INSTANCE_NAME_HI, settings.INSTANCE_NAME_EN


def day(on: date) -> tuple[str, str]:
    """The day as letters have it, in both languages."""
    with override("hi"):
        hindi = office_long_date(on)
    with override("en"):
        return hindi, office_long_date(on)


def invitation(link: str, days: int) -> Text:
    hindi, english = _instance()
    return Text(
        ("ई-ऑफ़िस में आपका खाता", "Your e-Office account"),
        (
            f"{hindi} के ई-ऑफ़िस में आपका खाता खोला गया है।",
            "नीचे के लिंक से अपना पासवर्ड चुनें; इससे आपके ई-मेल पते की पुष्टि भी हो जाएगी।",
            f"लिंक {days} दिन तक मान्य है और एक ही बार खुलता है:",
            link,
            "यदि यह संदेश आपके लिए नहीं है, तो इस पर कुछ न करें और अपने ईएमडी प्रबन्धक को बताएँ।",
        ),
        (
            f"An account has been opened for you in the e-Office of {english}.",
            "Set your password by the link below; that also confirms your e-mail address.",
            f"The link is valid for {days} days and opens once:",
            link,
            "If this is not meant for you, do nothing with it and tell your EMD manager.",
        ),
    )


def forgotten(link: str, hours: int) -> Text:
    return Text(
        ("ई-ऑफ़िस: नया पासवर्ड", "e-Office: new password"),
        (
            "आपके खाते के लिए नया पासवर्ड चुनने का लिंक माँगा गया है।",
            f"लिंक {hours} घंटे तक मान्य है और एक ही बार खुलता है:",
            link,
            "यदि आपने नहीं माँगा है, तो कुछ न करें: पुराना पासवर्ड बना रहेगा।",
        ),
        (
            "A link to set a new password for your account was asked for.",
            f"The link is valid for {hours} hours and opens once:",
            link,
            "If it was not you, do nothing: the old password stays.",
        ),
    )


_NOT_YOU = (
    "यदि यह आपने नहीं किया है, तो तुरन्त अपने ईएमडी प्रबन्धक को बताएँ।",
    "If it was not you, tell your EMD manager at once.",
)

# What was done, by the code in the outbox row.
_NOTICES: dict[str, Text] = {
    "password": Text(
        ("ई-ऑफ़िस: पासवर्ड बदला गया", "e-Office: password changed"),
        ("आपके खाते का पासवर्ड बदला गया है, और आपको सभी जगह से साइन-आउट कर दिया गया है।", _NOT_YOU[0]),
        ("The password of your account was changed, and you were signed out everywhere.", _NOT_YOU[1]),
    ),
    "factor_enrolled": Text(
        ("ई-ऑफ़िस: द्वितीय कारक जोड़ा गया", "e-Office: second factor set up"),
        ("आपके खाते में प्रमाणक ऐप (द्वितीय कारक) जोड़ा गया है।", _NOT_YOU[0]),
        ("An authenticator (second factor) was set up for your account.", _NOT_YOU[1]),
    ),
    "factor_reset": Text(
        ("ई-ऑफ़िस: द्वितीय कारक हटाया गया", "e-Office: second factor reset"),
        (
            "आपके ईएमडी प्रबन्धक ने आपके खाते का द्वितीय कारक हटाया है, और आपको सभी जगह से साइन-आउट कर दिया गया है।",
            "अगली बार साइन-इन करके नया प्रमाणक ऐप जोड़ें।",
            "यदि आपने यह नहीं कहा था, तो तुरन्त सुपर एडमिन को बताएँ।",
        ),
        (
            "Your EMD manager has reset the second factor of your account, and you were signed out everywhere.",
            "Set up a new authenticator when you sign in next.",
            "If you did not ask for this, tell the super admin at once.",
        ),
    ),
    "super_admin_proposed": Text(
        ("ई-ऑफ़िस: सुपर एडमिन का प्रस्ताव", "e-Office: a super admin is proposed"),
        ("नए सुपर एडमिन का प्रस्ताव है; दूसरे सुपर एडमिन की पुष्टि आवश्यक है।", "“भूमिकाएँ” पृष्ठ देखें।"),
        ("A new super admin is proposed; another super admin must confirm.", "See the page “Roles”."),
    ),
    "super_admin_added": Text(
        ("ई-ऑफ़िस: नए सुपर एडमिन", "e-Office: a new super admin"),
        ("इस ई-ऑफ़िस में एक नए सुपर एडमिन जुड़े हैं।", "“भूमिकाएँ” पृष्ठ पर देखें कि कौन।"),
        ("A super admin was added to this instance.", "The page “Roles” shows who."),
    ),
    "super_admin_ended": Text(
        ("ई-ऑफ़िस: एक सुपर एडमिन की भूमिका समाप्त", "e-Office: the role of a super admin has ended"),
        ("इस ई-ऑफ़िस के एक सुपर एडमिन की भूमिका समाप्त की गई है।", "“भूमिकाएँ” पृष्ठ पर देखें कि किसकी।"),
        ("The role of a super admin of this instance was ended.", "The page “Roles” shows whose."),
    ),
}


def notice(what: str) -> Text:
    """What was done; KeyError for a code that nobody knows."""
    return _NOTICES[what]


def role_ends(role: tuple[str, str], person: tuple[str, str], on: date) -> Text:
    hindi, english = day(on)
    return Text(
        ("ई-ऑफ़िस: भूमिका समाप्त होने वाली है", "e-Office: a role is about to end"),
        (
            f"{person[0]} की भूमिका “{role[0]}” {hindi} को समाप्त होगी।",
            "यदि वह आगे भी आवश्यक है, तो उससे पहले नई अवधि के लिए दी जाए।",
        ),
        (
            f"The role “{role[1]}” of {person[1]} ends on {english}.",
            "If it is still needed, it must be granted for another period before that.",
        ),
    )


def review_due(office: tuple[str, str], quarter: tuple[str, str], link: str, *, overdue: bool) -> Text:
    late = ("यह समीक्षा विलम्बित है। ", "It is overdue. ") if overdue else ("", "")
    return Text(
        ("ई-ऑफ़िस: अधिकार समीक्षा", "e-Office: access review"),
        (
            f"{office[0]}: {quarter[0]} की अधिकार समीक्षा शेष है। {late[0]}".strip(),
            "देखें कि कार्यालय में किसे क्या अधिकार है, और एक क्लिक से दर्ज करें:",
            link,
        ),
        (
            f"{office[1]}: the access review for {quarter[1]} is to be done. {late[1]}".strip(),
            "See who may do what in the office, and record it with one click:",
            link,
        ),
    )


def mail_to(account: Account, text: Text, *, key: str) -> EmailMessage:
    """The mail, with an id fixed by the outbox row, so that a second try is known for the same one."""
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    return EmailMessage(
        subject=" · ".join(text.subject),
        body="\n\n".join([*text.hi, "---", *text.en, ""]),
        to=[account.email],
        headers={"Message-ID": f"<{key}@{host}>"},
    )
