"""Which instance a command speaks to when nobody says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from eoffice import env


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone in which the demo of `make run` left its settings, and a shell without any."""
    left = tmp_path / "var" / "demo" / "environment"
    left.parent.mkdir(parents=True)
    left.write_text("EOFFICE_PROFILE=demo\nEOFFICE_DATA=/demo\nEOFFICE_TSA_URLS=http://127.0.0.1:8010/tsa\n")
    monkeypatch.setattr(env, "__file__", str(tmp_path / "eoffice" / "env.py"))
    for name in ("EOFFICE_PROFILE", "EOFFICE_DATA", "EOFFICE_TSA_URLS"):
        # Set first, so that what the code under test sets is taken back as well.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    return tmp_path


def test_a_command_speaks_to_the_demo_that_is_alone_here(clone: Path) -> None:
    assert (env.profile(), env.text("EOFFICE_DATA")) == ("demo", "/demo")
    assert env.words("EOFFICE_TSA_URLS") == ["http://127.0.0.1:8010/tsa"]


def test_another_instance_comes_before_the_demo(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (clone / "var" / "embedded").mkdir()
    assert env.profile() == "embedded"
    monkeypatch.setenv("EOFFICE_PROFILE", "demo")
    assert (env.profile(), env.text("EOFFICE_DATA")) == ("demo", "/demo")


@pytest.mark.parametrize(("name", "value"), [("EOFFICE_PROFILE", "production"), ("EOFFICE_DATA", "/own")])
def test_what_was_said_is_kept(clone: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    env.profile()
    assert env.text(name) == value
    assert env.text("EOFFICE_TSA_URLS", "none") == "none"
