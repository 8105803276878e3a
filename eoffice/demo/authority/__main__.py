"""`python -m eoffice.demo.authority --data DIR --port N`: makes the authority if there is none, and serves it."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from eoffice.demo.authority import Authority
from eoffice.demo.authority.server import Application, serve


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m eoffice.demo.authority", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the authority's keys and certificates")
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1; it is burnt into the certificates")
    options = parser.parse_args(arguments)
    authority = Authority.open(options.data, base_url=f"http://127.0.0.1:{options.port}")
    try:
        server = serve(Application(authority), port=options.port)
    except OSError as error:
        sys.stderr.write(f"The demo authority can't listen on 127.0.0.1:{options.port}: {error.strerror}.\n")
        return 1

    def stop(_signal: int, _frame: FrameType | None) -> None:
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    sys.stdout.write(f"DEMO authority on http://127.0.0.1:{server.server_port}/\n")
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.2)
    server.server_close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
