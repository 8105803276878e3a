"""The settings of the tests: those of the product, in the profile `test`."""

import os

os.environ.setdefault("EOFFICE_PROFILE", "test")

from eoffice.settings import *  # noqa: E402, F403
