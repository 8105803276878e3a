"""The department of the demo: offices, sections, posts and people. Everything here is invented.

Keys of people (`"secretary"`) are what the seed, the start page and the journey call them by. The main path runs
diarist, dealing_assistant, section_officer, under_secretary, secretary.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from eoffice.core.actor import Role
from eoffice.core.errors import Text

# For the real sign-in page. The start page needs no password.
PASSWORD = "open-eoffice-demo"  # noqa: S105 - shown on the demo's start page
MAIL_DOMAIN = "state.example"

# The signing PINs of those who sign; shown on the demo's start page and nowhere else.
PINS: dict[str, str] = {
    "secretary": "48291375",
    "special_secretary": "61520438",
    "joint_secretary": "73058164",
    "under_secretary": "29461783",
    "section_officer": "85134629",
    "secretary_fin": "36720915",
    "joint_secretary_fin": "94815267",
    "under_secretary_fin": "50673842",
    "secretary_ite": "17349568",
    "under_secretary_ite": "62908437",
    "director_dse": "40817263",
    "emd_manager_dse": "58203946",
    "emd_manager": "71649258",
}


@dataclass(frozen=True, slots=True)
class OfficeRow:
    code: str
    name_en: str
    name_hi: str
    short_hi: str
    room_en: str
    room_hi: str
    phone: str


@dataclass(frozen=True, slots=True)
class SectionRow:
    code: str
    office: str
    name_en: str
    name_hi: str
    receiving: str
    is_registry: bool = False


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post; its name follows from designation, number and section or office."""

    marking: str
    office: str
    section: str | None
    designation: str
    superior: str | None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Person:
    key: str
    marking: str
    name_en: str
    name_hi: str
    since: str
    roles: tuple[Role, ...] = ()

    @property
    def email(self) -> str:
        """As a government address is made: the person's names, dots between them, at the office."""
        words = [word.strip(".").lower() for word in self.name_en.removeprefix("Dr. ").split()]
        return f"{'.'.join(words)}@{self.office.lower()}.{MAIL_DOMAIN}"

    @property
    def office(self) -> str:
        return next(post.office for post in POSTS if post.marking == self.marking)

    @property
    def pin(self) -> str:
        """Empty for those who do not sign."""
        return PINS.get(self.key, "")


@dataclass(frozen=True, slots=True)
class Walk:
    """One step of the main job: who does it (nobody: anyone, signed out), and what."""

    number: int
    person: str | None
    words: Text


OFFICES = (
    OfficeRow(
        "GAD",
        "General Administration Department",
        "सामान्य प्रशासन विभाग",
        "सा.प्र.वि.",
        "Room 214, Secretariat Main Building, State Capital 500001",
        "कक्ष संख्या 214, सचिवालय मुख्य भवन, राज्य की राजधानी-500001",
        "0500-0000214",
    ),
    OfficeRow(
        "FIN",
        "Finance Department",
        "वित्त विभाग",
        "वित्त",
        "Room 118, Secretariat Annexe, State Capital 500001",
        "कक्ष संख्या 118, सचिवालय उपभवन, राज्य की राजधानी-500001",
        "0500-0000118",
    ),
    OfficeRow(
        "ITE",
        "Information Technology and Electronics Department",
        "सूचना प्रौद्योगिकी एवं इलेक्ट्रॉनिक्स विभाग",
        "सू.प्रौ.",
        "Room 305, Secretariat Annexe, State Capital 500001",
        "कक्ष संख्या 305, सचिवालय उपभवन, राज्य की राजधानी-500001",
        "0500-0000305",
    ),
    # An office that is only beginning: two people, and a sheet of 300 to bring on board (eoffice.demo.staff_sheet).
    OfficeRow(
        "DSE",
        "Directorate of School Education",
        "विद्यालयी शिक्षा निदेशालय",
        "वि.शि.नि.",
        "Education House, Ring Road, State Capital 500004",
        "शिक्षा भवन, रिंग रोड, राज्य की राजधानी-500004",
        "0500-0000404",
    ),
)

