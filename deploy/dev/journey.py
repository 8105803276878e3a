"""`make journey`: the main job in Chromium; pictures go to build/journey/.

Against a demo of its own, or, with EOFFICE_JOURNEY_URL (and EOFFICE_JOURNEY_DATA), against one that runs already.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import demo
import services


def drive(environment: dict[str, str]) -> int:
    command = [str(Path(sys.executable).parent / "pytest"), "-m", "journey", "-q", *sys.argv[1:]]
    return subprocess.run(command, cwd=services.ROOT, env=environment, check=False).returncode


def main() -> int:
    if shutil.which("chromium") is None:
        raise SystemExit("The journey needs Chromium (Debian package: chromium).")
    if os.environ.get("EOFFICE_JOURNEY_URL"):
        return drive(dict(os.environ))
    with demo.demo() as (url, data):
        return drive(demo.environment(url, data))


if __name__ == "__main__":
    raise SystemExit(main())
