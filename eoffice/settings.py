"""Settings of one instance. All that differs between instances is read through `eoffice.env`."""

from __future__ import annotations

import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from eoffice import env

BASE_DIR = Path(__file__).resolve().parent.parent
PROFILE = env.profile()
DEMO = PROFILE == "demo"
DEBUG = False

DATA_DIR = Path(env.text("EOFFICE_DATA", str(BASE_DIR / "var" / PROFILE)))

# The instance (design 1, R2).
INSTANCE_CODE = env.text("EOFFICE_INSTANCE", "demo")
INSTANCE_NAME_EN = env.text("EOFFICE_INSTANCE_NAME_EN", "State Secretariat")
INSTANCE_NAME_HI = env.text("EOFFICE_INSTANCE_NAME_HI", "राज्य सचिवालय")
PUBLIC_URL = env.text("EOFFICE_PUBLIC_URL", "" if PROFILE == "production" else "http://127.0.0.1:8000").rstrip("/")

SECRET_KEY = env.text(
    "EOFFICE_SECRET_KEY", None if PROFILE == "production" else "not-secret-for-trying-out-and-tests-only"
)
# Reverse proxies that are believed when they say who asks (limits per address, locked sign-in).
TRUSTED_PROXIES = env.words("EOFFICE_TRUSTED_PROXIES", "127.0.0.1,::1" if PUBLIC_URL.startswith("https://") else "")
ALLOWED_HOSTS = env.words("EOFFICE_HOSTS", "" if PROFILE == "production" else "127.0.0.1,localhost,testserver")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL.startswith("https://") else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "eoffice.core",
    "eoffice.documents",
    "eoffice.ledger",
    "employee_master",
    "signatures",
    "dak",
    "files",
    "eoffice.desk",
    *(["eoffice.demo"] if PROFILE in {"demo", "test"} else []),
]

MIDDLEWARE = [
    "eoffice.core.middleware.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "employee_master.middleware.ActingMiddleware",
    "eoffice.core.middleware.DomainErrorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "eoffice.urls"
WSGI_APPLICATION = "eoffice.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "eoffice" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "eoffice.desk.chrome.chrome",
            ],
        },
    },
]

DATABASES = {"default": env.database(f"sqlite:///{DATA_DIR / 'eoffice.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Whether the seniors of a post in the same channel see its files and receipts (design 9), confidential ones excepted.
SENIORS_SEE = env.flag("EOFFICE_SENIORS_SEE", default=True)

# Whether papers may be sent to a post that nobody fills (design 3); otherwise the refusal names where to send them.
VACANT_POSTS_ACCEPT = env.flag("EOFFICE_VACANT_POSTS_ACCEPT")

# Readiness (R8, R24): after so many days without progress an item is stuck; whether the reports are mailed.
READINESS_STUCK_DAYS = env.number("EOFFICE_READINESS_STUCK_DAYS", 15)
READINESS_REPORTS = env.flag("EOFFICE_READINESS_REPORTS", default=True)

# Working days after which the desk of a vacant post goes to the link officer or the next held post up (R18).
VACANT_DESK_DAYS = env.number("EOFFICE_VACANT_DESK_DAYS", 3)
# Whether nobody is relieved before both officers have signed the charge list with their own keys (R19).
CHARGE_LIST_SIGNED = env.flag("EOFFICE_CHARGE_LIST_SIGNED", default=PROFILE != "test")

# Jobs (design 7). No address: the worker runs its own in-memory bell and the outbox is swept (embedded profile).
BROKER_URL = env.text("EOFFICE_BROKER_URL", "")
# Processes of the embedded worker, where there is no broker (`manage.py worker`). SQLite lets one writer in at a time.
WORKER_PROCESSES = max(
    1,
    env.number(
        "EOFFICE_WORKER_PROCESSES", 1 if "sqlite" in DATABASES["default"]["ENGINE"] else min(4, os.cpu_count() or 1)
    ),
)
OUTBOX_LEASE_SECONDS = env.number("EOFFICE_OUTBOX_LEASE_SECONDS", 60)
HEARTBEAT_LIMIT_SECONDS = 30

CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": env.text("EOFFICE_CACHE_URL")}
        if env.text("EOFFICE_CACHE_URL", "")
        else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "eoffice_cache"}
    )
}

# Papers (design 2): originals and the derived page images lie apart, so that the second may be thrown away.
DOCUMENTS_DIR = Path(env.text("EOFFICE_DOCUMENTS_DIR", str(DATA_DIR / "documents")))
RENDERED_DIR = Path(env.text("EOFFICE_RENDERED_DIR", str(DATA_DIR / "rendered")))
UPLOAD_MAX_BYTES = env.number("EOFFICE_UPLOAD_MAX_MB", 25) * 1024 * 1024
UPLOAD_MAX_PAGES = env.number("EOFFICE_UPLOAD_MAX_PAGES", 500)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA_DIR / "tmp")},
    },
    "documents": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DOCUMENTS_DIR)},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if PROFILE == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
