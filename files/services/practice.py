"""Practice (R8, training): a file on which one learns to write, put up and send, and which counts nowhere."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dak.models import Classification, Priority
from employee_master.models import Post, Section
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput
from eoffice.core.numbers import next_number, written
from eoffice.core.text import clean_line
from files.models import File
from files.services.file import file_begin
from files.services.printable import printable

# Practice files have computer numbers of their own, far from those of real files, so that those have no gaps.
COMPUTER_NUMBERS_FROM = 90_000_000


@transaction.atomic
def practice_open(*, subject: str, actor: Actor) -> File:
    """Open a practice file on the actor's desk, with a number of the series for practice.

    An officer whose post belongs to no section practises under the first section of the office.
    """
    access.require(actor, Action.FILE_OPEN, None)
    subject = printable(clean_line(subject, field="subject", limit=1000), field="subject")
    post = Post.objects.select_related("section__office").get(pk=actor.desk)
    section = post.section or _first_section(post)
    year = clock.today().year
    serial = next_number("practice", office=section.code, year=year)
    file = File(
        is_practice=True,
        number=written("practice", section=section.code, serial=serial, year=year),
        computer_number=COMPUTER_NUMBERS_FROM + next_number("practice-computer", year=0),
        subject=subject,
        section=section,
        classification=Classification.ORDINARY,
        priority=Priority.ORDINARY,
    )
    return file_begin(file, post=post, actor=actor)


def _first_section(post: Post) -> Section:
    section = Section.objects.select_related("office").filter(office_id=post.office_id).order_by("code").first()
    if section is None:
        raise BadInput(
            "office_without_section",
            _("Your office has no section yet, and the number of a file is that of a section."),
            _("Ask the EMD manager to enter the sections of the office."),
        )
    return section
