"""A staff sheet as an office sends it, for trying out the import: 300 people of an invented directorate.

It is messy on purpose, in the ways that real sheets are: title rows, a heading over two rows, dates in five writings,
Hindi digits, stray spaces, names in a legacy Hindi font, an Aadhaar column that nobody needs, a total at the end, and a
handful of rows that can't be taken as they stand. All names, codes and numbers are made up.
"""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import xlsxwriter

ROWS = 300
NAME = "DSE_staff_Nov2026.xlsx"
MAIL = "dse.state.example"

_FIRST = (
    ("Asha", "आशा", "f"), ("Bharat", "भरत", "m"), ("Chandan", "चन्दन", "m"), ("Deepa", "दीपा", "f"),
    ("Eklavya", "एकलव्य", "m"), ("Fatima", "फ़ातिमा", "f"), ("Gopal", "गोपाल", "m"), ("Hema", "हेमा", "f"),
    ("Imran", "इमरान", "m"), ("Jaya", "जया", "f"), ("Kailash", "कैलाश", "m"), ("Leela", "लीला", "f"),
    ("Manoj", "मनोज", "m"), ("Nirmala", "निर्मला", "f"), ("Omkar", "ओंकार", "m"), ("Prem", "प्रेम", "m"),
    ("Rashida", "राशिदा", "f"), ("Sanjay", "संजय", "m"), ("Tara", "तारा", "f"), ("Usha", "उषा", "f"),
)  # fmt: skip
_LAST = (
    ("Bhandari", "भण्डारी"), ("Chauhan", "चौहान"), ("Dobhal", "डोभाल"), ("Ekka", "एक्का"), ("Fartyal", "फर्त्याल"),
    ("Gusain", "गुसाईं"), ("Haldar", "हालदार"), ("Jamwal", "जमवाल"), ("Kujur", "कुजूर"), ("Lohani", "लोहनी"),
    ("Mishra", "मिश्रा"), ("Nagar", "नागर"), ("Ojha", "ओझा"), ("Panwar", "पंवार"), ("Rana", "राणा"),
)  # fmt: skip
# Designation with how many of each: the rest are dealing assistants.
_RANKS = (("Deputy Director", 6), ("Section Officer", 12), ("Review Officer", 60))
_SECTIONS = 6
_HEADINGS = (
    "क्र.सं.", "कर्मचारी कोड", "Name of Employee", "कर्मचारी का नाम (हिन्दी)", "लिंग / Gender", "Date of Birth",
    "Date of Joining Service", "Mobile No.", "Govt. E-mail ID", "पदनाम / Designation", "अनुभाग / Section", "आधार संख्या",
)  # fmt: skip
_WIDE = ("", "पहचान / Identity", 4)
_HINDI_DIGITS = str.maketrans("0123456789", "०१२३४५६७८९")
# Names as they look when a cell was typed in Kruti Dev: the text is Latin, only the font made it Hindi.
_LEGACY = {213: "eukst feJk", 287: "xksiky jk.kk"}


def _person(number: int) -> dict[str, Any]:
    """Row `number` (from 1): a first and last name that never repeat together."""
    first, last = _FIRST[(number - 1) % len(_FIRST)], _LAST[((number - 1) // len(_FIRST)) % len(_LAST)]
    born = date(1968, 1, 5) + timedelta(days=37 * number)
    return {
        "code": f"SE{20000 + number}",
        "name_en": f"{first[0]} {last[0]}",
        "name_hi": f"{first[1]} {last[1]}",
        "gender": ("महिला", "F", "Female")[number % 3] if first[2] == "f" else ("पुरुष", "M", "Male")[number % 3],
        "born": born,
        "joined": born + timedelta(days=365 * 24 + number),
        "mobile": f"9{410000000 + 7919 * number}",
        "email": f"{first[0]}.{last[0]}".lower() + f"@{MAIL}",
        "designation": _rank(number),
        "section": f"DSE-{(number - 1) % _SECTIONS + 1}",
        "aadhaar": "",
    }


def _rank(number: int) -> str:
    for title, count in _RANKS:
        if number <= count:
            return title
        number -= count
    return "Dealing Assistant"


def _as_typed(number: int, row: dict[str, Any]) -> dict[str, Any]:
    """The little differences of many hands, none of which should stop anybody."""
    if number % 5 == 0:
        row["mobile"] = "+91 " + row["mobile"][:5] + " " + row["mobile"][5:]
    if number % 7 == 0:
        row["mobile"] = str(row["mobile"]).translate(_HINDI_DIGITS)
    if number % 4 == 1:
        row["born"] = row["born"].strftime("%d/%m/%Y")
    elif number % 4 == 2:  # noqa: PLR2004 - one way of writing a date each
        row["born"] = row["born"].strftime("%d.%m.%Y")
    elif number % 4 == 3:  # noqa: PLR2004
        row["born"] = row["born"].strftime("%d-%b-%Y")
    if number % 9 == 0:
        row["name_en"] = f"  {row['name_en'].upper()} "
        row["email"] = f"{row['email'].upper()} "
    if number % 11 == 0:
        row["name_hi"] = (
            f"श्री {row['name_hi']}" if row["gender"] in {"पुरुष", "M", "Male"} else f"श्रीमती {row['name_hi']}"
        )
    if number % 13 == 0:
        row["designation"] = {"Dealing Assistant": "पटल सहायक", "Review Officer": "समीक्षा अधिकारी"}.get(
            row["designation"], row["designation"]
        )
    if number in _LEGACY:
        row["name_hi"] = _LEGACY[number]
    return row


def _wrong(number: int, row: dict[str, Any]) -> dict[str, Any]:
    """The rows that somebody must look at."""
    if number == 17:  # noqa: PLR2004 - the seventeenth row of the sheet, and so on
        row["email"] = "usha.mail@mail.test"
    elif number == 42:  # noqa: PLR2004
        row["section"] = "DSE-9"
    elif number == 103:  # noqa: PLR2004
        row["mobile"] = "98370 4412"
    elif number == 211:  # noqa: PLR2004
        row["born"] = "31-02-1979"
    elif number == 250:  # noqa: PLR2004
        row["code"] = "SE20100"
    return row


def messy_sheet() -> bytes:
    """The workbook; the same bytes' worth of rows at every call."""
    sink = BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True}) as book:
        day, bold = book.add_format({"num_format": "dd-mm-yyyy"}), book.add_format({"bold": True, "text_wrap": True})
        sheet = book.add_worksheet("कर्मचारी")
        sheet.set_column(0, len(_HEADINGS) - 1, 18)
        sheet.merge_range(0, 0, 0, 8, "विद्यालयी शिक्षा निदेशालय: अधिकारियों एवं कर्मचारियों की सूची", bold)
        sheet.write(1, 0, "दिनांक 20.11.2026 की स्थिति")
        sheet.merge_range(2, 1, 2, _WIDE[2], _WIDE[1], bold)
        for column, heading in enumerate(_HEADINGS):
            sheet.write(3, column, heading, bold)
        at = 4
        for number in range(1, ROWS + 1):
            row = _wrong(number, _as_typed(number, _person(number)))
            sheet.write(at, 0, number)
            for column, value in enumerate(row.values(), 1):
                if isinstance(value, date):
                    sheet.write_datetime(at, column, value, day)
                else:
                    sheet.write(at, column, value)
            at += 1
            if number % 100 == 0:
                at += 1
        sheet.write(at, 0, "कुल")
        sheet.write(at, 1, f"{ROWS} कर्मचारी")
        sheet.write(at + 2, 8, "हस्ताक्षर, स्थापना लिपिक")
    return sink.getvalue()
