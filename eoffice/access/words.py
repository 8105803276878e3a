"""Words that rules share: names and times as the reader wants them."""

from __future__ import annotations

from datetime import datetime

from django.utils import formats
from django.utils.translation import get_language

from eoffice.access.protocols import Named
from eoffice.core import clock


def post_name(post: Named | None) -> str:
    """The post's name in the reader's language."""
    if post is None:
        return "—"
    return post.name_hi if get_language() == "hi" else post.name_en


def when(at: datetime | None) -> str:
    """Office time: the hour for today, the day and the hour before."""
    if at is None:
        return "—"
    local = clock.office_time(at)
    if local.date() == clock.today():
        return f"{local:%H:%M}"
    return f"{formats.date_format(local, 'j M')}, {local:%H:%M}"
