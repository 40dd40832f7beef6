"""Personal data in the database: encrypted in every table, readable with any known key, told when not."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.management import call_command
from django.db import connection, models
from django.test import override_settings

from accounts.models import User
from areas.models import Area
from audit.chain.night import check_all
from audit.encryption.columns import (
    encrypted,
    in_clear,
    keys_in_use,
    rewrite,
    tables,
    unreadable,
)
from audit.encryption.starting import require_keys
from crypto.ciphers import Undecipherable, is_encrypted
from crypto.keys import Key, Keyring
from funds.models import Donation, Fund, FundMember
from orgs.models import Talent
from reviews.bulk import store_new, write_history
from reviews.encrypted_columns import faults_of
from reviews.fields import history_of
from reviews.services import approve, submit
from tests.types import Make

pytestmark = pytest.mark.django_db

MARKER = "欧阳端木"
OLD, NEW = (Key(f"{word}-0123456789-abcdefghijklmnopqrs") for word in ("old", "new"))


@contextmanager
def _keys(*keys: Key, guomi: bool = False) -> Iterator[None]:
    with override_settings(FIELD_KEYS=Keyring(keys), GUOMI=guomi):
        yield


def _stored(model: type[models.Model], column: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {model._meta.db_table} ORDER BY 1")
        return [text for (text,) in cursor.fetchall()]


def _tables_with(text: str) -> set[str]:
    """Return the tables in which a text stands in clear."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            if any(text in str(value) for row in cursor.fetchall() for value in row):
                found.add(table)
    return found


@pytest.fixture
def talent(district: Area, make: Make, quji: User, shiju: User) -> Talent:
    """A talent that was changed and approved, so that versions, events and covers tell of it."""
    made: Talent = make(Talent, name=MARKER, contact="13812345678")
    made.contact = f"{MARKER}@example.org"
    made.save()
    submit(made, by=quji)
    approve(made, by=shiju)
    return made


def test_no_table_holds_personal_data_in_clear(talent: Talent, make: Make, quji: User) -> None:
    fund = make(Fund, leader=MARKER, phone=f"023-{MARKER}")
    FundMember.objects.bulk_create([FundMember(fund=fund, name=MARKER, kind="donor")])
    gift = make(Donation, fund=fund, donor_name=MARKER, donor_type="person", handler=MARKER)
    again = Donation.objects.get(pk=gift.pk)
    again.pk = None
    store_new(Donation, [again])
    write_history(Donation.objects.filter(pk=again.pk), quji, "", status="draft")
    Donation.objects.filter(pk=gift.pk).update(handler=f"{MARKER}二")
    gift.handler = f"{MARKER}三"
    Donation.objects.bulk_update([gift], ["handler"])
    assert _tables_with(MARKER) == set()
    assert list(unreadable()) == []
    assert Donation.objects.get(pk=again.pk).donor_name == MARKER
    assert Donation.objects.get(pk=gift.pk).handler == f"{MARKER}三"
    versions = history_of(Donation)
    assert set(versions.values_list("donor_name", flat=True)) == {MARKER}
    assert len(set(_stored(Donation, "donor_name"))) == 2


def test_a_whole_name_is_found_under_each_key_and_cipher(talent: Talent) -> None:
    _under_the_old_key()
    with _keys(NEW, OLD, guomi=True):
        assert Talent.objects.get(name=MARKER) == talent
        assert Talent.objects.filter(name__in=["", "张三"]).count() == 0
        assert Talent.objects.exclude(contact="").count() == 1
    for refused in ({"name__icontains": "欧"}, {"name__gt": ""}, {"contact": "13812345678"}):
        with pytest.raises(FieldError):
            list(Talent.objects.filter(**refused))


def _under_the_old_key() -> None:
    with _keys(OLD, *settings.FIELD_KEYS.keys):
        _rewrite_all()


def _rewrite_all() -> int:
    """Rewrite every table; return the rows changed."""
    done = [rewrite(table, encrypted) for table in tables()]
    assert [fault for each in done for fault in each.faults] == []
    return sum(each.rows for each in done)


def test_rotation_goes_on_where_it_was_broken_off_and_says_what_may_go(talent: Talent) -> None:
    _under_the_old_key()
    with _keys(NEW, OLD, guomi=True):
        rewrite(next(each for each in tables() if each.name == "orgs_talent"), encrypted)
        assert len(keys_in_use()) == 2
        said = io.StringIO()
        call_command("rotate_keys", stdout=said)
        assert f"密钥 {OLD.fingerprint} 已无数据在用" in said.getvalue()
        assert set(keys_in_use()) == {(NEW.fingerprint, "sm4")}
        assert _rewrite_all() == 0
    with _keys(NEW):
        assert Talent.objects.get(pk=talent.pk).name == MARKER
        assert check_all().number == 0


def test_rows_of_an_earlier_release_are_read_encrypted_and_given_back(talent: Talent) -> None:
    for table in tables():
        assert not rewrite(table, in_clear).faults
    assert MARKER in _stored(Talent, "name")
    assert Talent.objects.get(name=MARKER).contact == f"{MARKER}@example.org"
    assert any("未加密" in fault for fault in unreadable())
    assert _rewrite_all() > 0
    assert all(map(is_encrypted, _stored(Talent, "name")))
    assert check_all().number == 0


def test_without_the_key_nothing_starts_and_nothing_is_read(talent: Talent) -> None:
    _under_the_old_key()
    with _keys(NEW):
        with pytest.raises(Undecipherable):
            Talent.objects.get(pk=talent.pk)
        with pytest.raises(ImproperlyConfigured, match=f"{OLD.fingerprint}.*FIELD_KEYS"):
            require_keys()
        with pytest.raises(SystemExit):
            call_command("rotate_keys", stdout=io.StringIO(), stderr=io.StringIO())
    with _keys(NEW, OLD):
        require_keys()


def test_what_was_changed_by_sql_is_found_at_night(talent: Talent) -> None:
    (stored,) = _stored(Talent, "contact")
    assert check_all().number == 0
    with connection.cursor() as cursor:
        for moved in (stored, f"{stored[:-9]}AAAA{stored[-5:]}", "张三"):
            cursor.execute("UPDATE orgs_talent SET name = %s", [moved])
            faults = check_all().faults
            assert len(faults["加密的个人信息"]) == 1
            assert faults["业务记录"]


def test_order_and_search_by_what_is_encrypted_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(faults_of(Donation)) == []
    monkeypatch.setattr(Donation._meta, "ordering", ("-handler",))
    monkeypatch.setattr(Donation, "title_field", "donor_name")
    assert [fault.split("`")[1] for fault in faults_of(Donation)] == ["donor_name", "handler"]
