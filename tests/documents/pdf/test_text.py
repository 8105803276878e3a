"""The text of a drawn letter, read back by poppler and PDFium, is the text that was written."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import uharfbuzz as hb

from eoffice.documents.pdf import shaping
from eoffice.documents.pdf.errors import BadMarkup, BadText
from eoffice.documents.pdf.letter import draw_letter
from tests.documents.pdf.reading import flat, glyphs, pdfium, picture, poppler
from tests.documents.pdf.samples import HARD_WORDS, LETTER, letter_with

LONG = (
    "सम्यक् विचारोपरान्त उक्त कार्य हेतु प्रशासकीय एवं वित्तीय स्वीकृति निम्नलिखित शर्तों के अधीन प्रदान की जाती है तथा "
    "कार्य लोक निर्माण विभाग की स्वीकृत दरों पर वित्तीय नियमों के अनुसार कराया जाएगा, राष्ट्रीय राजमार्ग के किनारे "
    "विद्यालय के प्रांगण में द्वितीय किस्त का उपभोग प्रमाण-पत्र प्राप्त होने पर ही शेष धनराशि अवमुक्त की जाएगी।"
)

BODIES = {
    "plain": (f"<p>{LONG}</p>", LONG),
    "bold inside a sentence": (
        "<p>कुल <strong>अठारह लाख चालीस हजार</strong> रुपये की <strong>स्वीकृति</strong>, दिनांक <b>9 नवम्बर</b> से।</p>",
        "कुल अठारह लाख चालीस हजार रुपये की स्वीकृति, दिनांक 9 नवम्बर से।",
    ),
    "bold inside a word": (
        "<p><strong>राज</strong>स्थान और प्र<strong>शासन</strong> तथा क<strong>्षेत्र</strong> भी</p>",
        "राजस्थान और प्रशासन तथा क्षेत्र भी",
    ),
    "underline": (
        "<p>यह <u>अत्यन्त आवश्यक</u> है और <u><strong>तत्काल</strong></u> हो।</p>",
        "यह अत्यन्त आवश्यक है और तत्काल हो।",
    ),
    "numbered": (
        "<ol><li>पहला बिन्दु</li><li><p>दूसरा</p><ol><li>उप-बिन्दु</li><li>और एक</li></ol></li><li>तीसरा</li></ol>",
        "1. पहला बिन्दु 2. दूसरा (क) उप-बिन्दु (ख) और एक 3. तीसरा",
    ),
    "lettered": ('<ol type="a"><li>धनराशि</li><li>कार्य</li></ol>', "(क) धनराशि (ख) कार्य"),
    "from four": ('<ol start="4"><li>चौथा</li></ol>', "4. चौथा"),
    "bullets": ("<ul><li>एक</li><li>दो</li></ul>", "• एक • दो"),
    "line end": ("<p>पहली पंक्ति<br>दूसरी पंक्ति</p>", "पहली पंक्ति दूसरी पंक्ति"),
    "flag": ('<p>पृष्ठ <a class="flag" href="/x">क/3</a> देखें।</p>', "पृष्ठ क/3 देखें।"),
    "mixed": (
        "<p>Sanction of ₹18.40 लाख (eighteen lakh) for विद्युत work, file GAD/सा.प्र.-3/2026 & fi “लघु निर्माण”.</p>",
        "Sanction of ₹18.40 लाख (eighteen lakh) for विद्युत work, file GAD/सा.प्र.-3/2026 & fi “लघु निर्माण”.",
    ),
}


@pytest.mark.parametrize("name", BODIES)
def test_both_readers_find_the_text_as_it_was_written(name, tmp_path):
    html, text = BODIES[name]
    data = draw_letter(letter_with(html))

    assert flat(text) in poppler(data, tmp_path, "-layout")
    assert flat(text) in pdfium(data)


def test_every_hard_word_comes_back_as_a_word_of_its_own(tmp_path):
    assert len(HARD_WORDS) >= 60
    data = draw_letter(letter_with("".join(f"<p>{word} कख</p>" for word in HARD_WORDS)))
    want = [flat(word) for word in HARD_WORDS]

    for found in (poppler(data, tmp_path), pdfium(data)):
        words = set(found.split())
        assert [word for word in want if word not in words] == []


def test_letters_in_english_are_whole(tmp_path):
    letter = letter_with("<p>The office of the Collector is informed.</p>", language="en", closing="")
    data = draw_letter(letter)

    for found in (poppler(data, tmp_path), pdfium(data)):
        assert "The office of the Collector is informed." in found
        assert "Yours faithfully," in found


def test_the_glyphs_on_the_page_are_those_of_harfbuzz():
    data = draw_letter(letter_with("<p>" + " ".join(HARD_WORDS) + "</p>"))
    shown = glyphs(data)
    font = hb.Font(hb.Face((shaping.FONT_FOLDER / "NotoSansDevanagari-Regular.ttf").read_bytes()))
    row = ",".join(map(str, shown))

    assert 0 not in shown
    for word in HARD_WORDS:
        buffer = hb.Buffer()
        buffer.add_str(word)
        buffer.guess_segment_properties()
        hb.shape(font, buffer)
        wanted = [info.codepoint for info in buffer.glyph_infos]
        space = font.get_nominal_glyph(32)
        if any(c in word for c in "\u200c\u200d"):  # the joiner's empty glyph is left out of the page
            wanted = [gid for gid in wanted if gid != space]
        assert ",".join(map(str, wanted)) in row, word


def test_no_dotted_circle_is_drawn_for_good_words():
    face = hb.Font(hb.Face((shaping.FONT_FOLDER / "NotoSansDevanagari-Regular.ttf").read_bytes()))
    circle = face.get_nominal_glyph(0x25CC)
    shown = glyphs(draw_letter(letter_with("<p>" + " ".join(HARD_WORDS) + "</p>")))

    assert circle not in shown


SIGNS = "½ ¼ ¾ ± × ÷ ≤ ≥ → ° 2½ 25°C ३½% ≥५ क→ख m² µg № ‰ √2"


@pytest.mark.parametrize("html", [f"<p>{SIGNS} कख</p>", f"<p><strong>{SIGNS} कख</strong></p>"])
def test_signs_that_the_main_font_lacks_come_from_its_relatives(html, tmp_path):
    data = draw_letter(letter_with(html))

    assert 0 not in glyphs(data)
    for found in (poppler(data, tmp_path), pdfium(data)):
        assert flat(SIGNS) in found
    plain = draw_letter(letter_with("<p>कख</p>"))
    assert b"NotoSansMath" in data
    assert b"NotoSansMath" not in plain, "a letter carries only the fonts that it needs"


def test_justified_lines_end_at_the_right_edge():
    data = draw_letter(letter_with(f"<p>2. {LONG}</p>", block=LETTER.block))
    image = picture(data, scale=2).convert("L")
    right = round((210 - 19) / 210 * image.width)
    strip = image.crop((right - 6, round(image.height * 0.40), right + 3, round(image.height * 0.60)))

    assert strip.getextrema()[0] < 128  # ink reaches the edge …
    beyond = image.crop((right + 4, 0, image.width, image.height))
    assert beyond.getextrema()[0] > 200  # … and nothing crosses it


def test_underline_and_bold_put_ink_on_the_page():
    def ink(html: str) -> int:
        image = picture(draw_letter(letter_with(html)), scale=2).convert("L")
        return sum(image.histogram()[:128])

    plain = ink("<p>अत्यन्त आवश्यक</p>")
    assert ink("<p><u>अत्यन्त आवश्यक</u></p>") > plain
    assert ink("<p><strong>अत्यन्त आवश्यक</strong></p>") > plain


def test_a_word_longer_than_the_line_is_cut_and_stays_whole_in_the_text(tmp_path):
    word = "क्षेत्रविद्यालय" * 30
    data = draw_letter(letter_with(f"<p>{word}</p>"))

    assert flat(word) in poppler(data, tmp_path, "-layout").replace(" ", "")
    edge = picture(data, scale=1).convert("L")
    assert edge.crop((round(edge.width * 192 / 210), 0, edge.width, edge.height)).getextrema()[0] > 200


@pytest.mark.parametrize(
    ("text", "codepoint"),
    [("ठीक 😀 है", "U+1F600"), ("राम\u202eश्याम", "U+202E"), ("a\x07b", "U+0007"), ("اردو", "U+0627"), ("☺", "U+263A")],
)
def test_characters_that_cant_be_printed_are_refused_with_name_and_place(text, codepoint):
    with pytest.raises(BadText) as caught:
        draw_letter(letter_with(f"<p>ठीक</p><p>{text}</p>"))

    assert caught.value.codepoint == codepoint
    assert caught.value.place == "body, paragraph 2"
    assert codepoint in str(caught.value)


def test_every_field_of_the_letter_names_itself_when_refused():
    from dataclasses import replace  # noqa: PLC0415

    with pytest.raises(BadText) as caught:
        draw_letter(replace(LETTER, addressee=("जिलाधिकारी", "सरयू\u200fपुर")))
    assert caught.value.place == "addressee, line 2"
    assert caught.value.position == 5


def test_invisible_break_hints_of_pasted_text_do_no_harm(tmp_path):
    data = draw_letter(letter_with("<p>प्रशा\u200bसन co\u00adoperation</p>"))
    found = poppler(data, tmp_path).replace("\u200b", "").replace("\u00ad", "")
    assert "प्रशासन" in found
    assert "cooperation" in found


def test_an_element_outside_the_subset_is_refused():
    with pytest.raises(BadMarkup) as caught:
        draw_letter(letter_with("<table><tr><td>1</td></tr></table>"))
    assert caught.value.tag == "table"


def test_text_without_a_single_space_is_set_in_seconds():
    began = time.monotonic()
    data = draw_letter(letter_with("<p>" + "क्षेत्र/विद्यालय-" * 1500 + "</p>"))
    assert time.monotonic() - began < 20
    image = picture(data, page=1).convert("L")
    assert image.crop((round(image.width * 192 / 210), 0, image.width, image.height)).getextrema()[0] > 200


def test_several_threads_may_draw_at_once():
    with ThreadPoolExecutor(8) as hands:
        assert len(set(hands.map(lambda _: draw_letter(LETTER), range(24)))) == 1