STATIC_URL = "/static/"
STATIC_ROOT = env.text("EOFFICE_STATIC_ROOT", str(BASE_DIR / "static-built"))
# The tests serve the sheets from their folders; everything else from what `collectstatic` gathered.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = PROFILE == "test"
STATICFILES_DIRS = [BASE_DIR / "eoffice" / "static"]

# Signing (design 6).
TSA_URLS = env.words("EOFFICE_TSA_URLS")
TRUST_DIR = Path(env.text("EOFFICE_TRUST_DIR", str(DATA_DIR / "trust")))
PEPPER_FILE = Path(env.text("EOFFICE_PEPPER_FILE", str(DATA_DIR / "pepper")))
SEAL_DIR = Path(env.text("EOFFICE_SEAL_DIR", str(DATA_DIR / "seal")))
# The callable that gives an officer's certificate for a request (signatures.custody.issuer); empty: not connected.
CREDENTIAL_ISSUER = env.text(
    "EOFFICE_CREDENTIAL_ISSUER", "eoffice.demo.authority.instance.issue" if PROFILE in {"demo", "test"} else ""
)
# The callable that gives the PINs of the demo's officers by address; nowhere else does anything know a PIN.
DEMO_PINS = "eoffice.demo.people.pins_by_address" if PROFILE in {"demo", "test"} else ""
SOFTWARE_KEYS_ORDER = env.text("EOFFICE_SOFTWARE_KEYS_ORDER", "" if PROFILE == "production" else "demo and tests")
# Which custody backends officers may use at all; rows of the signing policy narrow it by act and charge. Software keys
# need the order besides, and the others their own settings.
SIGNING_BACKENDS = env.words(
    "EOFFICE_SIGNING_BACKENDS",
    ("agent,software" if SOFTWARE_KEYS_ORDER else "agent")
    if PROFILE == "production"
    else "agent,software,pkcs11,csc,esign",
)
# Cost of guessing the PIN of a software key (Argon2id). Raised here, each key follows when its officer next opens it.
KEY_KDF_MEMORY_MB = env.number("EOFFICE_KEY_KDF_MEMORY_MB", 64)
KEY_KDF_PASSES = env.number("EOFFICE_KEY_KDF_PASSES", 3)
# How many files one unlock may sign, and in how many processes (design 6, "Batch").
BATCH_MAX = env.number("EOFFICE_BATCH_MAX", 100)
BATCH_WORKERS = max(1, env.number("EOFFICE_BATCH_WORKERS", min(4, os.cpu_count() or 1)))
# HSM or tokens of this server (PKCS#11). Empty module: none. One token per officer, found by its label; {code} is the
# employee's code.
PKCS11_MODULE = env.text("EOFFICE_PKCS11_MODULE", "")
PKCS11_TOKEN = env.text("EOFFICE_PKCS11_TOKEN", "officer-{code}")
PKCS11_LOCKS_DIR = DATA_DIR / "locks"
# What an officer's certificate must look like (signatures/profiles.json): any, india-class3, india-class3-organisation.
CERTIFICATE_PROFILE = env.text("EOFFICE_CERTIFICATE_PROFILE", "any")
# Whether nobody signs while a certificate's standing can't be asked. A revoked one never signs.
REVOCATION_REQUIRED = env.flag("EOFFICE_REVOCATION_REQUIRED")

# The key by which this instance proves itself to the officers' signers, made once; every paired PC has pinned it.
AGENT_KEY_FILE = Path(env.text("EOFFICE_AGENT_KEY_FILE", str(DATA_DIR / "agent-key")))
# How often an idle signer asks for papers; while its officer is signing it asks every second.
AGENT_POLL_SECONDS = env.number("EOFFICE_AGENT_POLL_SECONDS", 5)

