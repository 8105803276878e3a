"""Private PostgreSQL and Redis for tests: own ports, own data folders, gone afterwards. System services stay alone.

    python deploy/dev/services.py COMMAND …    runs the command with DATABASE_URL and EOFFICE_TEST_REDIS_URL set

Only the standard library, because it runs before anything is installed. What is not installed is named; the caller
decides whether that matters.
"""

from __future__ import annotations

import ctypes
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PR_SET_PDEATHSIG = 1


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _dies_with_parent() -> None:
    """So that a killed test run leaves no server behind."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def postgres_bin() -> Path | None:
    """Debian keeps initdb off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def _wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _attempt in range(200):
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"A private service did not start; its log says:\n{log.read_text(errors='replace')[-2000:]}")


def _folder(name: str, user: str | None) -> Path:
    """Under build/ when the server's user may go there, otherwise (a clone in /root) in the temporary folder."""
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    for parent in (str(build), None):
        folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=parent))
        if user is None:
            return folder
        shutil.chown(folder, user, user)
        may = subprocess.run(["runuser", "-u", user, "--", "test", "-w", str(folder)], check=False)
        if may.returncode == 0:
            return folder
        folder.rmdir()
    raise SystemExit(f"The user {user} may write neither in build/ nor in the temporary folder.")


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL on a free loopback port; gives its DATABASE_URL. Unsafe on power loss and fast, for tests."""
    binaries = postgres_bin()
    if binaries is None:
        raise SystemExit("initdb is missing (Debian package: postgresql)")
    # initdb refuses root, so root hands it to the user that Debian's package makes.
    user = "postgres" if os.geteuid() == 0 else None
    folder = _folder("postgres", user)
    data, log, password = folder / "data", folder / "log", secrets.token_urlsafe(16)
    secret = folder / "password"
    secret.write_text(password)
    if user:
        shutil.chown(secret, user, user)
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "eoffice", "--pwfile", secret, "--auth", "scram-sha-256",
         "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"],
        check=True, stdout=subprocess.DEVNULL, user=user, group=user, extra_groups=[] if user else None, cwd=folder,
    )  # fmt: skip
    port = free_port()
    quick = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60", "jit=off")
    settings = (f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", *quick)
    with log.open("wb") as sink:
        server = subprocess.Popen(
            [binaries / "postgres", "-D", data, *(word for setting in settings for word in ("-c", setting))],
            stdout=sink, stderr=sink, user=user, group=user, extra_groups=[] if user else None, cwd=folder,
            preexec_fn=_dies_with_parent, start_new_session=True,  # noqa: PLW1509 - no threads here
        )  # fmt: skip
    try:
        _wait_for_port(port, server, log)
        # The port answers before the server takes anybody in.
        ready = [binaries / "pg_isready", "--quiet", "--host", "127.0.0.1", "--port", str(port)]
        while subprocess.run(ready, check=False).returncode == 1:
            time.sleep(0.05)
        yield f"postgresql://eoffice:{password}@127.0.0.1:{port}/postgres"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis() -> Iterator[str]:
    """A Redis on a free loopback port that keeps nothing; gives its URL."""
    binary = shutil.which("redis-server")
    if binary is None:
        raise SystemExit("redis-server is missing (Debian package: redis-server)")
    port, folder = free_port(), _folder("redis", None)
    log = folder / "log"
    with log.open("wb") as sink:
        server = subprocess.Popen(
            [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder],
            stdout=sink, stderr=sink, preexec_fn=_dies_with_parent, start_new_session=True,  # noqa: PLW1509 - no threads here
        )  # fmt: skip
    try:
        _wait_for_port(port, server, log)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    with ExitStack() as stack:
        environment = {
            **os.environ,
            "DATABASE_URL": stack.enter_context(postgres()),
            "EOFFICE_TEST_REDIS_URL": stack.enter_context(redis()),
        }
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
