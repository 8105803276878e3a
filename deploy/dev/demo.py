"""A demo instance for one run of something: own ports, own folder under build/, gone afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import services


@contextmanager
def demo(keep: Path | None = None) -> Iterator[tuple[str, Path]]:
    """Start one and wait until it is well; gives its address and its data folder."""
    build = services.ROOT / "build"
    build.mkdir(exist_ok=True)
    data = keep or Path(tempfile.mkdtemp(prefix="demo-", dir=build))
    port, authority, mail = services.free_port(), services.free_port(), services.free_port()
    command = [
        sys.executable, "-m", "eoffice.demo.supervisor", "--data", str(data), "--port", str(port),
        "--authority-port", str(authority), "--mail-port", str(mail),
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=services.ROOT, stdout=subprocess.PIPE, text=True, bufsize=1)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            if "Stop: Ctrl-C" in line:
                break
        else:
            raise SystemExit("The demo did not start; it has said why.")
        # Keep reading, so that the demo never waits for us.
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield f"http://127.0.0.1:{port}", data
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        if keep is None:
            shutil.rmtree(data, ignore_errors=True)


def environment(url: str, data: Path) -> dict[str, str]:
    """What tests and measurements against a running demo are told."""
    return {**os.environ, "EOFFICE_JOURNEY_URL": url, "EOFFICE_JOURNEY_DATA": str(data)}
