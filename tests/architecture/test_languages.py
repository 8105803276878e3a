"""Hindi is complete (design: languages): every message has its words, and no page falls back to English."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages import Message
from babel.messages.pofile import read_po
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import Settings

from eoffice.core.templatetags.eoffice_ui import MONTHS_LONG
from files.services.drawing import letter_day
from tests.architecture.matrix import MATRIX
from tests.architecture.world import World, asked, expected

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "eoffice" / "locale" / "hi" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%s|%d|\{\w+\}|</?\w+>")
LATIN = re.compile(r"[A-Za-z]{2,}")
CODE = re.compile(r"\b[A-Z][A-Z0-9_-]+\b")
DEVANAGARI_DIGIT = re.compile(r"[\u0966-\u096f]")
# What stays in Latin letters in an office's Hindi: formats, units, codes, addresses and names of settings.
LATIN_WORDS = {"PDF", "pdf", "JPEG", "PNG", "TIFF", "CSV", "UTF", "https", "MB", "KB", "dpi", "SHA"}
LATIN_SHAPES = re.compile(
    r"https?://\S+"
    r"|\S+@\S*"
    r"|EOFFICE_\w+"
    r"|\b(?:application|multipart)/[a-z-]+\b"
    r"|\bdocs/[\w/-]+\.md\b"
    r"|\b\w+\.(?:pdf|jpg|key|pem|json|xlsx)\b|(?<!\w)\.(?:xlsx?|xlsb|ods|p12|pfx)\b"
    r"|\bstudy_leave\b|\(File, Info, Protect Workbook\)"  # an example of a code; what a menu is called
    r"|\b[A-Z]{2,4}\d*(?:-[A-Z0-9]+)*(?:/[\w()-]+)*(?=$|[\s,;·:)।”])"  # markings and numbers: DA-GAD3, GAD-3/12(1)/2026
    r"|\b\d+(?:\([\w.]+\))?(?:/[\w().-]+)+"
    r"|\b[0-9a-f]{10,64}\b"
)
# What the people of world.py typed in English, where a page can give no language of its own: fields, picture texts.
TYPED = re.compile(r"\b(?:marked|in file|held|Yes\.|Wrong amount)")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SPOKEN = {"title", "placeholder", "aria-label", "alt", "label"}
TRANSLATES = {"_", "gettext", "gettext_lazy", "ngettext", "pgettext"}
SILENT = {"script", "style", "kbd", "code"}


def messages() -> list[Message]:
    with CATALOGUE.open("rb") as text:
        return [message for message in read_po(text) if message.id]


def forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """One text, or one for each number that the language counts with."""
    return (text or "",) if isinstance(text, str | None) else tuple(text)


def latin(text: str) -> list[str]:
    """The words in Latin letters that a Hindi reader should not meet."""
    return [word for word in LATIN.findall(LATIN_SHAPES.sub(" ", text)) if word not in LATIN_WORDS]


def test_the_catalogue_is_complete() -> None:
    left = [message.id for message in messages() if message.fuzzy or not all(forms(message.string))]
    assert not left, "without Hindi, or only guessed at"


def test_the_catalogue_names_no_machine() -> None:
    text = CATALOGUE.read_text(encoding="utf-8")
    assert not re.findall(r"^#: .*(?:\.\.|//|:\d)", text, re.MULTILINE)
    assert "#~ " not in text


def test_placeholders_are_those_of_the_english() -> None:
    wrong = []
    for message in messages():
        english, hindi = forms(message.id), forms(message.string)
        known = {name for form in english for name in PLACEHOLDER.findall(form)}
        # The last form must say everything; the form for one may leave the number out.
        if not all(set(PLACEHOLDER.findall(form)) <= known for form in hindi) or (
            set(PLACEHOLDER.findall(english[-1])) != set(PLACEHOLDER.findall(hindi[-1]))
        ):
            wrong.append((message.id, message.string))
    assert not wrong


def test_every_translation_is_hindi_with_digits_of_the_office() -> None:
    odd = {}
    for message in messages():
        english = " ".join(forms(message.id))
        for form in forms(message.string):
            # A code that the English has too is meant: a setting, a file ending, an address as example.
            foreign = set(latin(PLACEHOLDER.sub(" ", form))) - set(CODE.findall(english))
            if foreign or DEVANAGARI_DIGIT.search(form):
                odd[english] = form
    assert not odd


def test_no_message_hides_in_an_f_string() -> None:
    """xgettext does not look there, so such a message would never reach the catalogue."""
    hidden = []
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in listed.split():
        if name.startswith("tests/") or not (ROOT / name).exists():
            continue
        tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
        for text in (node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)):
            hidden += [
                f"{name}:{call.lineno}"
                for call in ast.walk(text)
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in TRANSLATES
            ]
    assert not hidden


def test_letters_name_the_month_as_the_office_writes_it() -> None:
    from datetime import date  # noqa: PLC0415 - beside its one use

    assert [letter_day(date(2026, month, 9), "hi") for month in (9, 11, 12)] == [
        "9 सितम्बर, 2026",
        "9 नवम्बर, 2026",
        "9 दिसम्बर, 2026",
    ]
    assert len(MONTHS_LONG["hi"]) == 12


class HindiOf(HTMLParser):
    """What a page says where its language is Hindi: texts, and attributes that are read out or shown."""

    def __init__(self) -> None:
        super().__init__()
        self._open: list[tuple[str, str | None]] = []
        self.said: list[str] = []

    def _heard(self) -> bool:
        language = next((language for _tag, language in reversed(self._open) if language), None)
        return language == "hi" and not any(tag in SILENT for tag, _language in self._open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self._open.append((tag, found.get("lang")))
        if self._heard():
            self.said += [value for name, value in attrs if value and (name in SPOKEN or name.startswith("data-t-"))]
        if tag in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        if data.strip() and self._heard():
            self.said.append(" ".join(data.split()))


@pytest.fixture
def hindi(settings: Settings) -> Iterator[None]:
    """The catalogue as it lies in the tree, compiled; changing a setting of languages makes Django read it again."""
    subprocess.run([sys.executable, "deploy/dev/messages.py", "compile"], cwd=ROOT, check=True)
    settings.LANGUAGE_CODE = "hi"
    settings.LOCALE_PATHS = [*settings.LOCALE_PATHS]
    with translation.override("hi"):
        yield


def pages(world: World, clients: dict[str, Client]) -> Iterator[tuple[str, HttpResponse]]:
    """Every page of the product in Hindi: as somebody who may see it, and as somebody refused."""
    for client in clients.values():
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "hi"
    for row in MATRIX:
        if row.method != "get":
            continue
        by_code: dict[int, str] = {}
        for name, codes in expected(row.rule).items():
            by_code.setdefault(min(codes), name)
        for code, name in by_code.items():
            if code != 302:
                answer = asked(clients[name], "get", reverse(row.name, kwargs=world.args[row.thing]))
                if answer.content and answer.get("Content-Type", "").startswith("text/html"):
                    yield f"{row.name} {row.thing} as {name}", answer


@pytest.mark.django_db
@pytest.mark.usefixtures("hindi")
def test_no_page_falls_back_to_english(world: World, clients: dict[str, Client]) -> None:
    english = defaultdict(list)
    seen = 0
    for title, answer in pages(world, clients):
        page = HindiOf()
        page.feed(answer.content.decode())
        seen += 1
        assert page.said, f"{title}: the page does not say that it is in Hindi"
        for text in page.said:
            if latin(TYPED.sub("", text)):
                english[text].append(title)
    assert seen > 40
    assert not english, "\n".join(f"{text!r}: {where[0]} and {len(where) - 1} more" for text, where in english.items())
