"""`python -m eoffice.demo.mailsink --data DIR --port N`: takes the demo's mail on loopback and keeps it as .eml files.

Nothing leaves the machine. Addresses that do not end in `.example` are refused, as a real server refuses unknown
ones, so that nobody takes the demo for a mail service.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from aiosmtpd.smtp import SMTP, Envelope, Session

LARGEST_MAIL = 40 * 1024 * 1024
REFUSED = "550 5.1.1 This is a demo: only addresses ending in .example exist"


class Sink:
    """Each mail becomes one file, complete or not there; names sort by time of arrival."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd asks for this name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if not address.rstrip(">").lower().endswith(".example"):
            return REFUSED
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        head = f"X-Envelope-From: {envelope.mail_from}\r\nX-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n".encode()
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{token_hex(4)}"
        part = self.folder / f"{name}.part"
        part.write_bytes(head + content)
        part.rename(self.folder / f"{name}.eml")
        return f"250 2.0.0 kept as {name}"


async def serve(folder: Path, port: int) -> int:
    """Take mail until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    sink = Sink(folder)

    def protocol() -> SMTP:
        return SMTP(sink, data_size_limit=LARGEST_MAIL, hostname="demo.example", ident="demo mail sink", loop=loop)

    try:
        server = await loop.create_server(protocol, "127.0.0.1", port)
    except OSError as error:
        sys.stderr.write(f"The demo's mail sink can't listen on 127.0.0.1:{port}: {os.strerror(error.errno or 0)}.\n")
        return 1
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    async with server:
        await stopped.wait()
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m eoffice.demo.mailsink", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder for the .eml files")
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1")
    options = parser.parse_args()
    return asyncio.run(serve(options.data, options.port))


if __name__ == "__main__":
    raise SystemExit(main())
