"""Every setting of the web side, read from the environment; what is wrong becomes a system check (frame/checks.py)."""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

import nyckeltal

MISTAKES: list[tuple[str, str, str]] = []  # (setting, what stands there, what would be right)
_YES, _NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def _text(name: str, default: str = "") -> str:
    """What the environment says; empty is as if it said nothing."""
    return os.environ.get(name, "").strip() or default


def _flag(name: str, *, default: bool) -> bool:
    given = _text(name).lower()
    if not given or given in _YES | _NO:
        return given in _YES if given else default
    MISTAKES.append((name, given, "1 or 0"))
    return default


def _listed(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in _text(name, default).split(",") if part.strip()]


def _one_of(name: str, allowed: tuple[str, ...], default: str) -> str:
    given = _text(name, default)
    if given in allowed:
        return given
    MISTAKES.append((name, given, ", ".join(allowed)))
    return default


def _whole(name: str, default: int, least: int, most: int) -> int:
    given = _text(name, str(default))
    if given.isascii() and given.isdigit() and least <= int(given) <= most:
        return int(given)
    MISTAKES.append((name, given, f"a whole number from {least} to {most}"))
    return default


def _kept_key(file: Path) -> str:
    """The key in `file`, written at the first start; readable by the owner only, and never by two processes differently."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    except OSError:
        MISTAKES.append(("NYCKELTAL_HOME", str(file.parent), "a folder that can be written to"))
        return secrets.token_urlsafe(50)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        key = secrets.token_urlsafe(50)
        out.write(key)
    return key


def _database() -> dict[str, object]:
    if not _text("DATABASE_URL"):
        options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(NYCKELTAL_HOME / "django.sqlite3"), "OPTIONS": options}
    try:
        return dict(dj_database_url.parse(_text("DATABASE_URL"), conn_max_age=60, conn_health_checks=True))
    except (ValueError, KeyError):
        MISTAKES.append(("DATABASE_URL", "…", "postgresql://user:password@host:5432/name"))  # the value may hold a password: not repeated
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}


PACKAGE = Path(nyckeltal.__file__).parent
NYCKELTAL_HOME = Path(_text("NYCKELTAL_HOME", "nyckeltal-data")).expanduser().resolve()
NYCKELTAL_DEMO = _flag("NYCKELTAL_DEMO", default=False)  # offers a sign-in by one click: never on a server that others reach

DEBUG = _flag("NYCKELTAL_DEBUG", default=False)
SECRET_KEY = _text("NYCKELTAL_SECRET_KEY") or SimpleLazyObject(lambda: _kept_key(NYCKELTAL_HOME / "web-secret"))  # nothing is written before it is needed
ALLOWED_HOSTS = _listed("NYCKELTAL_HOSTS", "localhost,127.0.0.1,[::1]")
LOCAL_ONLY = all(host in {"localhost", "127.0.0.1", "[::1]", "testserver"} for host in ALLOWED_HOSTS)
HTTPS = _flag("NYCKELTAL_HTTPS", default=not (LOCAL_ONLY or NYCKELTAL_DEMO or DEBUG))
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if "*" not in host] if HTTPS else []

ROOMS = ("frame", "jobs", "people", "contacts", "kpi", "plan", "api")  # in the order of the menu
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "template_partials",
    *(f"nyckeltal.web.{room}" for room in ROOMS),
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "nyckeltal.web.api.door.in_its_own_words",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "nyckeltal.web.people.session.ends",
    "nyckeltal.web.api.door.by_token",
    "nyckeltal.web.frame.middleware.bounded",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "nyckeltal.web.frame.middleware.private_pages",
    "nyckeltal.web.frame.middleware.EngineIsAway",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "nyckeltal.web.urls"
WSGI_APPLICATION = "nyckeltal.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "nyckeltal.web.frame.context.frame",
            ],
        },
    },
]

DATABASES = {"default": _database()}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
_SHARED = os.environ.get("NYCKELTAL_SHARED_BY_PROCESSES", "")  # a folder that `nyckeltal serve` makes for its processes and takes away with them
_BETWEEN = {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": _SHARED, "OPTIONS": {"MAX_ENTRIES": 2000}}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 2000}},
    "server": _BETWEEN if _SHARED else {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}

AUTH_USER_MODEL = "people.User"
LOGIN_URL = "people:sign_in"
LOGIN_REDIRECT_URL = "frame:home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_HANDLER = "nyckeltal.web.people.throttle.Counting"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # trying on does not make the wait longer
AXES_LOCKOUT_CALLABLE = "nyckeltal.web.people.throttle.locked_out"
AXES_CLIENT_IP_CALLABLE = "nyckeltal.web.people.throttle.address"
AXES_DISABLE_ACCESS_LOG = True  # who signed in when is nobody's business
AXES_ENABLE_ADMIN = AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "csrfmiddlewaretoken", "next"]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("sv", _("Swedish")), ("da", _("Danish")), ("hu", _("Hungarian")), ("fi", _("Finnish"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = NYCKELTAL_HOME / "static"
_MANIFEST = "whitenoise.storage.CompressedManifestStaticFilesStorage"
_PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
STATICFILES_GATHERED = (STATIC_ROOT / "staticfiles.json").exists()  # `manage.py collectstatic`, done by `nyckeltal serve`
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _MANIFEST if STATICFILES_GATHERED and not DEBUG else _PLAIN},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not STATICFILES_GATHERED  # a first start without `collectstatic` still has its stylesheet

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {"default-src": [SELF], "object-src": [NONE], "base-uri": [SELF], "form-action": [SELF], "frame-ancestors": [NONE]},
}
_HOST_ONLY = "__Host-" if HTTPS else ""  # browsers take such a cookie by HTTPS alone, and from this host alone
SESSION_ENGINE = "nyckeltal.web.people.session_store"
SESSION_COOKIE_NAME = f"{_HOST_ONLY}nyckeltal_session"
CSRF_COOKIE_NAME = f"{_HOST_ONLY}nyckeltal_csrf"
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_NAME = "nyckeltal_language"
LANGUAGE_COOKIE_AGE = 365 * 86400
LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 86400  # from the sign-in on, whatever happens between
SESSION_IDLE_S = _whole("NYCKELTAL_IDLE_HOURS", 12, 1, 336) * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 30 * 86400 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin" if HTTPS or LOCAL_ONLY else None  # browsers warn about it on plain HTTP
BEHIND_PROXY = _flag("NYCKELTAL_BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
X_FRAME_OPTIONS = "DENY"
UPLOAD_LIMIT_BYTES = _whole("NYCKELTAL_UPLOAD_MB", 500, 1, 10_000) * 1_000_000
FILES_ARE_SENT_TO = dict.fromkeys(("/loads/send/", "/api/loads"), "nyckeltal.web.people.access.enter_loads")  # who refuses others; the rest takes forms only
API_CALLS_PER_MINUTE = _whole("NYCKELTAL_API_PER_MINUTE", 120, 1, 100_000)  # of one token
FORM_LIMIT_BYTES = DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_HANDLERS = ["nyckeltal.web.frame.uploads.ToDisk"]
CSRF_FAILURE_VIEW = "nyckeltal.web.frame.views.form_too_old"

LOGGING = {  # names, ids and paths; never queries, bodies or cookies
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_secrets": {"()": "nyckeltal.web.frame.logs.WithoutSecrets"}, "one_line": {"()": "nyckeltal.web.frame.logs.RefusedInOneLine"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_secrets", "one_line"]}},
    "root": {"handlers": ["console"], "level": _one_of("NYCKELTAL_LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "WARNING")},
    "loggers": {"django.db.backends": {"level": "INFO"}, "django": {"handlers": [], "propagate": True}, "django.server": {"handlers": [], "propagate": True}},
}
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # HSTS for subdomains, and preload, are decisions of whoever owns the domain
