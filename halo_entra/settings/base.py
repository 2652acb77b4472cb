"""Settings of every installation; the environment (see .env.example) fills them.

`test.py` and `demo.py` hold differences only. Paths, apps, middleware, database,
cache, celery, accounts, static, mail, logging, ours: in this order.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONE, SELF

from halo_entra import env, keyring
from halo_entra.settings.beat import QUEUES, SCHEDULE, embedded
from halo_entra.settings.tracked import TRACKED

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = (BASE_DIR / env.text("VAR_DIR", "var")).resolve()
DEBUG = env.flag("DEBUG", default=False)
DEMO = False

SECRET_KEY = env.secret("SECRET_KEY", keyring.secret_key(VAR_DIR) if DEBUG else None)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1")

# --- apps -----------------------------------------------------------------------
INSTALLED_APPS = [
    "halo_entra",
    "accounts",
    "connections",
    "directory",
    "mappings",
    "imports",
    "licensing",
    "sso",
    "common",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "auditlog",
    "csp",
    "django_filters",
    "django_htmx",
    "lucide",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.sessions.AgesMiddleware",
    "sso.sessions.SsoSessionMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "halo_entra.audit.AuditMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "common.zones.ZoneMiddleware",
    "directory.rights.RightsMiddleware",
    "connections.switch.ModuleMiddleware",
]
ROOT_URLCONF = "halo_entra.urls"
WSGI_APPLICATION = "halo_entra.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.audiences.own_layout",
                "halo_entra.navigation.navigation",
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True

# --- database -------------------------------------------------------------------
DATABASE: dict[str, Any] = env.database(
    "DATABASE_URL", f"sqlite:///{VAR_DIR / 'halo_entra.sqlite3'}"
)
if DATABASE["ENGINE"] == "django.db.backends.sqlite3":
    Path(DATABASE["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        # A large checkpoint: a run commits page by page, and folding the log back
        # into the file each time would write everything twice.
        "init_command": (
            "PRAGMA journal_mode=WAL;"
            "PRAGMA synchronous=NORMAL;"
            "PRAGMA wal_autocheckpoint=10000;"
            # 32 MB: ids and keys come in no order, so each page of a run touches most
            # of an index, which must not be read and written anew every time.
            "PRAGMA cache_size=-32768;"
        ),
    }
else:
    # A server that is down is said at once, not after the system's two minutes. Nothing
    # here is worth compiling first (JIT): it made a quiet delta take twice as long.
    DATABASE["OPTIONS"] = {
        "connect_timeout": 10,
        "options": "-c jit=off",
        **DATABASE.get("OPTIONS", {}),
    }
DATABASES = {"default": DATABASE}

# --- cache ----------------------------------------------------------------------
# Django's 300 rows are full at once where an office signs in: a count of attempts for
# each address, and answers of Microsoft, which must still be there a moment later.
CACHE_URL = env.server("CACHE_URL", "", schemes=("redis", "rediss"))
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
    }
    if CACHE_URL
    else {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# --- celery ---------------------------------------------------------------------
EMBEDDED_BROKER = "filesystem://localhost"
CELERY_BROKER_URL = env.server(
    "CELERY_BROKER_URL", EMBEDDED_BROKER, schemes=("redis", "rediss")
)
BROKER_DIR = VAR_DIR / "broker"
if CELERY_BROKER_URL == EMBEDDED_BROKER:
    # Messages are files here: nobody else may read or leave any.
    BROKER_DIR.mkdir(parents=True, exist_ok=True)
    BROKER_DIR.chmod(0o700)
    CELERY_BROKER_TRANSPORT_OPTIONS = embedded(BROKER_DIR)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_QUEUES = QUEUES
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = SCHEDULE

# --- accounts -------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Account"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
_RULES = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_RULES}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_RULES}.CommonPasswordValidator"},
    {"NAME": f"{_RULES}.NumericPasswordValidator"},
    {"NAME": f"{_RULES}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
]
AUTHENTICATION_BACKENDS = [
    "accounts.backends.AgentBackend",
    "accounts.backends.UserBackend",
]
LOGIN_URL = "/auth/login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/auth/signed-out"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60  # secrets, publishing, approving
ACCOUNT_SESSION_REMEMBER = False
SESSION_ABSOLUTE_AGE = 10 * 60 * 60
SESSION_IDLE_AGE = 60 * 60  # of agents
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_AGE
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_PRESERVE_USERNAME_CASING = False  # names are keys: one index look-up
MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "activate_totp": "accounts.forms.ActivateAppForm",
    "authenticate_webauthn": "accounts.forms.PasskeyForm",
}
MFA_TOTP_ISSUER = "Service desk"
MFA_RECOVERY_CODES_SHOW_ONCE = True
CSRF_FAILURE_VIEW = "accounts.refusals.without_token"

# --- audit ----------------------------------------------------------------------
AUDITLOG_INCLUDE_TRACKING_MODELS = TRACKED
AUDITLOG_MASK_CALLABLE = "halo_entra.audit.hidden"

# --- static ---------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
# Files come from the apps themselves: no step to forget after an upgrade.
WHITENOISE_USE_FINDERS = True

# --- mail -----------------------------------------------------------------------
globals().update(env.mail("EMAIL_URL"))
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "service-desk@localhost")

# --- logging --------------------------------------------------------------------
LOG_LEVEL = env.one_of(
    "LOG_LEVEL", "INFO", options=("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "json" if env.flag("LOG_JSON", default=False) else "plain",
        }
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
}

# --- ours -----------------------------------------------------------------------
FIELD_ENCRYPTION_KEYS = keyring.checked(
    env.secret(
        "FIELD_ENCRYPTION_KEYS", keyring.encryption_key(VAR_DIR) if DEBUG else None
    )
)
AGENT_BASE_URL = env.url(
    "AGENT_BASE_URL", "http://localhost:8000", schemes=("http", "https")
)
PORTAL_BASE_URL = env.url(
    "PORTAL_BASE_URL", f"{AGENT_BASE_URL}/portal", schemes=("http", "https")
)
AUTH_BASE_URL = env.url("AUTH_BASE_URL", "", schemes=("http", "https"))
ENTRA_CUSTOM_AUTHORITY = env.url("ENTRA_CUSTOM_AUTHORITY", "", schemes=("https",))
ENTRA_CUSTOM_GRAPH = env.url("ENTRA_CUSTOM_GRAPH", "", schemes=("http", "https"))
ENTRA_CA_BUNDLE = env.file("ENTRA_CA_BUNDLE")
HTTPS_PROXY = env.server("HTTPS_PROXY", "", schemes=("http", "https"))
NO_PROXY = env.text("NO_PROXY", "")
METRICS_TOKEN = env.secret("METRICS_TOKEN", "")
TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", 0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT

# --- content security -------------------------------------------------------------
# Chromium asks form-action of redirects too: Authorize posts and is sent to Microsoft.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [
            SELF,
            "https://login.microsoftonline.com",
            "https://login.microsoftonline.us",
            "https://login.partner.microsoftonline.cn",
            *([ENTRA_CUSTOM_AUTHORITY] if ENTRA_CUSTOM_AUTHORITY else []),
        ],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

# Secure cookies, HSTS and the https redirect follow the scheme agents use.
IS_HTTPS = AGENT_BASE_URL.startswith("https://") and not DEBUG
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # probes come past the proxy
SESSION_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_SECURE = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
if TRUSTED_PROXY_COUNT:
    USE_X_FORWARDED_HOST = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

django_stubs_ext.monkeypatch()
