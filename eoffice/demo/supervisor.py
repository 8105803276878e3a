"""`python -m eoffice.demo.supervisor`, which `make run` and `manage.py demo` call: the demo as one thing.

It knows no Django: it sets the demo's environment and runs the same programs as a real instance (web, worker) beside
the two that only the demo has (authority, mail sink). All listen on loopback alone. If one dies, all stop; Ctrl-C,
SIGTERM and the end of the terminal stop all; and if this process itself is killed, the kernel tells the others.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
PR_SET_PDEATHSIG = 1
PATIENCE_START = 90.0
PATIENCE_STOP = 15.0
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class GiveUpError(Exception):
    """The demo can't go on; the text says what, and what to do about it."""


class StopError(Exception):
    """Somebody asked the demo to stop."""


@dataclass(frozen=True, slots=True)
class Options:
    """Where the demo lives and listens."""

    data: Path
    port: int
    authority_port: int
    mail_port: int

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def ports(self) -> list[tuple[str, int, str]]:
        return [
            ("web pages", self.port, "--port"),
            ("demo authority", self.authority_port, "--authority-port"),
            ("mail sink", self.mail_port, "--mail-port"),
        ]

    def environment(self) -> dict[str, str]:
        """Nothing of the caller's own settings leaks in: an instance's database must not become the demo's."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("EOFFICE_", "DATABASE_URL"))}
        own = {
            "EOFFICE_PROFILE": "demo",
            "EOFFICE_DATA": str(self.data),
            "EOFFICE_PUBLIC_URL": self.url,
            "EOFFICE_SECRET_KEY": self._secret(),
            "EOFFICE_MAIL_HOST": HOST,
            "EOFFICE_MAIL_PORT": str(self.mail_port),
            "EOFFICE_TSA_URLS": f"http://{HOST}:{self.authority_port}/tsa",
            "EOFFICE_DEMO_AUTHORITY": f"http://{HOST}:{self.authority_port}",
        }
        # For commands beside the running demo (eoffice.env).
        self._private("environment").write_text("".join(f"{name}={value}\n" for name, value in own.items()))
        return kept | own | {"DJANGO_SETTINGS_MODULE": "eoffice.settings", "PYTHONUNBUFFERED": "1"}

    def _private(self, name: str) -> Path:
        file = self.data / name
        file.touch(mode=0o600)
        return file

    def _secret(self) -> str:
        file = self._private("secret-key")
        if not file.read_text():
            file.write_text(secrets.token_urlsafe(48))
        return file.read_text()


def _bound_to_parent() -> None:
    """In the child, before it becomes its program: SIGTERM when the supervisor dies in whatever way."""
    parent = os.getppid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)


class Child:
    """One program in a process group of its own, so that its own children go with it."""

    def __init__(self, name: str, command: list[str], *, log: Path, environment: dict[str, str]) -> None:
        self.name = name
        self.log = log
        with log.open("wb") as sink:
            self.process = subprocess.Popen(  # noqa: S603 - our own programs
                command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
                preexec_fn=_bound_to_parent,  # noqa: PLW1509 - this process has one thread
            )

    def died(self) -> str | None:
        """A sentence when the program has ended, with the end of its log."""
        code = self.process.poll()
        if code is None:
            return None
        tail = self.log.read_text(encoding="utf-8", errors="replace")[-2000:].strip()
        return f"The demo's {self.name} ended ({code}). The end of {self.log}:\n{tail}"

    def signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def wait(self, until: float) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.0, until - time.monotonic()))


class Supervisor:
    """Starts the programs in order, waits for them, and never leaves one behind."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.logs = options.data / "logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        self.environment = options.environment()
        self.children: list[Child] = []
        self.asked_to_stop = False
        for number in SIGNALS:
            signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        """Only a note: an exception out of a signal could come between starting a child and knowing of it."""
        self.asked_to_stop = True

    def start(self, name: str, *command: str) -> Child:
        log = self.logs / f"{name.replace(' ', '-')}.log"
        child = Child(name, [sys.executable, *command], log=log, environment=self.environment)
        self.children.append(child)
        return child

    def run(self) -> None:
        """Until asked to stop (StopError), or until something fails (GiveUpError)."""
        options = self.options
        data = options.data
        self.start("authority", "-m", "eoffice.demo.authority", "--data", str(data / "authority"),
                   "--port", str(options.authority_port))  # fmt: skip
        self.start("mail sink", "-m", "eoffice.demo.mailsink", "--data", str(data / "mail"),
                   "--port", str(options.mail_port))  # fmt: skip
        self.wait_until(lambda: _listens(options.authority_port) and _listens(options.mail_port), "authority and mail")
        self.prepare()
        self.start("worker", "manage.py", "worker")
        self.start("web", "-m", "gunicorn", "eoffice.wsgi", "--bind", f"{HOST}:{options.port}", "--workers", "2",
                   "--threads", "4", "--timeout", "60", "--graceful-timeout", "10", "--no-control-socket",
                   "--access-logfile", "-", "--access-logformat", "%(h)s %(m)s %(U)s %(s)s %(B)s %(M)s ms")  # fmt: skip
        self.wait_until(lambda: _healthy(options.url), "/healthz")
        say(f"\n  The demo e-Office is at  {options.url}/")
        say(f"  Logs: {self.logs}   Stop: Ctrl-C   Start over: make reset\n")
        self.wait_until(lambda: False, "the end", patience=float("inf"), every=0.5)

    def prepare(self) -> None:
        """Tables and the demo's people and papers; nothing to do while the migrations are those of the last start."""
        prepared = self.options.data / "prepared"
        found = [*ROOT.glob("*/migrations/0*.py"), *ROOT.glob("*/*/migrations/0*.py")]
        migrations = " ".join(sorted(str(file.relative_to(ROOT)) for file in found))
        if prepared.exists() and prepared.read_text() == migrations:
            return
        if not (self.options.data / "seeded").exists():
            say("First run: making the department, its people and papers (about a minute) …")
        child = self.start("preparation", "manage.py", "demo_prepare")
        while child.process.poll() is None:
            time.sleep(0.1)
            self.look(besides=child)
        if child.process.returncode:
            raise GiveUpError(child.died() or "")
        self.children.remove(child)
        prepared.write_text(migrations)

    def look(self, besides: Child | None = None) -> None:
        if self.asked_to_stop:
            raise StopError
        for child in self.children:
            if child is not besides and (sentence := child.died()):
                raise GiveUpError(sentence)

    def wait_until(
        self, condition: Callable[[], bool], what: str, *, patience: float = PATIENCE_START, every: float = 0.1
    ) -> None:
        end = time.monotonic() + patience
        while not condition():
            self.look()
            if time.monotonic() > end:
                raise GiveUpError(f"Waited {patience:.0f} s in vain for {what}. The logs are in {self.logs}.")
            time.sleep(every)

    def stop(self) -> None:
        """Last started, first stopped; who does not go in time is killed with its whole group."""
        for child in reversed(self.children):
            child.signal(signal.SIGTERM)
        until = time.monotonic() + PATIENCE_STOP
        for child in reversed(self.children):
            child.wait(until)
            child.signal(signal.SIGKILL)
            child.process.wait()


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def _healthy(url: str) -> bool:
    try:
        with urlopen(f"{url}/healthz", timeout=2) as answer:  # noqa: S310 - our own loopback address
            return bool(json.load(answer)["status"] == "ok")
    except (URLError, OSError, ValueError):
        return False


