"""Rich text of notes and letters: paragraphs, bold, underline, lists, references to pages and notes.

One canonical HTML for all of it. `clean` takes whatever was pasted; `from_text` and `to_text` serve the textarea of a
browser without scripts, in which nothing is lost: `from_text(to_text(html)) == html` for every canonical HTML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from unicodedata import category, normalize

import nh3

# What is read from pasted HTML before it is brought to the canonical form; all else loses its tags, not its words.
_READ = {"p", "div", "br", "strong", "b", "u", "ol", "ul", "li", "a", "tr", "blockquote"} | {
    f"h{n}" for n in range(1, 7)
}
_BLOCKS = {"p", "div", "tr", "blockquote"} | {f"h{n}" for n in range(1, 7)}
_REF = re.compile(r"(?:paper:\d{1,6}:\d{1,6}|note:\d{1,6}|draft:\d{1,6})\Z")
# Direction overrides and isolates reorder what the eye reads; zero-width spaces hide in what the search looks for.
_HIDDEN = {"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\u200b", "\ufeff"}


@dataclass(frozen=True, slots=True)
class Run:
    """Some characters alike: bold or not, underlined or not, a reference or not; a newline alone is a line break."""

    text: str
    bold: bool = False
    underline: bool = False
    ref: str = ""


@dataclass(slots=True)
class Block:
    """A paragraph (`kind` "p") or one item of a numbered ("ol") or dotted ("ul") list."""

    kind: str
    runs: list[Run] = field(default_factory=list)


def clean(html: str) -> str:
    """Canonical HTML of anything pasted or sent. Empty input gives an empty string."""
    parser = _Reader()
    parser.feed(
        nh3.clean(
            html,
            tags=_READ,
            clean_content_tags={"script", "style", "title", "template"},
            attributes={"a": {"data-ref"}},
            link_rel=None,
        )
    )
    parser.close()
    return _write(parser.blocks)


def plain(html: str) -> str:
    """The words alone, a line a block: for search, gist and lists."""
    return "\n".join("".join(run.text for run in block.runs) for block in blocks(html))


def blocks(html: str) -> list[Block]:
    """The blocks of canonical HTML, for those who draw it."""
    parser = _Reader()
    parser.feed(html)
    parser.close()
    return _tidy(parser.blocks)


def with_links(html: str, links: dict[str, str]) -> str:
    """Canonical HTML for the page: each reference becomes a link to `links[ref]`; unknown ones stay without."""

    def link(match: re.Match[str]) -> str:
        address = links.get(match[1])
        href = f' href="{escape(address)}"' if address else ""
        return f'<a class="flag" data-ref="{match[1]}"{href}>'

    return re.sub(r'<a class="flag" data-ref="([a-z0-9:]+)">', link, html)


def references(html: str) -> list[str]:
    """Every reference of the text, in order: "paper:2:3" is page 3 of paper 2, "note:4" is note 4."""
    return [run.ref for block in blocks(html) for run in block.runs if run.ref]


class _Reader(HTMLParser):
    """Reads safe HTML into blocks, however the tags are nested."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._open: Block | None = None
        self._lists: list[str] = []
        self._bold = self._underline = 0
        self._refs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"ol", "ul"}:
            self._lists.append(tag)
            self._open = None
        elif tag == "li":
            self._start(self._lists[-1] if self._lists else "ul")
        elif tag in _BLOCKS:
            # A paragraph inside a list item is the item, as editors write it.
            if not (self._lists and self._open is not None and not self._open.runs):
                self._start(self._lists[-1] if self._lists else "p")
        elif tag == "br":
            self._add("\n")
        elif tag in {"strong", "b"}:
            self._bold += 1
        elif tag == "u":
            self._underline += 1
        elif tag == "a":
            self._refs.append(next((value for name, value in attrs if name == "data-ref" and value), ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in {"ol", "ul"}:
            if self._lists:
                self._lists.pop()
            self._open = None
        elif tag == "li" or (tag in _BLOCKS and not self._lists):
            self._open = None
        elif tag in {"strong", "b"}:
            self._bold = max(0, self._bold - 1)
        elif tag == "u":
            self._underline = max(0, self._underline - 1)
        elif tag == "a" and self._refs:
            self._refs.pop()

    def handle_data(self, data: str) -> None:
        self._add(re.sub(r"\s+", " ", data))

    def _start(self, kind: str) -> None:
        self._open = Block(kind)
        self.blocks.append(self._open)

    def _add(self, text: str) -> None:
        if self._open is None:
            if not text.strip():
                return
            self._start(self._lists[-1] if self._lists else "p")
        ref = self._refs[-1] if self._refs else ""
        if ref and not _REF.match(ref):
            ref = ""
        assert self._open is not None
        self._open.runs.append(Run(text, bold=self._bold > 0, underline=self._underline > 0, ref=ref))


def visible(text: str) -> str:
    """The text in NFC without control characters, direction overrides and zero-width spaces."""
    kept = "".join(c for c in text if c == "\n" or (c not in _HIDDEN and category(c) not in {"Cc", "Cs", "Co", "Cn"}))
    return normalize("NFC", kept)


def _tidy(found: list[Block]) -> list[Block]:
    """Equal neighbours joined, spaces collapsed, empty blocks dropped."""
    tidy = []
    for block in found:
        runs: list[Run] = []
        for found_run in block.runs:
            text = re.sub(" +", " ", visible(found_run.text))
            last = runs[-1].text if runs else "\n"
            if last.endswith((" ", "\n")) and text != "\n":
                text = text.lstrip(" ")
            if text.startswith("\n") and runs:
                runs[-1] = _with_text(runs[-1], runs[-1].text.rstrip(" "))
            if not text:
                continue
            # A break belongs to no format, so that no marker is left open at a line's end.
            run = Run("\n") if text == "\n" else _with_text(found_run, text)
            if runs and (runs[-1].bold, runs[-1].underline, runs[-1].ref) == (run.bold, run.underline, run.ref):
                runs[-1] = _with_text(run, runs[-1].text + run.text)
            else:
                runs.append(run)
        _strip(runs)
        if any(run.text.strip() for run in runs):
            tidy.append(Block(block.kind, runs))
    return tidy


def _with_text(run: Run, text: str) -> Run:
    return Run(text, run.bold, run.underline, run.ref)


def _strip(runs: list[Run]) -> None:
    while runs and not runs[-1].text.strip():
        runs.pop()
    while runs and not runs[0].text.strip():
        runs.pop(0)
    if runs:
        runs[0] = _with_text(runs[0], runs[0].text.lstrip())
        runs[-1] = _with_text(runs[-1], runs[-1].text.rstrip())


def _write(found: list[Block]) -> str:
    out: list[str] = []
    open_list = ""
    for block in _tidy(found):
        kind = "" if block.kind == "p" else block.kind
        if open_list and open_list != kind:
            out.append(f"</{open_list}>")
        if kind and open_list != kind:
            out.append(f"<{kind}>")
        open_list = kind
        tag = "li" if kind else "p"
        out.append(f"<{tag}>{''.join(_write_run(run) for run in block.runs)}</{tag}>")
    if open_list:
        out.append(f"</{open_list}>")
    return "".join(out)


def _write_run(run: Run) -> str:
    html = escape(run.text, quote=False).replace("\n", "<br>")
    if run.underline:
        html = f"<u>{html}</u>"
    if run.bold:
        html = f"<strong>{html}</strong>"
    return f'<a class="flag" data-ref="{run.ref}">{html}</a>' if run.ref else html


# The textarea's way of writing: a blank line between paragraphs, lines that begin with "1. " and "2. " or with "- " for
# a list, **bold**, __underlined__, [words](paper:2:3) for a reference, and a backslash before any of these when it is
# meant as such. A paragraph that begins with "2. " alone is none: office letters number their paragraphs so.
_ESCAPE = re.compile(r"([\\*_\[\]()])")
_ITEM = re.compile(r"(\d+\. |- )")
_LIST = re.compile(r"(1\. |- )")
_TOKEN = re.compile(r"\\(.)|(\*\*)|(__)|\[((?:\\.|[^\\\]])*)\]\(([a-z]+(?::\d+)+)\)|(\n)|([^\\*_\[\n]+|.)", re.DOTALL)


def to_text(html: str) -> str:
    """Canonical HTML as the textarea shows it."""
    parts: list[str] = []
    before, number = "", 0
    for block in blocks(html):
        follows = before == block.kind != "p"
        number = number + 1 if follows else 1
        mark = {"p": "", "ol": f"{number}. ", "ul": "- "}[block.kind]
        lines = "".join(_text_run(run) for run in block.runs).split("\n")
        # What only looks like the beginning of a list, or of its next item, is kept from becoming one.
        if block.kind == "p":
            lines[0] = f"\\{lines[0]}" if _LIST.match(lines[0]) else lines[0]
        else:
            lines = [f"\\{line}" if _ITEM.match(line) else line for line in lines]
        joiner = "" if not parts else "\n" if follows else "\n\n"
        parts.append(joiner + mark + "\n".join(lines))
        before = block.kind
    return "".join(parts)


def _text_run(run: Run) -> str:
    if run.text == "\n":
        return "\n"
    words = _ESCAPE.sub(r"\\\1", run.text)
    if run.underline:
        words = f"__{words}__"
    if run.bold:
        words = f"**{words}**"
    return f"[{words}]({run.ref})" if run.ref else words


def from_text(text: str) -> str:
    """Canonical HTML of what was typed into the textarea."""
    found: list[Block] = []
    for chunk in re.split(r"\n[ \t]*\n+", text.replace("\r\n", "\n").replace("\r", "\n")):
        is_list = _LIST.match(chunk) is not None
        current: Block | None = None
        for line in chunk.split("\n"):
            mark = _ITEM.match(line) if is_list else None
            if mark is not None:
                current = Block("ul" if mark[1] == "- " else "ol")
                found.append(current)
            elif current is None:
                current = Block("p")
                found.append(current)
            else:
                current.runs.append(Run("\n"))
            _parse(line[mark.end() :] if mark is not None else line, current, Run(""))
    return _write(found)


def _parse(line: str, into: Block, style: Run) -> None:
    """Tokens of one line; markers toggle, a reference holds a line of its own."""
    bold, underline = style.bold, style.underline
    for token in _TOKEN.finditer(line):
        escaped, stars, bars, words, ref, _newline, other = token.groups()
        if stars:
            bold = not bold
        elif bars:
            underline = not underline
        elif ref is not None:
            _parse(words, into, Run("", bold, underline, ref if _REF.match(ref) else ""))
        else:
            found = escaped if escaped is not None else other
            into.runs.append(Run(re.sub(r"\s", " ", found), bold, underline, style.ref))
