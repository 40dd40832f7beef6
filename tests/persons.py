"""Names and numbers that no answer may hold whole: what the walks look for."""

from __future__ import annotations

import io
import zipfile

from django.db import models

from funds.models import Donation
from reviews.privacy import sensitive_fields

NAME, PHONE = "赵探针", "13911112222"


def probes_of(model: type[models.Model]) -> dict[str, str]:
    """Return recognisable values for all personal data of a kind."""
    found = {name: _value_of(name) for name in sensitive_fields(model)}
    return found | ({"donor_type": "person"} if model is Donation else {})


def _value_of(name: str) -> str:
    if name.endswith(("phone", "contact")):
        return PHONE
    return f"{NAME}、钱多多" if name == "inspectors" else NAME


def leaks_in(content: bytes) -> list[str]:
    """Return which of the values an answer holds; parts of a packed file are unpacked."""
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            content = b"".join(parts.read(name) for name in parts.namelist())
    escaped = NAME.encode("unicode-escape")
    return [each for each in (NAME, PHONE) if each.encode() in content or escaped in content]
