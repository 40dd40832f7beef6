"""Lists of choices: only known words are kept, once each, in the order in which they are offered."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from projects.models.choices import PARTIES, PEOPLE, SERVICES, SUPPORT
from reviews.models import ChoiceListField
from reviews.models.choice_lists import Groups

pytestmark = pytest.mark.once
FIELD = ChoiceListField("服务", groups={"甲": ("访视", "照料"), "乙": ("助餐",)}, blank=True)


@pytest.mark.parametrize("groups", [SERVICES, PEOPLE, PARTIES, SUPPORT])
def test_each_word_is_offered_once_and_fits_with_all_the_others(groups: Groups) -> None:
    words = [word for below in groups.values() for word in below]
    assert len(words) == len(set(words))
    assert len("、".join(words)) <= 300
    assert not any(mark in word for word in words for mark in "、，,；;/ ")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("", ""),
        ("助餐", "助餐"),
        ("助餐、访视", "访视、助餐"),
        ("助餐,访视，助餐 照料", "访视、照料、助餐"),
    ],
)
def test_words_are_kept_once_and_in_order(sent: str, kept: str) -> None:
    assert FIELD.clean(sent, None) == kept


def test_an_unknown_word_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(ValidationError) as refusal:
        FIELD.clean("助餐、理发", None)
    assert refusal.value.messages == ["“理发”无法识别，可选：访视、照料、助餐"]


def test_the_form_offers_the_words_below_their_headings_and_keeps_the_text() -> None:
    field = FIELD.formfield()
    assert field.choices == [
        ("甲", [("访视", "访视"), ("照料", "照料")]),
        ("乙", [("助餐", "助餐")]),
    ]
    assert field.prepare_value("访视、助餐") == ["访视", "助餐"]
    assert field.clean(["访视", "助餐"]) == "访视、助餐"
    assert not field.has_changed("访视、助餐", ["助餐", "访视"])
    assert field.has_changed("访视、助餐", ["访视"])


def test_the_migration_knows_plain_text_only() -> None:
    assert FIELD.deconstruct()[1] == "django.db.models.CharField"
