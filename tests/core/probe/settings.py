"""Settings of the kill tests' processes: the core alone, so that what is killed is the queue and nothing else."""

from tests.settings import *  # noqa: F403

INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "eoffice.core", "tests.core.probe"]
AUTH_USER_MODEL = "auth.User"
ROOT_URLCONF = "eoffice.core.urls"
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
