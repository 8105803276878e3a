"""The settings of the tests: those of the product, in the profile `test`."""

import os

os.environ.setdefault("EOFFICE_PROFILE", "test")

from eoffice.settings import *  # noqa: F403

# The product's hash is slow on purpose; the tests sign in hundreds of times.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Likewise the stretching of PINs.
KEY_KDF_MEMORY_MB, KEY_KDF_PASSES = 8, 1
