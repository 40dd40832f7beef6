"""A mail in the background is sent or left for the next run, and delays no other."""

from __future__ import annotations

from django.core import mail

from reports.filing.mailing import try_to_send


def test_a_subject_is_one_line() -> None:
    assert try_to_send("【定期报表】七星岗\n街道", "正文", ["jiedao@example.org"])
    assert [message.subject for message in mail.outbox] == ["【定期报表】七星岗 街道"]


def test_a_mail_that_cannot_go_is_told_and_not_raised() -> None:
    assert not try_to_send("主题", "正文", ["jiedao@example.org\nBcc: all@example.org"])
    assert mail.outbox == []


def test_who_has_no_address_needs_no_mail() -> None:
    assert try_to_send("主题", "正文", [])
    assert mail.outbox == []
