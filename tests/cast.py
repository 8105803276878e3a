"""The fixed cast of the tests (style: Tests). `build_cast()` needs a database and nothing else.

    cast = build_cast()
    cast.actor("diarist"), cast.post("section_officer"), cast.employee("secretary")

The channel of submission: dealing_assistant -> section_officer -> under_secretary -> secretary. The link officer
fills a post of their own and stands in on the under secretary's, without confidential papers. `nobody` is signed
out: their actor is None. Everybody's charge began on 1 April 2024, before any frozen clock of the tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache

import pytest
from django.contrib.auth.hashers import make_password

from employee_master.models import (
    Account,
    Charge,
    ChargeKind,
    Designation,
    Employee,
    Office,
    Post,
    PostSenior,
    RoleGrant,
    Section,
)
from employee_master.queries import actor_for
from eoffice.core.actor import Actor, Role

SINCE = date(2024, 4, 1)
LINK_ENDS = date(2030, 3, 31)
PASSWORD = "correct horse battery staple"
MAIL_DOMAIN = "gad.state.example"

# Each person by the name in the cast, with post, names in both scripts and roles.
_PEOPLE: dict[str, tuple[str, str, str, tuple[Role, ...]]] = {
    "diarist": ("RC-CR", "Suresh Yadav", "सुरेश यादव", (Role.REGISTRY_CLERK,)),
    "dealing_assistant": ("DA-GAD3", "Anita Verma", "अनीता वर्मा", ()),
    "section_officer": ("SO-GAD3", "Ramesh Chaubey", "रमेश चौबे", ()),
    "under_secretary": ("US-GAD", "Farah Khan", "फ़राह ख़ान", ()),
    "link_officer": ("US-GAD2", "Devendra Joshi", "देवेन्द्र जोशी", ()),
    "secretary": ("SEC-GAD", "Meera Krishnan", "मीरा कृष्णन", ()),
    "emd_manager": ("SO-GAD1", "Prakash Tiwari", "प्रकाश तिवारी", (Role.EMD_MANAGER,)),
    "super_admin": ("SO-ITE1", "Kavita Rao", "कविता राव", (Role.SUPER_ADMIN,)),
    "auditor": ("AO-FIN", "Harish Bhatt", "हरीश भट्ट", (Role.AUDITOR,)),
    "outsider": ("DA-FIN2", "Sunil Maurya", "सुनील मौर्य", ()),
}

# Each post by its marking, with office, section, designation and superior.
_POSTS: dict[str, tuple[str, str | None, str, str | None]] = {
    "SEC-GAD": ("GAD", None, "SEC", None),
    "US-GAD": ("GAD", None, "US", "SEC-GAD"),
    "US-GAD2": ("GAD", None, "US", "SEC-GAD"),
    "SO-GAD3": ("GAD", "GAD-3", "SO", "US-GAD"),
    "DA-GAD3": ("GAD", "GAD-3", "DA", "SO-GAD3"),
    "SO-GAD1": ("GAD", "GAD-1", "SO", "US-GAD2"),
    "SO-CR": ("GAD", "CR", "SO", "US-GAD2"),
    "RC-CR": ("GAD", "CR", "DA", "SO-CR"),
    "SO-ITE1": ("ITE", "ITE-1", "SO", None),
    "AO-FIN": ("FIN", "FIN-2", "SO", None),
    "DA-FIN2": ("FIN", "FIN-2", "DA", "AO-FIN"),
}

_OFFICES = {
    "GAD": ("General Administration Department", "सामान्य प्रशासन विभाग", "सा.प्र."),
    "FIN": ("Finance Department", "वित्त विभाग", "वित्त"),
    "ITE": ("Information Technology and Electronics Department", "सूचना प्रौद्योगिकी विभाग", "सू.प्रौ."),
}
_DESIGNATIONS = {
    "SEC": ("Secretary", "सचिव", 10),
    "US": ("Under Secretary", "अनु सचिव", 40),
    "SO": ("Section Officer", "अनुभाग अधिकारी", 50),
    "DA": ("Dealing Assistant", "सहायक समीक्षा अधिकारी", 60),
}
# Each section with its receiving post.
_SECTIONS = {"GAD-1": "SO-GAD1", "GAD-3": "DA-GAD3", "CR": "RC-CR", "ITE-1": "SO-ITE1", "FIN-2": "DA-FIN2"}


@dataclass(frozen=True)
class Cast:
    """Who is who. Names are the keys of the cast; posts may also be asked for by marking."""

    employees: dict[str, Employee]
    posts: dict[str, Post]
    charges: dict[str, Charge]
    sections: dict[str, Section]
    offices: dict[str, Office]
    link_charge: Charge
    names: tuple[str, ...] = field(default=(*_PEOPLE, "nobody"))

    def actor(self, name: str) -> Actor:
        """The person acting on their own post; the link officer acts on the under secretary's."""
        charge = self.link_charge if name == "link_officer" else self.charges[name]
        return actor_for(self.employees[name], charge)

    def actor_or_none(self, name: str) -> Actor | None:
        """As `actor`, and None for `nobody`, who is signed out."""
        return None if name == "nobody" else self.actor(name)

    def employee(self, name: str) -> Employee:
        return self.employees[name]

    def account(self, name: str) -> Account:
        """The account; its password is `PASSWORD`."""
        account = self.employees[name].account
        assert account is not None
        return account

    def post(self, name: str) -> Post:
        """The post that the person fills, or the post with this marking."""
        return self.posts[_PEOPLE[name][0] if name in _PEOPLE else name]

    def section(self, code: str) -> Section:
        return self.sections[code]

    def charge(self, name: str) -> Charge:
        """The charge on the person's own post."""
        return self.charges[name]


