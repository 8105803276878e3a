"""The link to the short help page of a procedure (R24), for the head of its page."""

from __future__ import annotations

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from eoffice.core.templatetags.eoffice_ui import icon

register = template.Library()


@register.simple_tag
def help_link(slug: str) -> SafeString:
    """Draw "Help", leading to `/help/<slug>/`; the pages are listed in `eoffice.desk.help.TOPICS`."""
    url = reverse("desk:help", args=[slug])
    return format_html('<a class="btn btn-bare push" href="{}">{}{}</a>', url, icon("question-circle"), _("Help"))