def check_ports(options: Options) -> None:
    """Refuse with one sentence for each port that somebody else uses."""
    taken = []
    for what, port, option in options.ports():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as error:
                taken.append(
                    f"Port {port} on {HOST} ({what}) is not free: {error.strerror}. Choose another: {option} N"
                )
    if taken:
        hint = 'With make: make run DEMO="--port 8100"'
        raise GiveUpError("\n".join([*taken, hint]))


@contextlib.contextmanager
def only_one(data: Path) -> Iterator[None]:
    """One demo in one folder; the lock goes with the process, however it ends."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise GiveUpError(f"A demo is already running on {data}. Stop it first, or use another --data.") from error
        yield


def remember_ports(options: Options) -> None:
    """The authority's address is burnt into the certificates it gave out, so it must stay for this folder."""
    file = options.data / "authority-port"
    if file.exists() and int(file.read_text()) != options.authority_port:
        raise GiveUpError(
            f"The certificates in {options.data} name port {file.read_text()} of the demo authority. "
            f"Use --authority-port {file.read_text()}, or start over with `make reset`."
        )
    file.write_text(str(options.authority_port))


def reset(data: Path) -> None:
    """Remove the demo's folder, and nothing that is not a demo's folder."""
    if not data.exists():
        say("There is no demo to remove.")
        return
    if not (data / "demo.lock").exists():
        raise GiveUpError(f"{data} does not look like a demo's folder, so it stays.")
    with only_one(data):
        shutil.rmtree(data)
    say(f"Removed {data}.")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="manage.py demo", description="Runs the demo instance on this machine.")
    parser.add_argument("--data", type=Path, default=ROOT / "var" / "demo", help="folder of the demo")
    parser.add_argument("--port", type=int, default=8000, help="port of the web pages")
    parser.add_argument("--authority-port", type=int, default=8010, help="port of the demo authority")
    parser.add_argument("--mail-port", type=int, default=8025, help="port of the mail sink")
    parser.add_argument("--reset", action="store_true", help="remove the demo's folder and stop")
    given = parser.parse_args(arguments)
    options = Options(given.data.resolve(), given.port, given.authority_port, given.mail_port)
    try:
        if given.reset:
            reset(options.data)
            return 0
        with only_one(options.data):
            check_ports(options)
            remember_ports(options)
            supervisor = Supervisor(options)
            try:
                supervisor.run()
            finally:
                supervisor.stop()
    except StopError:
        say("The demo is stopped.")
        return 0
    except GiveUpError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
