"""Where the demo's offices lie, the offices below them (a school and a hostel are offices too), and their strength."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from employee_master.models import Designation, Office, Post, PostMarking, Sanction, Section
from eoffice.core import clock
from eoffice.demo import people

# Longer than anybody of the demo has been there.
FOUNDED = date(2019, 4, 1)
ORDER = "GAD-1/77/2024"
MARKED = timedelta(days=45)


@dataclass(frozen=True, slots=True)
class Place:
    """Kind, the office above, where it lies, and for an office that `people` does not have, its names."""

    kind: str
    latitude: str
    longitude: str
    place: tuple[str, str]
    district: tuple[str, str] = ("State Capital", "राज्य की राजधानी")
    area: str = "urban"
    above: str | None = None
    names: tuple[str, str] | None = None


_CAPITAL = ("State Capital", "राज्य की राजधानी")
_FAR = ("Sonpur", "सोनपुर")
PLACES = {
    "GAD": Place("secretariat", "26.612400", "80.731200", _CAPITAL),
    "FIN": Place("secretariat", "26.613100", "80.732900", _CAPITAL),
    "ITE": Place("secretariat", "26.613100", "80.732900", _CAPITAL),
    "DSE": Place("hod", "26.598700", "80.745600", _CAPITAL),
    "GIC-SONPUR": Place(
        "school",
        "26.214500",
        "81.102300",
        ("Sonpur Town", "सोनपुर नगर"),
        district=_FAR,
        above="DSE",
        names=("Government Inter College, Sonpur", "राजकीय इण्टर कॉलेज, सोनपुर"),
    ),
    "GH-BELWA": Place(
        "hostel",
        "26.187900",
        "81.176800",
        ("Belwa Block", "बेलवा विकास खण्ड"),
        district=_FAR,
        area="rural",
        above="DSE",
        names=("Government Girls' Hostel, Belwa", "राजकीय बालिका छात्रावास, बेलवा"),
    ),
}
# Section (or, with None, the office), designation, how many: one post of GAD-3 is still to be created.
STRENGTHS = (
    ("GAD", None, "SECY", 1),
    ("GAD", None, "US", 2),
    ("GAD", "GAD-1", "DA", 2),
    ("GAD", "GAD-3", "SO", 1),
    ("GAD", "GAD-3", "RO", 1),
    ("GAD", "GAD-3", "DA", 3),
    ("GAD", "CR", "RC", 1),
    ("GAD", "CR", "DSP", 1),
)


def seed_places() -> None:
    """Add what is not there yet; what somebody has entered since is left."""
    for code, place in PLACES.items():
        if place.names is not None:
            Office.objects.get_or_create(code=code, defaults={"name_en": place.names[0], "name_hi": place.names[1]})
        above = Office.objects.filter(code=place.above).first() if place.above else None
        Office.objects.filter(code=code, from_on=None).update(
            kind=place.kind,
            parent=above,
            latitude=Decimal(place.latitude),
            longitude=Decimal(place.longitude),
            place_en=place.place[0],
            place_hi=place.place[1],
            district_en=place.district[0],
            district_hi=place.district[1],
            area=place.area,
            from_on=FOUNDED,
        )
    for code, _name_en, _name_hi, _rank in people.DESIGNATIONS:
        Designation.objects.filter(code=code, abbreviation="").update(abbreviation=code)
    _strengths()
    _markings()


def _strengths() -> None:
    for office, section, rank, strength in STRENGTHS:
        Sanction.objects.get_or_create(
            office=Office.objects.get(code=office),
            section=Section.objects.get(code=section) if section else None,
            designation=Designation.objects.get(code=rank),
            defaults={"strength": strength, "order_number": ORDER},
        )


def _markings() -> None:
    """Each post has borne its marking for some weeks; a post that nobody ever held is vacant since then."""
    known = set(PostMarking.objects.values_list("marking", flat=True))
    rows = [
        PostMarking(post_id=pk, marking=marking, from_on=clock.today() - MARKED)
        for pk, marking in Post.objects.values_list("pk", "marking")
        if marking not in known
    ]
    PostMarking.objects.bulk_create(rows)
