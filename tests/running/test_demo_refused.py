"""The demonstration refuses to put its accounts beside real ones."""

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User


def test_the_demonstration_is_refused_where_real_accounts_are(guanli: User) -> None:
    User.objects.filter(pk=guanli.pk).update(username="zhangsan")
    with pytest.raises(CommandError, match="数据库中已有正式账号"):
        call_command("demo", "--no-serve")
    assert list(User.objects.values_list("username", flat=True)) == ["zhangsan"]