# Remote signing service (Cloud Signature Consortium API), empty: not connected. How this program itself signs in there:
# code (each officer signs in), client (client credentials), none (the network decides).
CSC_URL = env.text("EOFFICE_CSC_URL", "").rstrip("/")
CSC_CLIENT_ID = env.text("EOFFICE_CSC_CLIENT_ID", "")
CSC_CLIENT_SECRET_FILE = env.text("EOFFICE_CSC_CLIENT_SECRET_FILE", "")
CSC_SERVICE = env.choice("EOFFICE_CSC_SERVICE", "code", ("code", "client", "none"))
# Indian eSign (CCA eSign API 2.1), empty: not connected. It needs the contract with a licensed provider.
ESIGN_URL = env.text("EOFFICE_ESIGN_URL", "")
ESIGN_ASP_ID = env.text("EOFFICE_ESIGN_ASP_ID", "")
# asp.key, asp.pem (ours), provider.pem (signs the answers), authorities/ (who may issue the officers' certificates).
ESIGN_DIR = Path(env.text("EOFFICE_ESIGN_DIR", str(DATA_DIR / "esign")))
ESIGN_AUTH_MODE = env.choice("EOFFICE_ESIGN_AUTH_MODE", "1", ("1", "2", "3", "4"))
ESIGN_ANSWER = env.choice("EOFFICE_ESIGN_ANSWER", "pkcs7", ("pkcs7", "pkcs7pdf"))
# Whether the provider's CMS names its certificate (ESS attribute): then it is PAdES, otherwise a plain PDF signature.
ESIGN_PADES = env.flag("EOFFICE_ESIGN_PADES")
ESIGN_DOCS = env.number("EOFFICE_ESIGN_DOCS", 5)
# Which part of the subject stays the same for the same person at this provider (an object identifier), beside the name.
ESIGN_SUBJECT_ID = env.text("EOFFICE_ESIGN_SUBJECT_ID", "")

# Signing in (R4): government mail, a slow hash, lock-out as evidence in the database.
AUTH_USER_MODEL = "employee_master.Account"
MAIL_DOMAINS = env.words("EOFFICE_MAIL_DOMAINS", "example" if PROFILE in {"demo", "test"} else "gov.in,nic.in")
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
# Second factor (design 9): off | optional | required. Where it is required, who has none is led to it after the
# password; after the days of grace that person can do nothing else.
SECOND_FACTOR = env.choice(
    "EOFFICE_SECOND_FACTOR", "required" if PROFILE == "production" else "optional", ("off", "optional", "required")
)
SECOND_FACTOR_GRACE_DAYS = env.number("EOFFICE_SECOND_FACTOR_GRACE_DAYS", 7)
# The key, outside the database, that opens the factors' secrets.
FACTOR_KEY_FILE = Path(env.text("EOFFICE_FACTOR_KEY_FILE", str(DATA_DIR / "factor-key")))
# How many super admins the instance may have at most (R2); from the third on, two of them are needed to add one.
SUPER_ADMINS = env.number("EOFFICE_SUPER_ADMINS", 2)
# Working days for a change request (R21): until it is checked, and until it is settled.
CHANGE_CHECK_DAYS = env.number("EOFFICE_CHANGE_CHECK_DAYS", 2)
CHANGE_REQUEST_DAYS = env.number("EOFFICE_CHANGE_REQUEST_DAYS", 5)
LOGIN_URL = "employee_master:sign_in"
LOGIN_REDIRECT_URL = "/"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
# A try at a locked door does not put off the time that the page has promised.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
AXES_LOCKOUT_CALLABLE = "employee_master.views.session.locked_out"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 10 * 60 * 60
CSRF_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PUBLIC_URL.startswith("https://"):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31536000
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Mail (R1). The demo refuses any host but this machine; see eoffice/checks.py.
EMAIL_BACKEND = (
    "django.core.mail.backends.locmem.EmailBackend"
    if PROFILE == "test"
    else "django.core.mail.backends.smtp.EmailBackend"
)
EMAIL_HOST = env.text("EOFFICE_MAIL_HOST", "127.0.0.1")
EMAIL_PORT = env.number("EOFFICE_MAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EOFFICE_MAIL_USER", "")
EMAIL_HOST_PASSWORD = env.text("EOFFICE_MAIL_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EOFFICE_MAIL_TLS")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("EOFFICE_MAIL_FROM", "eoffice@gad.state.example")

# Both languages on every page (mission). Digits stay 0-9 in both, so no number formatting by language.
LANGUAGE_CODE = env.text("EOFFICE_LANGUAGE", "hi")
LANGUAGES = [("hi", _("Hindi")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "eoffice" / "locale"]
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_TZ = True
TIME_ZONE = "UTC"
OFFICE_TIME_ZONE = env.text("EOFFICE_TIME_ZONE", "Asia/Kolkata")

SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "eoffice.core.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": env.text("EOFFICE_LOG_LEVEL", "INFO")},
    "loggers": {
        "axes": {"level": "WARNING"},
        "fontTools": {"level": "ERROR"},
        "pyhanko": {"level": "ERROR"},
        "pyhanko_certvalidator": {"level": "ERROR"},
        "pikepdf": {"level": "WARNING"},
    },
}
