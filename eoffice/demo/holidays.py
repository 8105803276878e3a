"""Holidays of the demo's instance, 2025 to 2027: invented data, close to what a state would declare."""

from __future__ import annotations

# Day, names in both scripts.
EVERY_YEAR = (
    ("01-26", "Republic Day", "गणतन्त्र दिवस"),
    ("04-14", "Dr. Ambedkar Jayanti", "डॉ. अम्बेडकर जयन्ती"),
    ("08-15", "Independence Day", "स्वतन्त्रता दिवस"),
    ("10-02", "Gandhi Jayanti", "गांधी जयन्ती"),
    ("12-25", "Christmas Day", "क्रिसमस"),
)
OF_A_YEAR = (
    ("2025-03-14", "Holi", "होली"),
    ("2025-03-31", "Id-ul-Fitr", "ईद-उल-फ़ितर"),
    ("2025-04-10", "Mahavir Jayanti", "महावीर जयन्ती"),
    ("2025-04-18", "Good Friday", "गुड फ़्राइडे"),
    ("2025-05-12", "Buddha Purnima", "बुद्ध पूर्णिमा"),
    ("2025-06-07", "Id-ul-Zuha", "ईद-उल-ज़ुहा"),
    ("2025-08-09", "Raksha Bandhan", "रक्षा बन्धन"),
    ("2025-08-16", "Janmashtami", "जन्माष्टमी"),
    ("2025-10-20", "Diwali", "दीपावली"),
    ("2025-10-22", "Govardhan Puja", "गोवर्धन पूजा"),
    ("2025-10-23", "Bhai Dooj", "भाई दूज"),
    ("2025-11-05", "Guru Nanak Jayanti", "गुरु नानक जयन्ती"),
    ("2026-03-04", "Holi", "होली"),
    ("2026-03-21", "Id-ul-Fitr", "ईद-उल-फ़ितर"),
    ("2026-03-27", "Ram Navami", "राम नवमी"),
    ("2026-04-03", "Good Friday", "गुड फ़्राइडे"),
    ("2026-05-01", "Buddha Purnima", "बुद्ध पूर्णिमा"),
    ("2026-05-27", "Id-ul-Zuha", "ईद-उल-ज़ुहा"),
    ("2026-06-26", "Muharram", "मुहर्रम"),
    ("2026-08-28", "Raksha Bandhan", "रक्षा बन्धन"),
    ("2026-09-04", "Janmashtami", "जन्माष्टमी"),
    ("2026-10-20", "Dussehra", "दशहरा"),
    ("2026-11-09", "Diwali", "दीपावली"),
    ("2026-11-10", "Govardhan Puja", "गोवर्धन पूजा"),
    ("2026-11-11", "Bhai Dooj", "भाई दूज"),
    ("2026-11-24", "Guru Nanak Jayanti", "गुरु नानक जयन्ती"),
    ("2027-03-10", "Id-ul-Fitr", "ईद-उल-फ़ितर"),
    ("2027-03-22", "Holi", "होली"),
    ("2027-03-26", "Good Friday", "गुड फ़्राइडे"),
    ("2027-04-15", "Ram Navami", "राम नवमी"),
    ("2027-05-17", "Id-ul-Zuha", "ईद-उल-ज़ुहा"),
    ("2027-05-20", "Buddha Purnima", "बुद्ध पूर्णिमा"),
    ("2027-06-16", "Muharram", "मुहर्रम"),
    ("2027-08-17", "Raksha Bandhan", "रक्षा बन्धन"),
    ("2027-08-25", "Janmashtami", "जन्माष्टमी"),
    ("2027-10-29", "Diwali", "दीपावली"),
    ("2027-11-01", "Bhai Dooj", "भाई दूज"),
    ("2027-11-15", "Guru Nanak Jayanti", "गुरु नानक जयन्ती"),
)
HOLIDAYS = (
    *((f"{year}-{day}", en, hi) for year in (2025, 2026, 2027) for day, en, hi in EVERY_YEAR),
    *OF_A_YEAR,
)
