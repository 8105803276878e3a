"""Asking the officer: in the terminal, or in a plain window where there is a screen. The PIN is typed here alone."""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from eoffice_signer.words import Voice

_SHOWN = 12


@dataclass(frozen=True)
class Sheet:
    """What is laid before the officer: its lines, and the very files that were checked."""

    lines: Sequence[str]
    papers: Sequence[Path]
    needs_pin: bool = True


@dataclass(frozen=True)
class Decision:
    """`act` is sign, refuse or later. The PIN is handed to the token and forgotten."""

    act: str
    pin: str = ""


class Asks(Protocol):
    """Terminal or window."""

    def tell(self, text: str) -> None: ...
    def decide(self, sheet: Sheet, note: str) -> Decision: ...
    def pick(self, title: str, lines: Sequence[str], note: str) -> tuple[int, str] | None: ...


def open_paper(path: Path) -> None:
    """Show the file in the PC's own viewer."""
    if sys.platform == "win32":
        os.startfile(path)  # noqa: S606 - the viewer for PDFs, as by a double click
        return
    viewer = os.environ.get("EOFFICE_SIGNER_VIEWER") or ("open" if sys.platform == "darwin" else "xdg-open")
    try:
        subprocess.Popen(  # noqa: S603
            [viewer, str(path)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    except OSError:
        return


def shortened(lines: Sequence[str], voice: Voice) -> list[str]:
    """The first of many lines, and how many more there are."""
    more = len(lines) - _SHOWN
    return [*lines[:_SHOWN], *([voice.say("more", count=more)] if more > 0 else [])]


class Terminal:
    """Lines and questions; the PIN is not echoed."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice

    def tell(self, text: str) -> None:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    def decide(self, sheet: Sheet, note: str) -> Decision:
        for line in ["", *sheet.lines, *([note] if note else [])]:
            self.tell(line)
        while True:
            match input(self._voice.say("choose")).strip().lower():
                case "s":
                    pin = getpass.getpass(self._voice.say("pin")) if sheet.needs_pin else ""
                    return Decision("sign", pin)
                case "o":
                    number = input(self._voice.say("which")).strip() if len(sheet.papers) > 1 else "1"
                    if number.isdecimal() and 0 < int(number) <= len(sheet.papers):
                        path = sheet.papers[int(number) - 1]
                        open_paper(path)
                        self.tell(self._voice.say("opened", path=path))
                case "r":
                    return Decision("refuse")
                case "l":
                    return Decision("later")

    def pick(self, title: str, lines: Sequence[str], note: str) -> tuple[int, str] | None:
        """Which of the lines, and the PIN; None for anything else."""
        for line in ["", title, *lines, note]:
            self.tell(line)
        number = input(self._voice.say("which")).strip()
        if not number.isdecimal() or not 0 < int(number) <= len(lines):
            return None
        return int(number) - 1, getpass.getpass(self._voice.say("pin"))


class Window(Terminal):
    """The same in a small window that comes to the front when there is something to sign."""

    def decide(self, sheet: Sheet, note: str) -> Decision:
        import tkinter as tk  # noqa: PLC0415 - not on every PC
        from tkinter import ttk  # noqa: PLC0415

        given: list[Decision] = []
        root, say = tk.Tk(), self._voice.say
        root.title(say("title"))
        root.attributes("-topmost", True)  # noqa: FBT003
        frame = ttk.Frame(root, padding=16)
        frame.grid()
        for line in [*sheet.lines, *([note] if note else [])]:
            ttk.Label(frame, text=line, wraplength=620).grid(sticky="w", pady=2)
        papers = tk.Listbox(frame, height=min(6, len(sheet.papers)), width=70)
        if len(sheet.papers) > 1:
            papers.insert(0, *(str(number) for number in range(1, len(sheet.papers) + 1)))
            papers.grid(sticky="w")
        pin = ttk.Entry(frame, show="•", width=24)
        if sheet.needs_pin:
            ttk.Label(frame, text=say("pin")).grid(sticky="w", pady=(12, 0))
            pin.grid(sticky="w")
            pin.focus()

        def end(act: str) -> Callable[[], None]:
            def close() -> None:
                if act != "sign" or pin.get() or not sheet.needs_pin:
                    given.append(Decision(act, pin.get() if act == "sign" else ""))
                    root.destroy()

            return close

        def show() -> None:
            chosen = papers.curselection() if len(sheet.papers) > 1 else (0,)  # type: ignore[no-untyped-call]
            open_paper(sheet.papers[chosen[0] if chosen else 0])

        row = ttk.Frame(frame, padding=(0, 12, 0, 0))
        row.grid(sticky="w")
        acts = (("sign_button", end("sign")), ("open_button", show), ("refuse_button", end("refuse")),
                ("later_button", end("later")))  # fmt: skip
        for at, (word, act) in enumerate(acts):
            ttk.Button(row, text=say(word), command=act).grid(row=0, column=at, padx=(0, 8))
        root.bind("<Return>", lambda _event: end("sign")())
        root.mainloop()
        return given[0] if given else Decision("later")


def asker(voice: Voice, *, terminal: bool) -> Asks:
    """The window where there is a screen and nobody asked for the terminal.

    Tk joins no Devanagari letters on Linux (it does on Windows and macOS), so Hindi is asked for in the terminal there.
    """
    on_linux = sys.platform == "linux"
    has_screen = not on_linux or "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ
    if terminal or not has_screen or (on_linux and voice.language == "hi"):
        return Terminal(voice)
    try:
        import tkinter as tk  # noqa: PLC0415 - not on every PC
    except ImportError:
        return Terminal(voice)
    try:
        tk.Tk().destroy()
    except tk.TclError:
        return Terminal(voice)
    return Window(voice)