SECTIONS = (
    SectionRow("GAD-1", "GAD", "General Administration Section 1", "सामान्य प्रशासन अनुभाग-1", "SO-GAD1"),
    SectionRow("GAD-3", "GAD", "General Administration Section 3", "सामान्य प्रशासन अनुभाग-3", "DA1-GAD3"),
    SectionRow("CR", "GAD", "Central Registry", "केन्द्रीय पंजी अनुभाग", "RC-CR", is_registry=True),
    SectionRow("FIN-2", "FIN", "Finance (Budget) Section 2", "वित्त (आय-व्ययक) अनुभाग-2", "DA-FIN2"),
    SectionRow("FIN-5", "FIN", "Finance (Internal Audit) Section 5", "वित्त (आन्तरिक लेखा परीक्षा) अनुभाग-5", "DA-FIN5"),
    SectionRow("ITE-1", "ITE", "Information Technology Section 1", "सूचना प्रौद्योगिकी अनुभाग-1", "DA-ITE1"),
    SectionRow("DSE-1", "DSE", "Establishment Section 1", "अधिष्ठान अनुभाग-1", "SO-DSE1"),
    SectionRow("DSE-2", "DSE", "Basic Education Section 2", "बेसिक शिक्षा अनुभाग-2", "SO-DSE1"),
    SectionRow("DSE-3", "DSE", "Secondary Education Section 3", "माध्यमिक शिक्षा अनुभाग-3", "SO-DSE1"),
    SectionRow("DSE-4", "DSE", "Accounts Section 4", "लेखा अनुभाग-4", "SO-DSE1"),
    SectionRow("DSE-5", "DSE", "Scholarships Section 5", "छात्रवृत्ति अनुभाग-5", "SO-DSE1"),
    SectionRow("DSE-6", "DSE", "Hostels Section 6", "छात्रावास अनुभाग-6", "SO-DSE1"),
)

# Code, names in both scripts, rank.
DESIGNATIONS = (
    ("SECY", "Secretary", "सचिव", 10),
    ("SPLS", "Special Secretary", "विशेष सचिव", 20),
    ("JS", "Joint Secretary", "संयुक्त सचिव", 30),
    ("DIR", "Director", "निदेशक", 25),
    ("DD", "Deputy Director", "उप निदेशक", 35),
    ("US", "Under Secretary", "अनु सचिव", 40),
    ("AO", "Audit Officer", "लेखा परीक्षा अधिकारी", 50),
    ("SO", "Section Officer", "अनुभाग अधिकारी", 50),
    ("RO", "Review Officer", "समीक्षा अधिकारी", 60),
    ("DA", "Dealing Assistant", "पटल सहायक", 70),
    ("RC", "Registry Clerk", "पंजी लिपिक", 80),
    ("DSP", "Dispatcher", "प्रेषण लिपिक", 80),
)

