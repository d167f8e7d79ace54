"""Settings, all from the environment (prefix PEIBU_); the defaults serve one machine in demo mode."""

from pathlib import Path

import environ
from django.utils.translation import gettext_lazy as _

from peibu.config.database import database_settings, database_url
from peibu.config.media import course_storage, media_origins
from peibu.config.secrets import secret_key

env = environ.Env()
ROOT = Path(__file__).resolve().parents[2]
VAR = Path(env("PEIBU_VAR", default=str(ROOT / "var")))

DEMO = env.bool("PEIBU_DEMO", default=True)  # the visible clock and the demo accounts exist only here
DEBUG = env.bool("PEIBU_DEBUG", default=False)
SECRET_KEY = secret_key("django", VAR)
FIELD_KEY = secret_key("field", VAR)  # encrypts identity numbers, phones, account numbers
INDEX_KEY = secret_key("index", VAR)  # keyed hash that finds a person without showing the number
ALLOWED_HOSTS = env.list("PEIBU_HOSTS", default=["*"] if DEMO else [])
CSRF_TRUSTED_ORIGINS = env.list("PEIBU_ORIGINS", default=[])
BASE_URL = env("PEIBU_URL", default="http://127.0.0.1:8000")  # printed into QR codes

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "axes",
    "django_htmx",
    "csp",
    "peibu.accounts",
    "peibu.catalogue",
    "peibu.registry",
    "peibu.ledger",
    "peibu.learning",
    "peibu.casework",
    "peibu.programmes",
    "peibu.accreditation",
    "peibu.training",
    "peibu.examining",
    "peibu.courses",
    "peibu.claims",
    "peibu.payments",
    "peibu.oversight",
    "peibu.recovery",
    "peibu.theme",
    "peibu.portal",
    "peibu.desk",
    "peibu.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "peibu.theme.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "peibu.api.xapi.middleware.XapiMiddleware",
    "peibu.accounts.middleware.ActorMiddleware",
    "peibu.accounts.middleware.AccessMiddleware",
    "peibu.accounts.middleware.RefusalMiddleware",
    "peibu.accounts.middleware.ReadOnlyGetMiddleware",
]

ROOT_URLCONF = "peibu.config.urls"
WSGI_APPLICATION = "peibu.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "peibu.theme.context.page",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "peibu.theme.templatetags.peibu"],
        },
    }
]

DATABASES = {"default": {**database_settings(database_url(VAR)), "CONN_MAX_AGE": 60, "ATOMIC_REQUESTS": False}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "my-desk"
LOGOUT_REDIRECT_URL = "home"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "theme/locked_out.html"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", "English")]
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = "peibu.theme.formats"

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
MEDIA_ROOT = VAR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
    "courses": course_storage(env),
}
WHITENOISE_USE_FINDERS = DEMO
FONT_DIR = Path(env("PEIBU_FONT_DIR", default=str(ROOT / "node_modules" / "@expo-google-fonts")))
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
UPLOAD_PARTS = VAR / "uploads"  # pieces of course files until they are whole; shared by all servers of an installation
COURSE_VIDEO_BYTES = env.int("PEIBU_COURSE_VIDEO_BYTES", default=4 * 1024**3)

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if not DEMO:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.bool("PEIBU_SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = env.int("PEIBU_HSTS_SECONDS", default=3600)

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "media-src": ["'self'", *media_origins(env)],
        "style-src": ["'self'", "'unsafe-inline'"],  # ECharts and Tabler set style attributes
        "script-src": ["'self'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'self'"],
    }
}

PEIBU_DEMO_ACCOUNTS = "peibu.demo.accounts.demo_accounts" if DEMO else ""
# The electronic seal of certificates (docs/how-to/set-up-the-seal.md): test, pkcs12 or pkcs11; keys lie outside the code.
SEAL = {
    "kind": env("PEIBU_SEAL", default="test" if DEMO else ""),
    "folder": Path(env("PEIBU_SEAL_DIR", default=str(VAR / "seal"))),
    "password": secret_key("seal", VAR),
    "module": env("PEIBU_SEAL_MODULE", default=""),
    "token": env("PEIBU_SEAL_TOKEN", default=""),
}
# Address and shared key of the population register (docs/reference/identity-check.md); the demo has its own.
IDENTITY = {"url": env("PEIBU_IDENTITY_URL", default=""), "key": env("PEIBU_IDENTITY_KEY", default="")}
# Banks (docs/reference/bank-file.md): what counts for an agency that has not set its own; lines as {"code": "https://..."}.
BANK_FORMAT = env("PEIBU_BANK_FORMAT", default="generic_txt")
BANK_WIRES = env.json("PEIBU_BANK_WIRES", default={})
BANK_TOKENS = env.json("PEIBU_BANK_TOKENS", default={})
BANK_SECONDS = env.float("PEIBU_BANK_SECONDS", default=30.0)  # an answer later than this is none
BANK_SETTLE_SECONDS = env.float("PEIBU_BANK_SETTLE_SECONDS", default=600.0)  # then "never received" may be believed
BANK_REPLY_DAYS = env.int("PEIBU_BANK_REPLY_DAYS", default=3)  # working days without a reply: the result is unknown
ACCOUNT_COOLING_DAYS = env.int("PEIBU_ACCOUNT_COOLING_DAYS", default=5)  # working days after a change of bank account

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("PEIBU_LOG", default="WARNING")},
}
