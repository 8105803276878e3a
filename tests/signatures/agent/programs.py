"""The programs of the tests end to end: a web server that can be killed, the signer at a terminal, a token, a proxy."""

from __future__ import annotations

import fcntl
import http.client
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import termios
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from cryptography.hazmat.primitives import serialization
from django.conf import settings
from django.db import connection

from tests.signatures.agent.office import AGENT
from tests.signatures.authority import Officer

ROOT = Path(__file__).resolve().parents[3]
TOKEN_PIN, SO_PIN = "482913", "75319864"
PATIENCE = 90.0
CSRF = "k" * 32


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _database_url() -> str:
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


@dataclass
class Web:
    """The product's web server, a process of its own on the test's database. Killed, it gets no last word."""

    log: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("EOFFICE_")} | {
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATABASE_URL": _database_url(),
            "EOFFICE_DATA": str(settings.DATA_DIR),
            "EOFFICE_TRUST_DIR": str(settings.TRUST_DIR),
            "EOFFICE_SEAL_DIR": str(settings.SEAL_DIR),
            "EOFFICE_PEPPER_FILE": str(settings.PEPPER_FILE),
            "EOFFICE_TSA_URLS": ",".join(settings.TSA_URLS),
            "EOFFICE_AGENT_POLL_SECONDS": "1",
        }
        command = [sys.executable, "-m", "gunicorn", "eoffice.wsgi", "--bind", f"127.0.0.1:{self.port}",
                   "--workers", "1", "--threads", "4", "--no-control-socket"]  # fmt: skip
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise AssertionError(self.log.read_text(encoding="utf-8", errors="replace")[-3000:])

    def kill(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def ask(self, method: str, path: str, session: str, form: dict[str, Any] | None = None) -> tuple[int, str]:
        """Status and page, as the officer's browser gets them."""
        body = urlencode({"csrfmiddlewaretoken": CSRF, **(form or {})}, doseq=True) if method == "POST" else None
        headers = {
            "Cookie": f"sessionid={session}; csrftoken={CSRF}; django_language=en",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            return answer.status, answer.read().decode()
        finally:
            line.close()


@dataclass
class Token:
    """A folder of SoftHSM that stands in for a USB token. `pull` takes it out of the PC."""

    folder: Path
    module: str

    @classmethod
    def made(cls, folder: Path, module: str) -> Token:
        token = cls(folder, module)
        (folder / "in").mkdir(parents=True)
        token.conf.write_text(
            f"directories.tokendir = {folder / 'in'}\nobjectstore.backend = file\nlog.level = ERROR\n"
        )
        token._run("softhsm2-util", "--init-token", "--free", "--label", "DSC", "--so-pin", SO_PIN, "--pin", TOKEN_PIN)
        return token

    @property
    def conf(self) -> Path:
        return self.folder / "softhsm2.conf"

    def _run(self, *command: str) -> None:
        environment = {"SOFTHSM2_CONF": str(self.conf), "PATH": os.environ["PATH"]}
        subprocess.run(command, env=environment, check=True, capture_output=True)

    def put(self, officer: Officer, mark: str = "a1") -> None:
        """The officer's key and certificates, as the authority's counter puts them on a token."""
        key, certificate = self.folder / "key.pem", self.folder / "certificate.der"
        key.write_bytes(
            officer.key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        self._run("softhsm2-util", "--import", str(key), "--token", "DSC", "--label", mark, "--id", mark,
                  "--pin", TOKEN_PIN)  # fmt: skip
        key.unlink()
        for number, der in enumerate((officer.certificate, *officer.chain)):
            certificate.write_bytes(der)
            self._run("pkcs11-tool", "--module", self.module, "--token-label", "DSC", "--login", "--pin", TOKEN_PIN,
                      "--write-object", str(certificate), "--type", "cert", "--label", f"{mark}-{number}",
                      "--id", mark if number == 0 else f"{mark}0{number}")  # fmt: skip

    def pull(self) -> None:
        (self.folder / "in").rename(self.folder / "out")
        (self.folder / "in").mkdir()

    def put_back(self) -> None:
        (self.folder / "in").rmdir()
        (self.folder / "out").rename(self.folder / "in")


def _own_terminal() -> None:
    """The PIN is asked for at the controlling terminal."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Terminal:
    """The signer as the officer has it: a process of its own at a terminal, with a keyboard."""

    def __init__(self, home: Path, token: Token, *arguments: str, **environment: str) -> None:
        master, slave = pty.openpty()
        self._master, self.said, self._read = master, "", 0
        viewer = home / "viewer"
        if not viewer.exists():
            home.mkdir(parents=True, exist_ok=True)
            viewer.write_text(f'#!/bin/sh\ncp "$1" {home}/seen.pdf.part && mv {home}/seen.pdf.part {home}/seen.pdf\n')
            viewer.chmod(0o755)
        own = {
            "PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(AGENT), "PYTHONUNBUFFERED": "1",
            "LANG": "C.UTF-8", "EOFFICE_SIGNER_HOME": str(home), "EOFFICE_SIGNER_VIEWER": str(viewer),
            "EOFFICE_SIGNER_MODULE": token.module, "SOFTHSM2_CONF": str(token.conf),
        } | environment  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-m", "eoffice_signer", "--terminal", *arguments],
            stdin=slave, stdout=slave, stderr=slave, env=own, cwd=home, start_new_session=True,
            preexec_fn=_own_terminal,  # noqa: PLW1509 - no thread of ours holds a lock here
        )  # fmt: skip
        os.close(slave)

    def expect(self, pattern: str) -> re.Match[str]:
        """Wait until the signer has said this, after what was found before."""
        end = time.monotonic() + PATIENCE
        while True:
            found = re.compile(pattern).search(self.said, self._read)
            if found:
                self._read = found.end()
                return found
            ready = select.select([self._master], [], [], 0.5)[0]
            if ready:
                try:
                    self.said += os.read(self._master, 65536).decode(errors="replace").replace("\r\n", "\n")
                except OSError:
                    raise AssertionError(f"the signer ended; wanted {pattern!r} in:\n{self.said}") from None
            assert time.monotonic() < end, f"wanted {pattern!r} in:\n{self.said}"

    def type(self, line: str) -> None:
        os.write(self._master, f"{line}\n".encode())

    def ended(self) -> int:
        """How it ended by itself; what it said until then is kept."""
        try:
            while chunk := os.read(self._master, 65536):
                self.said += chunk.decode(errors="replace").replace("\r\n", "\n")
        except OSError:
            pass
        return self.process.wait(30)

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._master)


@contextmanager
def proxy() -> Iterator[tuple[str, list[str]]]:
    """A plain HTTP proxy of an office, and what went through it."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def _pass_on(self) -> None:
            seen.append(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or None
            request = urllib.request.Request(self.path, data=body, method=self.command)
            for name in ("Agent-Proof", "Content-Type"):
                if value := self.headers.get(name):
                    request.add_header(name, value)
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            try:
                answer = opener.open(request, timeout=30)
            except urllib.error.HTTPError as error:
                answer = error
            except OSError:
                self.send_error(502)
                return
            content = answer.read()
            self.send_response(answer.status)
            for name in ("Server-Proof", "Content-Type"):
                if value := answer.headers.get(name):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _pass_on  # noqa: N815 - the library's names

        def log_message(self, *_arguments: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
