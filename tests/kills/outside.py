"""What lies outside the product, on loopback: a mail sink and a time authority, both with a gate that holds work."""

from __future__ import annotations

import asyncio
import socket
import threading
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller

PATIENCE_SECONDS = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Gate:
    """Open, work goes through; closed, it is held, and `arrived` tells that somebody waits."""

    opened: threading.Event = field(default_factory=threading.Event)
    arrived: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.opened.set()

    def close(self) -> None:
        self.arrived.clear()
        self.opened.clear()

    def open(self) -> None:
        self.opened.set()


class Sink:
    """Takes every mail, and keeps which Message-IDs came for which subject, before it says so."""

    def __init__(self) -> None:
        self.gate = Gate()
        self.ids: dict[str, list[str]] = defaultdict(list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        message = message_from_bytes(envelope.content)
        self.ids[str(envelope.rcpt_tos[0])].append(str(message["Message-ID"]))
        self.gate.arrived.set()
        await asyncio.to_thread(self.gate.opened.wait, PATIENCE_SECONDS)
        return "250 2.0.0 taken"


@contextmanager
def mail_sink() -> Iterator[tuple[Sink, int]]:
    """A sink on a free port of the loopback."""
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield sink, controller.port
    finally:
        sink.gate.open()
        controller.stop()


@contextmanager
def gated_authority(target: str) -> Iterator[tuple[Gate, str]]:
    """An address that passes time-stamp requests on to `target`, or holds them while its gate is closed."""
    gate = Gate()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            gate.arrived.set()
            if not gate.opened.wait(PATIENCE_SECONDS):
                return
            asked = urllib.request.Request(
                target, body, {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
            )
            with urllib.request.urlopen(asked, timeout=PATIENCE_SECONDS) as answer:
                reply = answer.read()
            try:
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)
            except OSError:
                # Whoever asked was killed while it waited.
                return

        def log_message(self, *_parts: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield gate, f"http://127.0.0.1:{server.server_port}/tsa"
    finally:
        gate.open()
        server.shutdown()
        thread.join()
        server.server_close()