# The channel of submission stands in `superior`; superiors come before those below them.
POSTS = (
    PostRow("SECY-GAD", "GAD", None, "SECY", None),
    PostRow("SPLS-GAD", "GAD", None, "SPLS", "SECY-GAD"),
    PostRow("JS-GAD", "GAD", None, "JS", "SPLS-GAD"),
    PostRow("US1-GAD", "GAD", None, "US", "SECY-GAD", 1),
    PostRow("US2-GAD", "GAD", None, "US", "JS-GAD", 2),
    PostRow("SO-GAD3", "GAD", "GAD-3", "SO", "US1-GAD"),
    PostRow("RO-GAD3", "GAD", "GAD-3", "RO", "SO-GAD3"),
    PostRow("DA1-GAD3", "GAD", "GAD-3", "DA", "SO-GAD3", 1),
    PostRow("DA2-GAD3", "GAD", "GAD-3", "DA", "SO-GAD3", 2),
    PostRow("SO-GAD1", "GAD", "GAD-1", "SO", "US2-GAD"),
    PostRow("DA1-GAD1", "GAD", "GAD-1", "DA", "SO-GAD1", 1),
    PostRow("DA2-GAD1", "GAD", "GAD-1", "DA", "SO-GAD1", 2),
    PostRow("SO-CR", "GAD", "CR", "SO", "US1-GAD"),
    PostRow("RC-CR", "GAD", "CR", "RC", "SO-CR"),
    PostRow("DSP-CR", "GAD", "CR", "DSP", "SO-CR"),
    PostRow("SECY-FIN", "FIN", None, "SECY", None),
    PostRow("JS-FIN", "FIN", None, "JS", "SECY-FIN"),
    PostRow("US-FIN", "FIN", None, "US", "JS-FIN"),
    PostRow("SO-FIN2", "FIN", "FIN-2", "SO", "US-FIN"),
    PostRow("RO-FIN2", "FIN", "FIN-2", "RO", "SO-FIN2"),
    PostRow("DA-FIN2", "FIN", "FIN-2", "DA", "SO-FIN2"),
    PostRow("AO-FIN5", "FIN", "FIN-5", "AO", "JS-FIN"),
    PostRow("DA-FIN5", "FIN", "FIN-5", "DA", "AO-FIN5"),
    PostRow("SECY-ITE", "ITE", None, "SECY", None),
    PostRow("JS-ITE", "ITE", None, "JS", "SECY-ITE"),
    PostRow("US-ITE", "ITE", None, "US", "JS-ITE"),
    PostRow("SO-ITE1", "ITE", "ITE-1", "SO", "US-ITE"),
    PostRow("DA-ITE1", "ITE", "ITE-1", "DA", "SO-ITE1"),
    PostRow("DIR-DSE", "DSE", None, "DIR", None),
    PostRow("SO-DSE1", "DSE", "DSE-1", "SO", "DIR-DSE"),
)

PEOPLE = (
    Person("diarist", "RC-CR", "Mohan Arya", "मोहन आर्य", "2021-07-05", (Role.REGISTRY_CLERK,)),
    Person("dealing_assistant", "DA1-GAD3", "Farida Anjum", "फ़रीदा अंजुम", "2022-05-02"),
    Person("section_officer", "SO-GAD3", "Irfan Siddiqui", "इरफ़ान सिद्दीक़ी", "2022-08-19"),
    Person("under_secretary", "US1-GAD", "Rekha Nautiyal", "रेखा नौटियाल", "2023-03-07"),
    Person("secretary", "SECY-GAD", "Dr. Meenakshi Vardhan", "डॉ. मीनाक्षी वर्धन", "2025-06-03"),
    Person("auditor", "AO-FIN5", "Joseph Kujur", "जोसेफ़ कुजूर", "2023-11-20", (Role.AUDITOR,)),
    Person("emd_manager", "SO-GAD1", "Suresh Pokhriyal", "सुरेश पोखरियाल", "2021-02-15", (Role.EMD_MANAGER,)),
    Person("super_admin", "SO-ITE1", "Anjali Sahay", "अंजलि सहाय", "2024-01-08", (Role.SUPER_ADMIN,)),
    Person("special_secretary", "SPLS-GAD", "Harsh Deshpande", "हर्ष देशपांडे", "2024-01-12"),
    Person("joint_secretary", "JS-GAD", "Nasreen Qureshi", "नसरीन क़ुरैशी", "2023-09-04"),
    Person("review_officer", "RO-GAD3", "Kamla Bisht", "कमला बिष्ट", "2021-05-02"),
    Person("dealing_assistant_2", "DA2-GAD3", "Lakhan Oraon", "लखन उराँव", "2024-10-01"),
    Person("dealing_assistant_gad1", "DA1-GAD1", "Anil Rawat", "अनिल रावत", "2022-12-12"),
    Person("registry_officer", "SO-CR", "Gita Semwal", "गीता सेमवाल", "2020-06-22", (Role.REGISTRY_CLERK,)),
    Person("dispatcher", "DSP-CR", "Pushpa Toppo", "पुष्पा टोप्पो", "2023-04-03", (Role.REGISTRY_CLERK,)),
    Person("secretary_fin", "SECY-FIN", "Ashok Raman", "अशोक रमन", "2024-08-26"),
    Person("joint_secretary_fin", "JS-FIN", "Sudha Kelkar", "सुधा केलकर", "2023-02-13"),
    Person("under_secretary_fin", "US-FIN", "Balbir Thapliyal", "बलबीर थपलियाल", "2022-09-09"),
    Person("section_officer_fin", "SO-FIN2", "Zeenat Parveen", "ज़ीनत परवीन", "2021-11-01", (Role.EMD_MANAGER,)),
    Person("review_officer_fin", "RO-FIN2", "Deepak Hansda", "दीपक हाँसदा", "2024-03-18"),
    Person("dealing_assistant_fin", "DA-FIN2", "Sarita Maurya", "सरिता मौर्य", "2022-07-25"),
    Person("audit_assistant", "DA-FIN5", "Naveen Kandpal", "नवीन काण्डपाल", "2023-01-30"),
    Person("secretary_ite", "SECY-ITE", "Vandana Iyer", "वन्दना अय्यर", "2024-11-11"),
    Person("under_secretary_ite", "US-ITE", "Tarun Baluni", "तरुण बलूनी", "2023-06-15", (Role.EMD_MANAGER,)),
    Person("dealing_assistant_ite", "DA-ITE1", "Rukmini Negi", "रुक्मिणी नेगी", "2024-05-06"),
    Person("director_dse", "DIR-DSE", "Savita Barthwal", "सविता बर्थवाल", "2025-01-20"),
    Person("emd_manager_dse", "SO-DSE1", "Hari Tamta", "हरि टम्टा", "2023-10-16", (Role.EMD_MANAGER,)),
)

