"""The published checklist of an office's readiness (R8), as data: what is looked at, in both languages.

An instance adapts it with rows of `ReadinessItem` (other words, switched off, own items to be ticked); `queries.
readiness.items` lays them over this list.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ItemKind(StrEnum):
    """How the system knows: it counts by itself, or somebody ticks with evidence, or enters who was nominated."""

    COMPUTED = "computed"
    TICKED = "ticked"
    NOMINATED = "nominated"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the checklist; `icon` is a picture of the sprite."""

    code: str
    kind: ItemKind
    icon: str
    name_en: str
    name_hi: str
    help_en: str
    help_hi: str
    position: int
    is_own: bool = False


_ROWS: tuple[tuple[str, ItemKind, str, str, str, str, str], ...] = (
    (
        "head_post",
        ItemKind.COMPUTED,
        "person-badge",
        "Head of office entered",
        "कार्यालयाध्यक्ष का पद प्रविष्ट",
        "The head certifies the staff, approves changes and signs requests for exemption.",
        "कार्यालयाध्यक्ष कार्मिकों को प्रमाणित करते, परिवर्तन अनुमोदित करते और छूट के अनुरोध पर हस्ताक्षर करते हैं।",
    ),
    (
        "ddo_post",
        ItemKind.COMPUTED,
        "person-badge",
        "Drawing and disbursing officer entered",
        "आहरण वितरण अधिकारी का पद प्रविष्ट",
        "The officer who checks changes of master data against the evidence.",
        "जो अधिकारी मास्टर प्रविष्टियों के परिवर्तन का साक्ष्य से मिलान करते हैं।",
    ),
    (
        "emd_manager",
        ItemKind.COMPUTED,
        "gear",
        "EMD manager nominated",
        "ईएमडी प्रबंधक नामित",
        "Counted from the role: somebody of the office holds it today.",
        "भूमिका से गिना जाता है: आज कार्यालय के किसी व्यक्ति के पास यह भूमिका है।",
    ),
    (
        "nodal_officer",
        ItemKind.NOMINATED,
        "person-check",
        "Nodal officer nominated",
        "नोडल अधिकारी नामित",
        "The officer in charge of the roll-out in this office, with the order's number and date.",
        "इस कार्यालय में कार्यान्वयन के प्रभारी अधिकारी, आदेश की संख्या और दिनांक सहित।",
    ),
    (
        "posts_filled",
        ItemKind.COMPUTED,
        "people",
        "Posts filled",
        "पद भरे",
        "Posts of the office that somebody fills today. A link officer does not fill a post.",
        "कार्यालय के वे पद जिन पर आज कोई कार्यरत है। लिंक अधिकारी से पद भरा नहीं माना जाता।",
    ),
    (
        "email_confirmed",
        ItemKind.COMPUTED,
        "envelope-at",
        "E-mail confirmed",
        "ई-मेल की पुष्टि",
        "People who opened the link that was mailed to their government address.",
        "जिन्होंने अपने शासकीय पते पर भेजी गई कड़ी खोली है।",
    ),
    (
        "second_factor",
        ItemKind.COMPUTED,
        "phone",
        "Second factor",
        "द्वितीय कारक",
        "People who sign in with an authenticator or a passkey besides the password.",
        "जो पासवर्ड के साथ प्रमाणक ऐप या पासकी से प्रवेश करते हैं।",
    ),
    (
        "credential_active",
        ItemKind.COMPUTED,
        "key",
        "Digital signature",
        "डिजिटल हस्ताक्षर",
        "People with an active digital signature that counts at this office.",
        "जिनका डिजिटल हस्ताक्षर सक्रिय है और इस कार्यालय में मान्य है।",
    ),
    (
        "practice_moved",
        ItemKind.COMPUTED,
        "folder-check",
        "Practice file sent",
        "अभ्यास पत्रावली भेजी",
        "People who have sent a practice file to a colleague themselves.",
        "जिन्होंने स्वयं किसी सहकर्मी को अभ्यास पत्रावली भेजी है।",
    ),
    (
        "access_review",
        ItemKind.COMPUTED,
        "shield-check",
        "Access review of this quarter",
        "इस तिमाही की अधिकार समीक्षा",
        "The head has looked through roles, additional charges and link arrangements in this quarter.",
        "कार्यालयाध्यक्ष ने इस तिमाही में भूमिकाएँ, अतिरिक्त प्रभार और लिंक व्यवस्थाएँ देख ली हैं।",
    ),
    (
        "hardware",
        ItemKind.TICKED,
        "printer",
        "Hardware in place",
        "हार्डवेयर उपलब्ध",
        "Computers, scanners and printers stand where they are needed. Evidence: stock list or note of inspection.",
        "कम्प्यूटर, स्कैनर और प्रिंटर यथास्थान उपलब्ध हैं। साक्ष्य: स्टॉक सूची या निरीक्षण टिप्पणी।",
    ),
    (
        "network",
        ItemKind.TICKED,
        "globe",
        "Network in place",
        "नेटवर्क उपलब्ध",
        "Every desk reaches the system over the state's network or a protected line.",
        "प्रत्येक पटल राज्य नेटवर्क या सुरक्षित लाइन से प्रणाली तक पहुँचता है।",
    ),
    (
        "vertical_training",
        ItemKind.TICKED,
        "chat-square-quote",
        "Vertical training held",
        "सभी स्तरों का एक साथ प्रशिक्षण",
        "At least one training with all levels of the office together. Evidence: attendance sheet.",
        "कार्यालय के सभी स्तरों का एक साथ कम से कम एक प्रशिक्षण। साक्ष्य: उपस्थिति पत्रक।",
    ),
    (
        "user_guide",
        ItemKind.TICKED,
        "journal-text",
        "User guide handed out",
        "प्रयोक्ता पुस्तिका वितरित",
        "Everybody has the user guide in their language.",
        "सभी को अपनी भाषा में प्रयोक्ता पुस्तिका मिल चुकी है।",
    ),
)  # fmt: skip

ITEMS = tuple(Item(*row, position=10 * number) for number, row in enumerate(_ROWS, start=1))
# The items that count people, as the people's own pages show them.
PERSONAL = ("email_confirmed", "second_factor", "credential_active", "practice_moved")
