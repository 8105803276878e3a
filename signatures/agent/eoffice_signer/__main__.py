"""`python -m eoffice_signer`."""

import sys

from eoffice_signer.main import run

sys.exit(run())