# A vacant post is shown with a link officer (US2-GAD), and one without anybody (DA2-GAD1).
ADDITIONAL = (("joint_secretary", "JS-ITE", "2025-02-03", "GAD-1/311/2025"),)
LINKS = (("under_secretary", "US2-GAD", "2025-08-18", "GAD-1/1204/2025"),)
# Of each office the head's post, and that of the drawing and disbursing officer where there is one (R3, R21).
HEADS = {
    "GAD": ("SECY-GAD", "US1-GAD"),
    "FIN": ("SECY-FIN", "US-FIN"),
    "ITE": ("SECY-ITE", "US-ITE"),
    "DSE": ("DIR-DSE", ""),
}

# Who has not opened the mailed link yet, so that the board of readiness has something to show.
UNCONFIRMED = ("audit_assistant", "dealing_assistant_ite", "review_officer_fin")

WALK = (
    Walk(1, "diarist", _("Upload the letter, diarise it, print the acknowledgement, mark it to GAD-3.")),
    Walk(2, "dealing_assistant", _("Open a file for it, write a note with a flag, draft the reply, forward the file.")),
    Walk(3, "section_officer", _("Add a note, correct the draft, forward, pull back once, forward again.")),
    Walk(4, "under_secretary", _("Open it, add one line, put the draft up to the Secretary.")),
    Walk(5, "secretary", _("Read the decision view, write one line, approve, and sign with the PIN.")),
    Walk(6, "dealing_assistant", _("Issue the signed letter, dispose of the receipt as replied, park the file.")),
    Walk(7, None, _("Signed out: check the letter by its QR code or by upload, on the page for everybody.")),
    Walk(8, "auditor", _("Open the file's history and see every movement and act.")),
)


def by_key(key: str) -> Person:
    """The person of the cast; KeyError for a key that nobody has."""
    return {person.key: person for person in PEOPLE}[key]


def pins_by_address() -> dict[str, str]:
    """The PINs of those who sign, by the address with which they sign in: for commands that act as one of them."""
    return {person.email: person.pin for person in PEOPLE if person.pin}
