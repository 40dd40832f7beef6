"""Settings of security, from environment variables; a Chinese error names the variable.

AUDIT_KEYS, GUOMI, SECOND_PERSON.
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
