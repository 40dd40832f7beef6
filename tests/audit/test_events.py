"""An audit event names who acts, is committed with the act, and cannot be made without the key."""

from __future__ import annotations

import pytest
from django.core.management import get_commands
from django.db import transaction
from django.test import RequestFactory, override_settings

from accounts.models import User
from audit.acts import Act, Outcome
from audit.commands import UNRECORDED, recorded_command
from audit.context import Acting, acting
from audit.events import content_of, record
from audit.macs import is_valid
from audit.models import AppendOnly, AuditEvent
from crypto.digests import DigestName
from crypto.keys import Key, Keyring

pytestmark = pytest.mark.django_db


def _request(user: User, **headers: str) -> Acting:
    request = RequestFactory().post("/", headers=headers)
    request.user = user
    return Acting(request=request)


def test_an_event_names_account_role_area_address_and_agent(quji: User) -> None:
    with acting(_request(quji, user_agent="Firefox")):
        record(
            Act.ACCOUNT_CHANGED, about=quji, before={"role": "clerk"}, after={"role": "reviewer"}
        )
    event = AuditEvent.objects.get(act=Act.ACCOUNT_CHANGED)
    assert (event.username, event.role, event.user_area) == ("quji", "clerk", "500103")
    assert (event.address, event.agent) == ("127.0.0.1", "Firefox")
    assert (event.object_type, event.object_key) == ("accounts.user", str(quji.pk))
    assert (event.before, event.after) == ({"role": "clerk"}, {"role": "reviewer"})


@pytest.mark.parametrize("name", DigestName)
def test_a_mac_covers_the_event_as_it_is_read_back(quji: User, name: DigestName) -> None:
    with override_settings(DIGEST=name):
        record(
            Act.OTHER, user=quji, after={"金额": 0.1, "名单": ("甲", 2, None), "坏": "a\x00\ud800"}
        )
    event = AuditEvent.objects.get(act=Act.OTHER)
    assert event.mac.startswith(f"{name}$")
    assert is_valid(event.mac, content_of(event))
    event.detail = "改"
    assert not is_valid(event.mac, content_of(event))


def test_a_new_key_signs_and_the_old_one_still_verifies(quji: User) -> None:
    record(Act.OTHER, user=quji)
    event = AuditEvent.objects.get(act=Act.OTHER)
    from django.conf import settings

    new = Key("x" * 20 + "abcdefghijklmnop")
    with override_settings(AUDIT_KEYS=Keyring((new, *settings.AUDIT_KEYS.keys))):
        assert is_valid(event.mac, content_of(event))
    with override_settings(AUDIT_KEYS=Keyring((new,))):
        assert not is_valid(event.mac, content_of(event))


def test_a_refused_act_is_recorded_though_it_is_rolled_back(quji: User) -> None:
    with acting(_request(quji)):
        with pytest.raises(ValueError, match="nein"), transaction.atomic():
            record(Act.TRANSITION, outcome=Outcome.REFUSED)
            record(Act.OTHER)
            raise ValueError("nein")
        assert not AuditEvent.objects.filter(username="quji").exists()
    assert AuditEvent.objects.get(username="quji").outcome == Outcome.REFUSED


def test_events_are_only_added(quji: User) -> None:
    record(Act.OTHER, user=quji)
    event = AuditEvent.objects.get(act=Act.OTHER)
    for change in (event.save, event.delete, AuditEvent.objects.all().delete):
        with pytest.raises(AppendOnly):
            change()
    with pytest.raises(AppendOnly):
        AuditEvent.objects.update(detail="")


@pytest.mark.once
def test_behind_proxies_the_outermost_trusted_one_names_the_caller(quji: User) -> None:
    for proxies, address in ((0, "127.0.0.1"), (1, "10.0.0.2"), (2, "1.2.3.4")):
        with (
            override_settings(PROXY_COUNT=proxies),
            acting(_request(quji, x_forwarded_for="9.9.9.9, 1.2.3.4, 10.0.0.2")),
        ):
            record(Act.OTHER, detail=str(proxies))
        assert AuditEvent.objects.get(detail=str(proxies), act=Act.OTHER).address == address


def test_a_command_is_recorded_unless_its_services_did(quji: User) -> None:
    with recorded_command("changepassword"):
        pass
    event = AuditEvent.objects.get(act=Act.COMMAND)
    assert (event.task, event.outcome, event.username) == ("changepassword", Outcome.DONE, "")
    with pytest.raises(SystemExit), recorded_command("dumpdata"):
        raise SystemExit(1)
    assert AuditEvent.objects.get(task="dumpdata").outcome == Outcome.FAILED
    for name in ("check", "import_areas"):
        with recorded_command(name):
            if name == "import_areas":
                record(Act.AREAS_IMPORTED)
    assert AuditEvent.objects.filter(act=Act.COMMAND).count() == 2


@pytest.mark.once
def test_a_command_that_is_not_recorded_exists_and_says_why() -> None:
    known = {*get_commands(), "help", "version"}
    assert set(UNRECORDED) <= known
    assert all(UNRECORDED.values())
