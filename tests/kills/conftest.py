"""One instance of the product per profile, with its web and worker as programs that can be killed."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from tests.kills.outside import Gate, Sink, free_port, gated_authority, mail_sink
from tests.signatures.authority import running

ROOT = Path(__file__).resolve().parents[2]
POSTGRES = os.environ.get("DATABASE_URL", "") if os.environ.get("DATABASE_URL", "").startswith("postgres") else ""
REDIS = os.environ.get("EOFFICE_TEST_REDIS_URL", "")
PROFILES = ["embedded", *(["postgresql and redis"] if POSTGRES and REDIS else [])]
CELERY = [sys.executable, "-m", "celery", "-A", "eoffice.celery"]
TOKEN = "k" * 32
PATIENCE_SECONDS = 60


@dataclass
class Program:
    """A program in a process group of its own; killed, it gets no last word."""

    commands: list[list[str]]
    environment: dict[str, str]
    log: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.running = [
                subprocess.Popen(
                    command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
                )
                for command in self.commands
            ]

    def kill(self) -> None:
        for process in self.running:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.running = []


@dataclass
class Instance:
    """Database, folders, programs, what lies outside, and the test's hand inside (stage.py)."""

    folder: Path
    environment: dict[str, str]
    worker: Program
    web: Program
    port: int
    sink: Sink
    stamps: Gate
    hand: subprocess.Popen[str]
    cases: int = 0

    def do(self, order: str, **facts: Any) -> Any:
        assert self.hand.stdin is not None
        assert self.hand.stdout is not None
        self.hand.stdin.write(json.dumps({"do": order, **facts}) + "\n")
        self.hand.stdin.flush()
        line = self.hand.stdout.readline()
        assert line, self.said()
        return json.loads(line)

    def case(self) -> dict[str, int]:
        """A decision that waits for the PIN; its letter goes to `self.address`."""
        self.cases += 1
        ids: dict[str, int] = self.do("prepare", number=self.cases)
        return ids

    @property
    def address(self) -> str:
        return f"case-{self.cases}@saryupur.example"

    def said(self) -> str:
        logs = [path.read_text(encoding="utf-8", errors="replace")[-2500:] for path in self.folder.glob("*.log")]
        return "\n".join(logs)

    def wait_for(self, condition: Callable[[dict[str, Any]], bool], case: dict[str, int]) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            facts: dict[str, Any] = self.do("facts", **case)
            if condition(facts):
                return facts
            assert time.monotonic() < end, f"not within {PATIENCE_SECONDS} s: {facts}\n{self.said()}"
            time.sleep(0.2)

    def start_web(self) -> None:
        self.web.start()
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError(self.said())

    def post(self, path: str, who: str, form: dict[str, str]) -> int:
        """The status of a form sent by a person of the cast; 0 when the web was killed before it answered."""
        body = urlencode({"csrfmiddlewaretoken": TOKEN, **form})
        cookies = f"sessionid={self.sessions[who]}; csrftoken={TOKEN}; django_language=en"
        headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("POST", path, body, headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    @property
    def sessions(self) -> dict[str, str]:
        if not hasattr(self, "_sessions"):
            self._sessions = {who: self.do("session", who=who) for who in ("secretary", "dealing_assistant")}
        return self._sessions


def _own_database() -> str:
    name = f"kill_{uuid4().hex[:12]}"
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return urlunsplit(urlsplit(POSTGRES)._replace(path=f"/{name}"))


@pytest.fixture(scope="module", params=PROFILES)
def instance(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    folder = tmp_path_factory.mktemp("instance")
    embedded = request.param == "embedded"
    with ExitStack() as stack:
        authority = folder / "authority"
        world = stack.enter_context(running(authority))
        stamps, stamps_url = stack.enter_context(gated_authority(f"{world.url}/tsa"))
        sink, mail_port = stack.enter_context(mail_sink())
        port = free_port()
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.kills.settings",
            "EOFFICE_PROFILE": "test",
            "EOFFICE_DATA": str(folder),
            "EOFFICE_INSTANCE": uuid4().hex,
            "EOFFICE_OUTBOX_LEASE_SECONDS": "30",
            "EOFFICE_MAIL_PORT": str(mail_port),
            "EOFFICE_TSA_URLS": stamps_url,
            "DATABASE_URL": f"sqlite:///{folder}/kill.sqlite3" if embedded else _own_database(),
            "EOFFICE_BROKER_URL": "" if embedded else REDIS,
        }
        celery = [*CELERY, "worker", "--concurrency", "2", "--loglevel", "WARNING", "--without-gossip",
                  "--without-mingle"]  # fmt: skip
        beat = [*CELERY, "beat", "--loglevel", "WARNING", "--pidfile", ""]
        worker = [[sys.executable, "manage.py", "worker"]] if embedded else [celery, beat]
        web = [sys.executable, "-m", "gunicorn", "eoffice.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "1",
               "--threads", "4", "--no-control-socket"]  # fmt: skip
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=environment, check=True
        )
        stage_log = stack.enter_context((folder / "stage.log").open("w"))
        hand = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", "tests.kills.stage"], cwd=ROOT, env=environment, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stage_log,
            )
        )  # fmt: skip
        made = Instance(
            folder,
            environment,
            Program(worker, environment, folder / "worker.log"),
            Program([web], environment, folder / "web.log"),
            port,
            sink,
            stamps,
            hand,
        )
        try:
            made.do("found", authority=str(authority), url=world.url)
            yield made
        finally:
            made.worker.kill()
            made.web.kill()


@pytest.fixture(autouse=True)
def _calm(instance: Instance) -> Iterator[None]:
    """After each test no program runs, nothing is held, and the ledger is whole."""
    yield
    instance.worker.kill()
    instance.web.kill()
    instance.stamps.open()
    instance.sink.gate.open()
    assert instance.do("ledger_differences") == []
