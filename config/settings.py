"""Settings, all from environment variables; without any, the embedded installation runs.

DATABASE_URL, REDIS_URL, SECRET_KEY, ALLOWED_HOSTS, DEBUG, DATA_DIR, EMAIL_URL, DEFAULT_FROM_EMAIL,
IMPORT_FILE_DAYS, EXPORT_FILE_DAYS, SITE_URL, API_RATE, WEBHOOK_TARGETS, WORKER_MEMORY_MB;
security stands in `config.security`, logging in in `accounts.access.settings`, backups in `backups.settings`.
"""

import secrets
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

from accounts.access.settings import *  # noqa: F403
from accounts.webhooks.targets import is_origin
from backups.settings import *  # noqa: F403
from config.security import *  # noqa: F403
from config.security import LEAST_DAYS, keyring
from desks.look import LOOK
from running.environment import days, whole
from running.outages import patience
from running.timetable import TIMETABLE

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
(DATA_DIR / "static").mkdir(exist_ok=True)
EXPORT_DIR = DATA_DIR / "exports"
#: How many days an uploaded ledger is kept if it was never stored or its import was undone.
IMPORT_FILE_DAYS = days("IMPORT_FILE_DAYS", 30, 1)
#: How many days the file of an export or a subscription is kept.
EXPORT_FILE_DAYS = days("EXPORT_FILE_DAYS", 30, 1)
#: The site's own address (https://…) for links in mails; empty: mails name the page in words.
SITE_URL = env.str("SITE_URL", default="")
#: Origins (https://host[:port], …) that webhooks may call; empty: no webhook can be created.
WEBHOOK_TARGETS: list[str] = [
    each.strip() for each in env.list("WEBHOOK_TARGETS", default=[]) if each.strip()
]
if not all(map(is_origin, WEBHOOK_TARGETS)):
    raise ImproperlyConfigured(
        "环境变量 WEBHOOK_TARGETS 应为用英文逗号分隔的 https://主机[:端口] 或 http://主机[:端口]。"
    )

IS_EMBEDDED = not env.str("DATABASE_URL", default="")
DEBUG = env.bool("DEBUG", default=False)


def _embedded_secret() -> str:
    """Return the secret key of this installation, made once and kept in DATA_DIR."""
    path = DATA_DIR / "secret_key"
    if not path.exists():
        path.write_text(secrets.token_urlsafe(64), encoding="ascii")
        path.chmod(0o600)
    return path.read_text(encoding="ascii").strip()


def _is_weak(secret: str) -> bool:
    return len(secret) < 40 or len(set(secret)) < 10


SECRET_KEY = env.str("SECRET_KEY", default="") or (_embedded_secret() if IS_EMBEDDED else "")
#: Keys of before a change: what they signed stays valid until they are taken out.
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])
if any(map(_is_weak, SECRET_KEY_FALLBACKS)):
    raise ImproperlyConfigured("环境变量 SECRET_KEY_FALLBACKS 应为用英文逗号分隔的原 SECRET_KEY。")
if _is_weak(SECRET_KEY):
    raise ImproperlyConfigured(
        "环境变量 SECRET_KEY 未设置或强度不足：请设为至少 40 个随机字符"
        "（可用 python -c 'import secrets; print(secrets.token_urlsafe(64))' 生成）。"
    )
#: Keys of the audit log; embedded, or where the variable is unset, one kept in DATA_DIR.
AUDIT_KEYS = keyring("AUDIT_KEYS", DATA_DIR / "keys" / "audit")
FIELD_KEYS = keyring("FIELD_KEYS", DATA_DIR / "keys" / "field")  # (of encrypted columns)
#: How many days events of the audit log are kept.
AUDIT_DAYS = days("AUDIT_DAYS", default=1095, least=LEAST_DAYS)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.simple_history",
    "desks.site_app.SiteConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "simple_history",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "audit",
    "backups",
    "proposals",
    "areas",
    "accounts",
    "reviews",
    "api",
    "ledgers",
    "policies",
    "orgs",
    "scenes",
    "projects",
    "funds",
    "supervision",
    "indicators",
    "work",
    "reports",
    "desks",
    "demo",
    "config",
]
MIDDLEWARE = [
    "guards.request_ids.RequestIds",
    "guards.headers.PageHeaders",
    "guards.refusals.KnownMethods",
    "django.middleware.security.SecurityMiddleware",
    "guards.bodies.BoundBodies",
    "guards.texts.CleanTexts",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "audit.middleware.KnowActor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.access.middleware.FinishLogin",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
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
            ]
        },
    }
]

