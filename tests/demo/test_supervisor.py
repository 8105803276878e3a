"""The supervisor with small stand-ins for the programs it starts: what it promises is about processes alone.

The real programs under it are driven by the journey.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

import pytest

from eoffice.demo import supervisor

SERVE = """
import http.server, sys
port = int(sys.argv[sys.argv.index("--port") + 1])
http.server.ThreadingHTTPServer(("127.0.0.1", port), http.server.BaseHTTPRequestHandler).serve_forever()
"""
MANAGE = """
import json, os, pathlib, subprocess, sys, time
data = pathlib.Path(os.environ["EOFFICE_DATA"])
if sys.argv[1] == "demo_prepare":
    if (data / "spoil").exists():
        sys.exit("the seed is spoiled")
    (data / "environment").write_text(json.dumps(dict(os.environ)))
    (data / "seeded").touch()
else:
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])  # a grandchild
    time.sleep(600)
"""
WSGI = """
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/json")])
    return [b'{"status": "ok"}']
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Demo:
    """A tree of stand-ins and the supervisor that runs them."""

    root: Path
    ports: list[int] = field(default_factory=lambda: [free_port() for _ in range(3)])
    process: subprocess.Popen[str] | None = None

    @property
    def data(self) -> Path:
        return self.root / "data"

    def start(self, **environment: str) -> subprocess.Popen[str]:
        web, authority, mail = map(str, self.ports)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "eoffice.demo.supervisor", "--data", str(self.data), "--port", web,
             "--authority-port", authority, "--mail-port", mail],
            cwd=self.root, env={**os.environ, **environment, "PYTHONPATH": str(self.root)},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        return self.process

    def wait_ready(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if "Stop: Ctrl-C" in line:
                return
        raise AssertionError(self.process.communicate()[1])

    def finish(self, seconds: float = 30) -> tuple[int, str]:
        assert self.process is not None
        _out, errors = self.process.communicate(timeout=seconds)
        return self.process.returncode, errors

    def others(self) -> dict[int, str]:
        """The programs that live in this tree, apart from the supervisor."""
        found = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or (self.process is not None and int(entry.name) == self.process.pid):
                continue
            with contextlib.suppress(OSError):
                if (entry / "cwd").readlink() == self.root:
                    found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        return found

    def pid_of(self, word: str) -> int:
        return next(pid for pid, command in sorted(self.others().items()) if word in command)


def eventually(condition: Callable[[], bool], seconds: float = 15) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    package = tmp_path / "eoffice"
    (package / "demo" / "authority").mkdir(parents=True)
    for folder in (package, package / "demo", package / "demo" / "authority"):
        (folder / "__init__.py").touch()
    source = Path(supervisor.__file__).parent
    for name in ("supervisor.py", "mailsink.py"):
        shutil.copy(source / name, package / "demo" / name)
    (package / "demo" / "authority" / "__main__.py").write_text(SERVE)
    (package / "wsgi.py").write_text(WSGI)
    (tmp_path / "manage.py").write_text(MANAGE)
    made = Demo(tmp_path.resolve())
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.kill()
        made.process.communicate()
    for pid in made.others():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_all_start_together_and_stop_together(demo: Demo, number: signal.Signals) -> None:
    process = demo.start()
    demo.wait_ready()
    with urlopen(f"http://127.0.0.1:{demo.ports[0]}/healthz") as answer:
        assert answer.status == 200
    commands = " ".join(demo.others().values())
    for word in ("authority", "mailsink", "worker", "gunicorn", "time.sleep"):
        assert word in commands
    process.send_signal(number)
    assert demo.finish()[0] == 0
    assert demo.others() == {}


@pytest.mark.parametrize("victim", ["eoffice.demo.authority", "mailsink", "manage.py worker", "gunicorn"])
def test_if_one_dies_all_stop_and_it_says_which(demo: Demo, victim: str) -> None:
    demo.start()
    demo.wait_ready()
    os.kill(demo.pid_of(victim), signal.SIGKILL)
    code, errors = demo.finish()
    assert code == 1
    assert "ended (-9)" in errors
    assert eventually(lambda: demo.others() == {})


def test_a_killed_supervisor_leaves_no_orphan(demo: Demo) -> None:
    process = demo.start()
    demo.wait_ready()
    process.kill()
    process.communicate()
    # The grandchild of the stand-in worker is nobody's concern here: real workers make none that outlive them.
    assert eventually(lambda: all("time.sleep" in command for command in demo.others().values()), 40)


def test_a_stop_during_the_first_run_stops_what_was_started(demo: Demo) -> None:
    (demo.root / "manage.py").write_text("import time; time.sleep(600)")
    process = demo.start()
    assert eventually(lambda: any("demo_prepare" in command for command in demo.others().values()))
    process.terminate()
    assert demo.finish()[0] == 0
    assert demo.others() == {}


def test_a_taken_port_is_named_with_the_option_that_changes_it(demo: Demo) -> None:
    with socket.create_server(("127.0.0.1", demo.ports[2])):
        demo.start()
        code, errors = demo.finish()
    assert code == 1
    assert f"Port {demo.ports[2]} on 127.0.0.1 (mail sink) is not free" in errors
    assert "--mail-port N" in errors
    assert demo.others() == {}


def test_a_second_demo_on_the_same_data_is_refused(demo: Demo) -> None:
    first = demo.start()
    demo.wait_ready()
    second = Demo(demo.root)
    second.start()
    code, errors = second.finish()
    assert code == 1
    assert "already running" in errors
    demo.process = first
    first.terminate()
    assert demo.finish()[0] == 0


def test_a_failing_preparation_shows_why(demo: Demo) -> None:
    demo.data.mkdir()
    (demo.data / "spoil").touch()
    demo.start()
    code, errors = demo.finish()
    assert code == 1
    assert "the seed is spoiled" in errors
    assert demo.others() == {}


def test_the_callers_own_settings_do_not_leak_in(demo: Demo) -> None:
    demo.start(DATABASE_URL="postgresql://real", EOFFICE_MAIL_HOST="mail.example.gov.in", EOFFICE_PROFILE="production")
    demo.wait_ready()
    environment = (demo.data / "environment").read_text()
    assert "postgresql://real" not in environment
    assert "mail.example.gov.in" not in environment
    assert '"EOFFICE_PROFILE": "demo"' in environment


def test_the_authority_keeps_its_port(demo: Demo) -> None:
    process = demo.start()
    demo.wait_ready()
    process.terminate()
    demo.finish()
    before, demo.ports[1] = demo.ports[1], free_port()
    demo.start()
    code, errors = demo.finish()
    assert code == 1
    assert f"--authority-port {before}" in errors


def test_reset_removes_a_demo_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    foreign, own = tmp_path / "foreign", tmp_path / "own"
    foreign.mkdir()
    own.mkdir()
    (own / "demo.lock").touch()
    assert supervisor.main(["--reset", "--data", str(foreign)]) == 1
    assert foreign.exists()
    assert "does not look like a demo" in capsys.readouterr().err
    assert supervisor.main(["--reset", "--data", str(own)]) == 0
    assert not own.exists()
    assert supervisor.main(["--reset", "--data", str(own)]) == 0
