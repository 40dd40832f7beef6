"""JSON fields that accept exactly the types of the schema: a number is no text and vice versa."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS
from typing_extensions import override

from accounts.api.models import ApiToken
from accounts.requests import user_of
from reviews.privacy import masked_text, sees_all_persons, sees_persons

if TYPE_CHECKING:
    from rest_framework.request import Request

#: The largest primary key of a record.
MOST_KEY = 2**63 - 1
#: The largest whole number that the database stores.
MOST_WHOLE = 2**31 - 1
AREA_CODE = r"^[1-9]([0-9]|[0-9]{3}|[0-9]{5}|[0-9]{8}|[0-9]{11})$"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

_NO_TEXT = "应为文字"


class Text(serializers.CharField):
    """A text; surrounding blanks are removed, as in the form."""

    default_error_messages = {"invalid": _NO_TEXT}

    @override
    def to_internal_value(self, data: object) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


def _has_scope(request: Request) -> bool:
    token = request.auth
    return isinstance(token, ApiToken) and token.reads_persons


def reveals_persons(request: Request) -> bool:
    """Return whether answers to a request hold personal data whole: a token with the scope reads.

    The answer to a write is kept for its repetition, so it is masked.
    """
    return request.method in SAFE_METHODS and _has_scope(request)


def reads_whole(request: Request | None, record: Any) -> bool:
    """Return whether an answer shows the personal data of a record whole."""
    if request is None or not reveals_persons(request):
        return False
    return sees_persons(user_of(request), record.area_id)


def searches_persons(request: Request) -> bool:
    """Return whether a caller may search by what is masked: who may see it, a token with its scope."""
    if isinstance(request.auth, ApiToken) and not request.auth.reads_persons:
        return False
    return sees_all_persons(user_of(request))


class PersonalText(Text):
    """A name or a contact of a person, read masked but with a token for personal data."""

    @override
    def get_attribute(self, instance: Any) -> Any:
        if reads_whole(self.context.get("request"), instance):
            return super().get_attribute(instance)
        return masked_text(instance, str(self.source))


class Chosen(serializers.ChoiceField):
    """One of the codes of a field with choices."""

    @override
    def to_internal_value(self, data: object) -> str:
        if not isinstance(data, str) or data not in ("", *self.choices):
            self.fail("invalid_choice", input=str(data)[:40])
        return super().to_internal_value(data)


class TrueFalse(serializers.BooleanField):
    """A JSON boolean: true or false, no text or number."""

    default_error_messages = {"invalid": "应为 true 或 false"}

    @override
    def to_internal_value(self, data: object) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid")
        return data


class Whole(serializers.IntegerField):
    """A whole number."""

    default_error_messages = {"invalid": "应为整数"}

    @override
    def to_internal_value(self, data: object) -> int:
        """Accept also a float without fraction: JSON does not distinguish 3.0 from 3."""
        if isinstance(data, float) and data.is_integer():
            data = int(data)
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return super().to_internal_value(data)


class Amount(serializers.Field[Decimal, str, str, object]):
    """A decimal as text, exact to the last digit: `"1200.00"`."""

    default_error_messages = {
        "invalid": "应为文字形式的数，最多{digits}位整数、{places}位小数，如 {example}"
    }

    def __init__(self, digits: int = 13, places: int = 2, **kwargs: Any) -> None:
        self.digits, self.places = digits, places
        super().__init__(**kwargs)

    @property
    def pattern(self) -> str:
        """The regular expression of the text, as the schema shows it."""
        return rf"^-?[0-9]{{1,{self.digits}}}(\.[0-9]{{1,{self.places}}})?$"

    @override
    def to_internal_value(self, data: object) -> Decimal:
        if not (isinstance(data, str) and re.match(self.pattern.removesuffix("$") + r"\Z", data)):
            example = '"1200.00"'
            self.fail("invalid", digits=self.digits, places=self.places, example=example)
        return Decimal(data)

    @override
    def to_representation(self, value: Decimal) -> str:
        return f"{value:.{self.places}f}"


class Day(serializers.DateField):
    """A day as YYYY-MM-DD."""

    default_error_messages = {"invalid": "应写成 YYYY-MM-DD"}

    @override
    def to_internal_value(self, value: object) -> datetime.date:
        if not (isinstance(value, str) and DAY.fullmatch(value)):
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(value)


@extend_schema_field({"type": "string", "pattern": AREA_CODE, "examples": ["500103001003"]})
class AreaCode(serializers.RegexField):
    """The code of an area; whether it exists and is in scope is checked later for all records at
    once."""

    default_error_messages = {"invalid": "应为2、4、6、9或12位区划代码"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(AREA_CODE.removesuffix("$") + r"\Z", trim_whitespace=False, **kwargs)

    @override
    def to_internal_value(self, data: object) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Key(Whole):
    """The primary key of another record; whether it exists and is in scope is checked later."""

    default_error_messages = {"invalid": "应为记录编号（整数）"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=MOST_KEY, **kwargs)
