"""`import_areas` adds missing areas and keeps the settings of a bureau."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from areas.models import Area
from areas.services import AreaRow, AreaTableError, import_areas
from areas.signals import tree_changed

TABLE = [
    AreaRow("15", "内蒙古自治区"),
    AreaRow("1506", "鄂尔多斯市"),
    AreaRow("150602", "东胜区"),
    AreaRow("150602001", "交通街道办事处"),
    AreaRow("150602001001", "天骄社区居民委员会"),
    AreaRow("150603", "康巴什区"),
]


@pytest.fixture
def heard() -> Iterator[list[object]]:
    """The sender of every `tree_changed`."""
    messages: list[object] = []

    def listen(sender: object, **_: object) -> None:
        messages.append(sender)

    tree_changed.connect(listen)
    yield messages
    tree_changed.disconnect(listen)


def test_only_the_roots_own_line_is_imported(db: None) -> None:
    assert import_areas("150602", TABLE) == 5
    assert not Area.objects.filter(code="150603").exists()


def test_importing_twice_creates_nothing(db: None, heard: list[object]) -> None:
    import_areas("150602", TABLE)
    assert import_areas("150602", TABLE) == 0
    assert heard == [Area]


def test_a_flag_and_a_name_the_bureau_changed_stay(db: None) -> None:
    import_areas("150602", TABLE)
    Area.objects.filter(code="150602001001").update(is_counted=False, name="天骄路社区居委会")
    import_areas("150602", TABLE)
    area = Area.objects.get(code="150602001001")
    assert (area.is_counted, area.name) == (False, "天骄路社区居委会")


def test_a_later_table_adds_what_is_new(db: None, heard: list[object]) -> None:
    import_areas("150602", TABLE)
    assert import_areas("150602", [*TABLE, AreaRow("150602001002", "团结社区居民委员会")]) == 1
    assert heard == [Area, Area]


def test_a_root_that_the_table_lacks_is_refused(db: None) -> None:
    with pytest.raises(AreaTableError, match="没有代码 150621"):
        import_areas("150621", TABLE)
    assert not Area.objects.exists()


def test_an_area_without_its_parent_is_refused_by_name_and_nothing_is_imported(db: None) -> None:
    table = [*TABLE, AreaRow("150602009001", "孤儿社区居民委员会")]
    with pytest.raises(
        AreaTableError, match=r"孤儿社区居民委员会（150602009001）的上级 150602009 不在区划表中"
    ):
        import_areas("150602", table)
    assert not Area.objects.exists()


def test_a_parent_that_is_already_in_the_tree_need_not_be_in_the_table(db: None) -> None:
    import_areas("150602", TABLE)
    assert import_areas("150602001", [AreaRow("150602001009", "新社区居民委员会")]) == 1


def test_the_command_reads_an_own_table_and_says_what_is_there_now(
    db: None, tmp_path: Path
) -> None:
    file, out = tmp_path / "区划.csv", io.StringIO()
    lines = ["代码,名称", *(f"{row.code},{row.name}" for row in TABLE), "150602001498,虚拟社区"]
    file.write_text("\n".join(lines), encoding="utf-8")
    call_command("import_areas", "150602", file=file, stdout=out)
    assert "新增 6 个区划" in out.getvalue()
    assert "150602 现有 1 个乡镇街道、2 个村社区（纳入考核 1 个）" in out.getvalue()


def test_the_command_refuses_what_is_no_code_and_a_file_that_is_not_there(db: None) -> None:
    with pytest.raises(CommandError, match="“渝中区”不是区划代码"):
        call_command("import_areas", "渝中区")
    with pytest.raises(CommandError):
        call_command("import_areas", "150602", file=Path("没有.csv"))
