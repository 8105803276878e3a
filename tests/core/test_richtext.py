from hypothesis import given
from hypothesis import strategies as st

from eoffice.core import richtext

words = st.text(st.sampled_from("कखि्ष ab*_[]()\\-1. <>&\n\"'₹।"), max_size=12)
inline = st.recursive(
    words.map(lambda w: w.replace("&", "&amp;").replace("<", "&lt;")),
    lambda inner: st.one_of(
        inner.map(lambda h: f"<strong>{h}</strong>"),
        inner.map(lambda h: f"<u>{h}</u>"),
        inner.map(lambda h: f'<a data-ref="paper:2:3">{h}</a>'),
        st.tuples(inner, inner).map("".join),
        st.just("<br>"),
    ),
    max_leaves=6,
)
block = st.one_of(
    inline.map(lambda h: f"<p>{h}</p>"),
    st.lists(inline, max_size=3).map(lambda items: "<ol>" + "".join(f"<li>{h}</li>" for h in items) + "</ol>"),
    st.lists(inline, max_size=3).map(lambda items: "<ul>" + "".join(f"<li><p>{h}</p></li>" for h in items) + "</ul>"),
)


@given(st.lists(block, max_size=4).map("".join))
def test_nothing_is_lost_between_editor_and_textarea(html):
    canonical = richtext.clean(html)
    assert richtext.from_text(richtext.to_text(canonical)) == canonical


@given(st.lists(block, max_size=4).map("".join))
def test_cleaning_twice_changes_nothing(html):
    once = richtext.clean(html)
    assert richtext.clean(once) == once


@given(st.text(max_size=200))
def test_any_text_typed_gives_canonical_html(text):
    html = richtext.from_text(text)
    assert richtext.clean(html) == html


def test_pasted_junk_is_cleaned():
    pasted = (
        '<div style="color:red" onclick="x()"><b>अनुमोदित</b> <span>है</span><script>alert(1)</script></div>'
        '<table><tr><td>एक</td></tr></table><a href="javascript:x">y</a><img src=x onerror=y>'
    )
    assert richtext.clean(pasted) == "<p><strong>अनुमोदित</strong> है</p><p>एक</p><p>y</p>"


def test_references_are_kept_and_forged_ones_are_not():
    html = richtext.clean('<p>देखें <a class="x" data-ref="paper:2:3" href="http://evil.example">पृ. 3</a></p>')
    assert html == '<p>देखें <a class="flag" data-ref="paper:2:3">पृ. 3</a></p>'
    assert richtext.references(html) == ["paper:2:3"]
    assert richtext.clean('<p><a data-ref="x&quot; onclick=1">q</a></p>') == "<p>q</p>"


def test_direction_overrides_and_controls_are_dropped():
    assert richtext.clean("<p>ab\u202ecd\x07e\u200bf</p>") == "<p>abcdef</p>"


def test_joiners_that_devanagari_needs_are_kept():
    assert richtext.clean("<p>क्\u200dष र\u200c्य</p>") == "<p>क्\u200dष र\u200c्य</p>"


def test_links_are_put_in_when_shown():
    html = '<p><a class="flag" data-ref="paper:2:3">पृ. 3</a></p>'
    assert 'href="/f?a=1&amp;b=2"' in richtext.with_links(html, {"paper:2:3": "/f?a=1&b=2"})
    assert "href" not in richtext.with_links(html, {})


def test_numbered_paragraphs_of_a_letter_are_no_list():
    typed = "उपर्युक्त विषयक।\n\n2. मुझे यह कहने का निदेश हुआ है।\n\n3. व्यय की मद।"
    html = richtext.from_text(typed)
    assert html == "<p>उपर्युक्त विषयक।</p><p>2. मुझे यह कहने का निदेश हुआ है।</p><p>3. व्यय की मद।</p>"
    assert richtext.to_text(html) == typed


def test_a_list_is_numbered_in_the_textarea():
    assert richtext.to_text("<ol><li>एक</li><li>दो</li></ol>") == "1. एक\n2. दो"
