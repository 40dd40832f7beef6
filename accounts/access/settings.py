"""Settings of logging in, from environment variables; a value that is none stops the start in Chinese.

PROXY_COUNT, LOGIN_FAILURES, LOGIN_ADDRESS_FAILURES, LOGIN_LOCK_MINUTES, PASSWORD_DAYS,
SESSION_IDLE_MINUTES, SESSION_HOURS, DISPLAY_DAYS, TOTP_ROLES.

OIDC_ISSUER switches the bureau's identity provider on, with OIDC_CLIENT_ID, OIDC_CLIENT_SECRET,
OIDC_AUTHORIZATION_URL, OIDC_TOKEN_URL, OIDC_USERINFO_URL, OIDC_JWKS_URL, OIDC_CLAIM, OIDC_ACCOUNT,
OIDC_LOCAL_LOGIN, OIDC_NAME.
"""

import environ
from django.core.exceptions import ImproperlyConfigured

from running.environment import whole

_env = environ.Env()


def _whole(name: str, default: int, least: int = 0, unit: str = "") -> int:
    return whole(name, default, least, f"不小于 {least} 的整数{unit}")


#: How many proxies of one's own stand before the platform; 0: X-Forwarded-For is never believed.
PROXY_COUNT = _whole("PROXY_COUNT", 0)
#: After so many failures in a row an account, or an address, is locked.
LOGIN_FAILURES = _whole("LOGIN_FAILURES", 5, 1, "（次）")
LOGIN_ADDRESS_FAILURES = _whole("LOGIN_ADDRESS_FAILURES", 20, 1, "（次）")
#: How long the first lock lasts; each further one lasts twice as long, up to a day.
LOGIN_LOCK_MINUTES = _whole("LOGIN_LOCK_MINUTES", 10, 1, "（分钟）")
#: After so many days a password must be changed; 0: never.
PASSWORD_DAYS = _whole("PASSWORD_DAYS", 90, 0, "（天）")
#: A session ends after so many minutes without a request, and after so many hours in any case.
SESSION_IDLE_MINUTES = _whole("SESSION_IDLE_MINUTES", 30, 1, "（分钟）")
SESSION_HOURS = _whole("SESSION_HOURS", 12, 1, "（小时）")
#: How many days the big screen may show its figures without a new login; 0: not beyond the session.
DISPLAY_DAYS = _whole("DISPLAY_DAYS", 30, 0, "（天）")

#: The roles that must have a second factor: clerk, reviewer, observer, administrator, security, auditor.
TOTP_ROLES = [each.strip() for each in _env.list("TOTP_ROLES", default=[]) if each.strip()]
OTP_TOTP_ISSUER = "社区慈善工作平台"

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
#: The bureau's own identity provider; empty: accounts log in with their passwords only.
OIDC_ISSUER = _env.str("OIDC_ISSUER", default="")
OIDC_BACKEND = "accounts.access.provider.backend.ProviderBackend"


def _of_provider(name: str) -> str:
    """Return a value that the provider needs; ImproperlyConfigured where it is missing."""
    value: str = _env.str(name, default="")
    if OIDC_ISSUER and not value:
        raise ImproperlyConfigured(f"已设 OIDC_ISSUER，还须设环境变量 {name}。")
    return value


def _one_of(name: str, *choices: str) -> str:
    """Return one of the choices, the first by default; ImproperlyConfigured for anything else."""
    value: str = _env.str(name, default=choices[0])
    if value not in choices:
        raise ImproperlyConfigured(f"环境变量 {name} 应为 {' 或 '.join(choices)}。")
    return value


OIDC_RP_CLIENT_ID = _of_provider("OIDC_CLIENT_ID")
OIDC_RP_CLIENT_SECRET = _of_provider("OIDC_CLIENT_SECRET")
OIDC_OP_AUTHORIZATION_ENDPOINT = _of_provider("OIDC_AUTHORIZATION_URL")
OIDC_OP_TOKEN_ENDPOINT = _of_provider("OIDC_TOKEN_URL")
OIDC_OP_USER_ENDPOINT = _of_provider("OIDC_USERINFO_URL")
OIDC_OP_JWKS_ENDPOINT = _of_provider("OIDC_JWKS_URL")
#: The claim that names a person, and the field of the account that holds the same.
OIDC_CLAIM = _env.str("OIDC_CLAIM", default="preferred_username")
OIDC_ACCOUNT = _one_of("OIDC_ACCOUNT", "username", "employee_number")
#: Who may still log in with a password: everybody, or only the three duties of management.
OIDC_LOCAL_LOGIN = _one_of("OIDC_LOCAL_LOGIN", "all", "managers")
OIDC_NAME = _env.str("OIDC_NAME", default="统一身份认证")
OIDC_RP_SIGN_ALGO = "RS256"
OIDC_RP_SCOPES = "openid profile"
OIDC_USE_PKCE = True
OIDC_CREATE_USER = False
OIDC_TIMEOUT = 10
OIDC_AUTHENTICATION_CALLBACK_URL = "oidc-callback"
if OIDC_ISSUER:
    AUTHENTICATION_BACKENDS.append(OIDC_BACKEND)
# The counting is our own (`accounts.access.guard`): axes would count after the hash.
AXES_HANDLER = "accounts.access.handler.GuardHandler"
AXES_CLIENT_IP_CALLABLE = "accounts.access.addresses.client_address"
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
# An attempt that is not admitted is marked so, and prolongs nothing.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
# axes' middleware would answer in the place of the login page.
SILENCED_SYSTEM_CHECKS = ["axes.W002"]

AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "display_name", "email")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.access.secrets.validators.ThreeClasses"},
    {"NAME": "accounts.access.secrets.validators.NotTheName"},
    {"NAME": "accounts.access.secrets.validators.NotUsedBefore"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "home"
SESSION_COOKIE_HTTPONLY = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_ENGINE = "accounts.access.store"
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
