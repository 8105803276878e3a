"""The tags of the office's pages: both languages, office time, due words, acts from verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template
from django.template.loader import get_template
from django.utils.translation import override

from eoffice.core import clock
from eoffice.core.templatetags import eoffice_ui as ui

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)


@dataclass(frozen=True)
class Named:
    name_hi: str = ""
    name_en: str = ""


@dataclass(frozen=True)
class Answer:
    allowed: bool
    code: str = ""
    reason: str = ""
    remedy: str = ""
    remedy_url: str = ""


YES = Answer(allowed=True)


def refused(code: str, reason: str, remedy: str = "", remedy_url: str = "") -> Answer:
    return Answer(allowed=False, code=code, reason=reason, remedy=remedy, remedy_url=remedy_url)


@pytest.fixture(autouse=True)
def _now_in_english() -> Iterator[None]:
    with clock.freeze(NOW), override("en"):
        yield


def render(source: str, **context: Any) -> str:
    return Template("{% load eoffice_ui %}" + source).render(Context(context))


def test_icon_uses_the_sprite_and_is_silent_without_a_label() -> None:
    html = render("{% icon 'inbox' %}")
    assert "eoffice/icons" in html
    assert '#i-inbox"' in html
    assert 'aria-hidden="true"' in html
    assert "visually-hidden" not in html


def test_icon_with_a_label_is_read_out_and_escaped() -> None:
    assert '<span class="visually-hidden">a &lt; b</span>' in ui.icon("inbox", "ic-l", "a < b")


def test_chip_has_tone_and_escapes_its_words() -> None:
    assert render("{% chip text 'brick' %}", text="<b>") == '<span class="chip chip--brick">&lt;b&gt;</span>'


def test_chip_may_carry_an_icon() -> None:
    assert "#i-unlock" in ui.chip("Ordinary", "line", "unlock")


@pytest.mark.parametrize(
    ("thing", "language", "expected"),
    [
        (Named("सचिव", "Secretary"), "hi", "सचिव"),
        (Named("सचिव", "Secretary"), "en", "Secretary"),
        (Named("सचिव", ""), "en", '<span lang="hi">सचिव</span>'),
        (Named("", "Secretary"), "hi", '<span lang="en">Secretary</span>'),
        (Named(), "hi", ""),
    ],
)
def test_bilingual_shows_the_page_language_and_marks_the_other(thing: Named, language: str, expected: str) -> None:
    with override(language):
        assert ui.bilingual(thing, "name") == expected


def test_bilingual_escapes_names() -> None:
    assert ui.bilingual(Named("", "<script>"), "name") == "&lt;script&gt;"


def test_bilingual_plain_is_for_attributes() -> None:
    assert ui.bilingual_plain(Named("सचिव", ""), "name") == "सचिव"


@pytest.mark.parametrize(("text", "expected"), [("पत्र 12", "hi"), ("Letter 12", "en"), ("", "en")])
def test_script_lang_follows_the_letters(text: str, expected: str) -> None:
    assert ui.script_lang(text) == expected


def test_times_are_office_time_and_dates_have_office_forms() -> None:
    at = datetime(2026, 11, 24, 11, 12, 18, tzinfo=UTC)
    assert ui.office_time(at) == "16:42"
    assert ui.office_date(at) == "24 Nov"
    assert ui.office_moment(at) == "24 Nov, 16:42"
    assert ui.office_long_date(at) == "24 November 2026"
    assert ui.office_weekday(at) == "Tuesday, 24 November 2026"
    with override("hi"):
        assert ui.office_date(at) == "24 नव."
        assert ui.office_long_date(at) == "24 नवम्बर, 2026"
        assert ui.office_weekday(at) == "मंगलवार, 24 नवम्बर, 2026"


def test_the_day_changes_at_midnight_of_the_office() -> None:
    assert ui.office_date(datetime(2026, 11, 23, 18, 30, tzinfo=UTC)) == "24 Nov"


def test_a_date_of_another_year_says_so() -> None:
    assert ui.office_date(date(2025, 3, 1)) == "1 Mar 2025"


@pytest.mark.parametrize(("days", "expected"), [(0, "Today"), (1, "Yesterday"), (2, "22 Nov")])
def test_office_day_names_the_near_days(days: int, expected: str) -> None:
    assert ui.office_day(TODAY - timedelta(days=days)) == expected


def test_nothing_stays_nothing() -> None:
    for shown in (ui.office_time, ui.office_date, ui.office_day, ui.office_moment, ui.office_long_date):
        assert shown(None) == ""
    assert ui.office_weekday(None) == ""


@pytest.mark.parametrize(
    ("due_on", "words", "side"),
    [
        (date(2026, 11, 23), "1 day over", "over"),
        (date(2026, 11, 20), "4 days over", "over"),
        (date(2026, 11, 24), "Today", "today"),
        (date(2026, 11, 25), "Tomorrow", "later"),
        (date(2026, 11, 27), "3 days", "later"),
        (None, "None", "later"),
    ],
)
def test_due_says_it_in_words(due_on: date | None, words: str, side: str) -> None:
    assert ui.due(due_on) == words
    assert f"due--{side}" in ui.due_mark(due_on)


def test_due_takes_working_days_from_the_list() -> None:
    assert ui.due(date(2026, 11, 20), 2) == "2 days over"
    assert "2 days over" in render("{% due_mark day 2 %}", day=date(2026, 11, 20))


def test_an_allowed_act_is_a_form_with_its_token() -> None:
    html = render("{% act verdict 'Forward' '/go/' kind='primary' key='f' %}", verdict=YES, csrf_token="tok")
    assert '<form class="act" method="post" action="/go/"' in html
    assert 'name="csrfmiddlewaretoken" value="tok"' in html
    assert 'class="btn btn-primary"' in html
    assert 'data-key="f"' in html


def test_an_allowed_act_may_be_a_link_or_belong_to_a_form() -> None:
    assert '<a class="btn btn-quiet" href="/form/">' in render(
        "{% act verdict 'Return' '/form/' method='get' %}", verdict=YES
    )
    html = render(
        "{% act verdict 'Approve' method='submit' form='line' name='decision' value='approve' "
        "kind='verdict verdict--approve' hint='and sign' %}",
        verdict=YES,
    )
    assert 'form="line"' in html
    assert 'name="decision" value="approve"' in html
    assert "<b>Approve</b><span>and sign</span>" in html


def test_a_refused_act_says_why_and_who_helps_and_stays_focusable() -> None:
    verdict = refused("draft_changed", "The draft <changed>.", "Ask the Secretary", "/ask/")
    html = render("{% act verdict 'Issue letter' '/issue/' %}", verdict=verdict)
    assert 'aria-disabled="true"' in html
    assert " disabled" not in html
    assert "<form" not in html
    why = html.split('aria-describedby="')[1].split('"')[0]
    assert f'id="{why}"' in html
    assert "The draft &lt;changed&gt;." in html
    assert '<a class="btn btn-quiet" href="/ask/">Ask the Secretary</a>' in html


def test_a_remedy_without_an_address_is_a_sentence() -> None:
    html = render("{% act verdict 'Issue' %}", verdict=refused("x", "No.", "Ask the diarist."))
    assert "<p>Ask the diarist.</p>" in html
    assert "<a " not in html


def test_two_refusals_on_one_page_have_two_reasons() -> None:
    html = render("{% act verdict 'A' '/a/' %}{% act verdict 'B' '/b/' %}", verdict=refused("closed", "It is closed."))
    names = [part.split('"')[0] for part in html.split('aria-describedby="')[1:]]
    assert len(set(names)) == 2


def test_other_language_words_appear_only_where_they_exist() -> None:
    assert ui.other_language() == "hi"
    assert ui.in_other_language("typed by somebody") == ""


class Sample(forms.Form):
    subject = forms.CharField(help_text="As on the letter")
    kind = forms.ChoiceField(choices=[("a", "A")])
    urgent = forms.BooleanField(required=False)
    paper = forms.FileField(required=False)


def test_controls_get_the_office_classes() -> None:
    form = Sample()
    assert 'class="form-control"' in ui.control(form["subject"])
    assert 'class="form-select"' in ui.control(form["kind"])
    assert 'class="form-check-input"' in ui.control(form["urgent"])
    assert 'class="upload__file"' in ui.control(form["paper"])
    assert ui.is_check(form["urgent"])
    assert not ui.is_check(form["kind"])


def test_a_wrong_field_names_its_error_and_help_to_screen_readers() -> None:
    form = Sample({"kind": "a"})
    assert not form.is_valid()
    html = render("{% include 'components/field.html' %}", field=form["subject"])
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_subject_error id_subject_helptext"' in html
    assert 'id="id_subject_error"' in html


def test_error_summary_links_to_the_fields() -> None:
    form = Sample({"kind": "a"})
    html = render("{% include 'components/form_errors.html' %}", form=form)
    assert '<a href="#id_subject">Subject</a>' in html
    assert "data-error-summary" in html


EVERY_PARTIAL = sorted(path.name for path in (settings.BASE_DIR / "eoffice/templates/components").glob("*.html"))


@pytest.mark.parametrize("name", EVERY_PARTIAL)
def test_every_partial_loads_and_says_its_context(name: str) -> None:
    source = (settings.BASE_DIR / "eoffice/templates/components" / name).read_text(encoding="utf-8")
    get_template(f"components/{name}")
    assert "{% comment %}" in source.split("\n", 1)[0] or source.startswith("{% load")
    assert "style=" not in source
    assert "onclick" not in source


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500", "error"])
def test_error_pages_draw_without_any_context(name: str) -> None:
    html = get_template(f"{name}.html").render()
    assert "<h1>" in html
    assert "errorpage" in html
