"""Settings of security, from environment variables; a Chinese error names the variable.

AUDIT_KEYS, AUDIT_DAYS, GUOMI, SECOND_PERSON.
"""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

from crypto.digests import DigestName
from crypto.keys import KeyFault, Keyring, keys_from

env = environ.Env()

#: Whether digests and field encryption use 国密 (SM3, SM4) instead of SHA-256 and AES.
GUOMI = env.bool("GUOMI", default=False)
#: The digest of what is written now; what was written with the other one stays verifiable.
DIGEST = DigestName.SM3 if GUOMI else DigestName.SHA256
SECOND_PERSON = env.bool("SECOND_PERSON", default=True)  # (important changes wait for another)


def keyring(variable: str, file: Path) -> Keyring:
    """Return the keys of a purpose; ImproperlyConfigured when they are too weak."""
    try:
        return keys_from(variable, file)
    except KeyFault as fault:
        raise ImproperlyConfigured(str(fault)) from fault


#: 网络安全法 article 23: logs are kept for six months at least.
LEAST_DAYS = 180


def days(variable: str, default: int, least: int) -> int:
    """Return a number of days; ImproperlyConfigured when it is too small or no number."""
    text = env.str(variable, default=str(default)).strip()
    if not (text.isascii() and text.isdigit() and int(text) >= least):
        raise ImproperlyConfigured(f"环境变量 {variable} 应为不小于 {least} 的天数。")
    return int(text)