def build_cast() -> Cast:
    """Write the cast into the database, without a ledger row and without asking any rule."""
    offices = {
        code: Office.objects.create(
            code=code,
            name_en=en,
            name_hi=hi,
            short_hi=short,
            address_en="Secretariat, State Capital",
            address_hi="सचिवालय, राजधानी",
            email=f"{code.lower()}@{code.lower()}.state.example",
            phone="0500-0000001",
        )
        for code, (en, hi, short) in _OFFICES.items()
    }
    ranks = {
        code: Designation.objects.create(code=code, name_en=en, name_hi=hi, rank=rank)
        for code, (en, hi, rank) in _DESIGNATIONS.items()
    }
    sections = {
        code: Section.objects.create(
            office=offices[_POSTS[receiver][0]],
            code=code,
            name_en="Central Registry" if code == "CR" else f"{code} Section",
            name_hi="केन्द्रीय पंजी" if code == "CR" else f"अनुभाग {code}",
            is_registry=code == "CR",
        )
        for code, receiver in _SECTIONS.items()
    }
    posts: dict[str, Post] = {}
    for marking, (office, section, rank, superior) in _POSTS.items():
        posts[marking] = Post.objects.create(
            office=offices[office],
            section=sections[section] if section else None,
            designation=ranks[rank],
            marking=marking,
            name_en=f"{ranks[rank].name_en}, {section or office}",
            name_hi=f"{ranks[rank].name_hi}, {section or office}",
            superior=posts[superior] if superior else None,
        )
    PostSenior.objects.bulk_create(_channels(posts))
    for code, receiver in _SECTIONS.items():
        sections[code].receiving_post = posts[receiver]
        sections[code].save(update_fields=["receiving_post"])
    employees, charges = {}, {}
    for number, (name, (marking, en, hi, roles)) in enumerate(_PEOPLE.items(), start=1):
        account = Account.objects.create(email=f"{name}@{MAIL_DOMAIN}", password=_hashed())
        person = Employee.objects.create(account=account, code=f"E{number:04d}", name_en=en, name_hi=hi)
        employees[name] = person
        charges[name] = Charge.objects.create(employee=person, post=posts[marking], from_on=SINCE)
        for role in roles:
            RoleGrant.objects.create(employee=person, role=role, from_on=SINCE)
    link = Charge.objects.create(
        employee=employees["link_officer"],
        post=posts["US-GAD"],
        kind=ChargeKind.LINK,
        from_on=SINCE,
        to_on=LINK_ENDS,
        confidential=False,
    )
    return Cast(employees, posts, charges, sections, offices, link)


@cache
def _hashed() -> str:
    """Hashed once for all: the hash is slow on purpose."""
    return make_password(PASSWORD)


def _channels(posts: dict[str, Post]) -> Iterator[PostSenior]:
    for post in posts.values():
        senior: Post | None = post
        distance = 0
        while senior is not None:
            yield PostSenior(post=post, senior=senior, distance=distance)
            senior, distance = senior.superior, distance + 1


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast, fresh for the test; `from tests.cast import cast` in the root conftest."""
    return build_cast()
