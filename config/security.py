"""Settings of security, from environment variables; a Chinese error names the variable.

AUDIT_KEYS, AUDIT_DAYS, FIELD_KEYS, GUOMI, SECOND_PERSON.
"""

import re
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

from crypto.digests import DigestName
from crypto.keys import KeyFault, Keyring, keys_from
from running.environment import whole, years, years_by_name

env = environ.Env()

#: Whether 国密 is used: SM3 instead of SHA-256, SM4 instead of AES.
GUOMI = env.bool("GUOMI", default=False)
#: The digest of what is written now; what was written with the other one stays verifiable.
DIGEST = DigestName.SM3 if GUOMI else DigestName.SHA256
SECOND_PERSON = env.bool("SECOND_PERSON", default=True)  # (important changes wait for another)


def _whole(variable: str, default: int, meaning: str) -> int:
    return whole(variable, default, 0, f"不小于0的整数：{meaning}")


#: Where the malware scanner listens (unix:/path or host:port); empty: uploads are not scanned.
CLAMD = env.str("CLAMD", default="")
if CLAMD and not re.fullmatch(r"unix:/.+|[^:]+:\d{1,5}|\[[0-9a-fA-F:]+\]:\d{1,5}", CLAMD):
    raise ImproperlyConfigured("环境变量 CLAMD 应为 unix:/路径 或 主机:端口。")
#: Megabytes that uploads leave free on the disk; 0: without a floor.
FREE_DISK_MB = _whole("FREE_DISK_MB", 512, "磁盘至少保留的兆数，0 为不限")
#: Megabytes of attachments and ledgers that one account, and all accounts of one area, may store; 0: any
#: number.
QUOTA_ACCOUNT_MB = _whole("QUOTA_ACCOUNT_MB", 0, "每个账号附件和台账的兆数上限，0 为不限")
QUOTA_AREA_MB = _whole("QUOTA_AREA_MB", 0, "每个地区的账号附件和台账合计的兆数上限，0 为不限")
#: How many heavy pages (exports, printed files) one account may open in a minute; 0: any number.
PAGE_RATE = _whole("PAGE_RATE", 60, "每分钟可生成的文件份数，0 为不限")
#: Years that personal data are kept after their matter ended, of any kind and of single ones; 0: for ever.
PERSONS_YEARS = years("PERSONS_YEARS")
PERSONS_YEARS_BY_KIND = years_by_name("PERSONS_YEARS_BY_KIND", "donations=30,talents=5")
PERSONS_NOTICE_DAYS = whole("PERSONS_NOTICE_DAYS", 30, 7, "不小于7的天数：到期删除前预告的天数")


def keyring(variable: str, file: Path) -> Keyring:
    """Return the keys of a purpose; ImproperlyConfigured when they are too weak."""
    try:
        return keys_from(variable, file)
    except KeyFault as fault:
        raise ImproperlyConfigured(str(fault)) from fault


#: 网络安全法 article 23: logs are kept for six months at least.
LEAST_DAYS = 180
