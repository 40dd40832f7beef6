"""Names and numbers that no answer may hold whole: what the walks look for."""

from __future__ import annotations

import io
import re
import zipfile
from functools import cache
from urllib.parse import quote

from django.apps import apps
from django.db import models

from funds.models import Donation
from reviews.privacy import sensitive_fields

#: How every name and every number among the values begins; what follows tells the column.
NAME, PHONE = "赵探针", "1391111"
_WHOLE = re.compile(rf"{NAME}.|{PHONE}\d{{4}}", re.DOTALL)
#: How a name may be written in JSON, in an address, in HTML.
_SPELLINGS = (
    NAME.encode(),
    NAME.encode("unicode-escape"),
    NAME.encode("unicode-escape").upper().replace(rb"\U", rb"\u"),
    quote(NAME).encode(),
    "".join(f"&#{ord(sign)};" for sign in NAME).encode(),
    "".join(f"&#x{ord(sign):x};" for sign in NAME).encode(),
    NAME.encode("utf-16-le"),
    PHONE.encode(),
)


@cache
def marked_columns() -> list[tuple[type[models.Model], str]]:
    """Return every column with the mark of personal data, but not those of histories."""
    return [
        (model, name)
        for model in apps.get_models()
        if not model.__name__.startswith("Historical")
        for name in sensitive_fields(model)
    ]


def probes_of(model: type[models.Model]) -> dict[str, str]:
    """Return recognisable values for all personal data of a kind, another one for each column."""
    found = {name: probe_of(model, name) for name in sensitive_fields(model)}
    return found | ({"donor_type": "person"} if model is Donation else {})


def probe_of(model: type[models.Model], name: str) -> str:
    """Return the recognisable value of a column."""
    at = marked_columns().index((model, name))
    if name.endswith(("phone", "contact")):
        return f"{PHONE}{at:04}"
    own = f"{NAME}{chr(ord('一') + at)}"
    return f"{own}、钱多多" if name == "inspectors" else own


def leaks_in(content: bytes) -> list[str]:
    """Return which of the values an answer holds; packed files and those within are unpacked."""
    found = {
        whole
        for part in parts_of(content)
        if any(spelling in part for spelling in _SPELLINGS)
        for whole in _WHOLE.findall(part.decode("utf-8", "replace")) or [NAME]
    }
    return sorted(found)


def parts_of(content: bytes) -> list[bytes]:
    """Return the parts of a packed file, or the content itself."""
    if content[:2] != b"PK":
        return [content]
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return [part for name in packed.namelist() for part in parts_of(packed.read(name))]