if IS_EMBEDDED:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "platform.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    }
else:
    DATABASES = {"default": env.db_url("DATABASE_URL")}
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
IS_SECURE = env.bool("HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = IS_SECURE
# A process monitor beside the proxy asks without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 86400 if IS_SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_SECURE
# Whether browsers ship the name of the site in their lists is up to the owner of the domain.
# Django-axes counts for the login page, which tells of a lock itself.
SILENCED_SYSTEM_CHECKS = ["security.W021", "axes.W002"]
CSRF_FAILURE_VIEW = "guards.refusals.csrf_failure"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_SECURE else None

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文")]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = IS_EMBEDDED

# Without a mail server mails go nowhere; the administrator's desk says so.
HAS_MAIL = bool(env.str("EMAIL_URL", default=""))
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://" if DEBUG else "dummymail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="noreply@localhost")

#: How many megabytes a task may take; 0: without a bound.
WORKER_MEMORY_MB = whole("WORKER_MEMORY_MB", 2048, 0, "兆数，0 为不限")
REDIS_URL = env.str("REDIS_URL", default="")
CELERY_TASK_ACKS_LATE = True
# A process that has once taken so much (kB) is replaced after its task: it never gives all back.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 512_000
# A task that brings its worker down is tried once more, never for ever.
CELERY_TASK_RETRY_ON_WORKER_LOST = True
CELERY_TASK_ANNOTATIONS = {"*": {"max_retries": 1}}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    # For pages; workers and the beat are patient (`config.celery`).
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        "socket_timeout": patience.wait_seconds,
        "socket_connect_timeout": patience.wait_seconds,
        "max_retries": 0,
    }
else:
    _queue = DATA_DIR / "queue"
    for _folder in ("messages", "control", "processed"):
        (_queue / _folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_queue / "messages"),
        "data_folder_out": str(_queue / "messages"),
        "control_folder": str(_queue / "control"),
        "processed_folder": str(_queue / "processed"),
    }
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = TIMETABLE
# Leases of uploads and their progress; the site and every worker have to see them.
CACHES = {
    "default": {
        "BACKEND": "running.outages.PromptCache",
        "LOCATION": REDIS_URL.replace("redis+socket://", "unix://"),
    }
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "cache",
        # Django throws a third away when there are more: leases must not be among them.
        "OPTIONS": {"MAX_ENTRIES": 5000},
    }
}
#: Nobody else on the machine reads what is uploaded (`running.private`).
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
#: The most bytes of a record's form: some eight of the largest photos, or twenty PDF files, and the form. A page
#: tells before it sends that the chosen files are too large together (`static/js/attachments.js`).
MOST_REQUEST_BYTES = 256 * 1024 * 1024

#: How often one caller of the API may call; empty: without a limit.
API_RATE = env.str("API_RATE", default="600/min")
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.permissions.HasBusinessRole"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.api.authentication.CallerThrottle"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.JsonParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "api.schema.PlatformSchema",
    "EXCEPTION_HANDLER": "api.answering.handle_exception",
    "UNICODE_JSON": True,
}
#: The formats besides JSON in which the API gives a list.
API_FILE_RENDERERS = [
    "reports.exports.renderers.CsvRenderer",
    "reports.exports.renderers.XlsxRenderer",
]
SPECTACULAR_SETTINGS = {
    "TITLE": "社区慈善工作平台接口",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "/static/favicon.svg",
    "REDOC_DIST": "SIDECAR",
    "POSTPROCESSING_HOOKS": ["api.schema.postprocess"],
    "PREPROCESSING_HOOKS": ["api.schema.order_endpoints"],
    "SORT_OPERATIONS": False,
    "TAGS": [],
}

SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True
# History pages are read-only; reviewed records change only through transitions.
SIMPLE_HISTORY_REVERT_DISABLED = True

UNFOLD = LOOK
