"""Settings of the killed processes: the product's in the profile `test`, with real SMTP to the test's own sink."""

from tests.settings import *  # noqa: F403

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_TIMEOUT = 20
