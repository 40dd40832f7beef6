"""The permission table as a document: written from a walk, and read back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from django.conf import settings

from accounts.models import Role
from tests.api.addresses import PLAIN, ROOT, api_routes, path_of
from tests.api.calls import KINDS
from tests.api.places import WHO, Place
from tests.api.walking import (
    UNKNOWN,
    UNSUPPORTED,
    Asked,
    Matrix,
    Row,
    group_of,
)
from tests.web.routes import LISTED

FILE = Path(settings.BASE_DIR) / "docs" / "permissions.md"
KIND = "{kind}/"
_NAMES = {prefix: str(model._meta.verbose_name) for prefix, model in LISTED.items()} | {
    PLAIN: "指标数据，以及接口本身的说明"
}
_HEAD = f"| 地址 | 请求 | {' | '.join(who.label if who else UNKNOWN for who in WHO)} |"
_RULE = f"|{'---|' * (2 + len(WHO))}"

_INTRODUCTION = """\
# 接口权限表

<!-- 本文件由测试逐一调用接口后写成，请勿手改：
     .venv/bin/python -m tests.api.write_permissions
     tests/api/test_permissions.py 每次都把全部接口重走一遍，与本表不符即不通过。 -->

本表供审计人员和对接单位查阅：接口（`/api/v1/`）的每个地址、每种请求，由谁来办、对哪里的数据，结果
如何。表中每一格都实际调用过，不是事先约定的。接口凭证按其接口账号的角色和管辖区划适用同一张表。

**谁**：六种角色和未登录者。填报员、审核员、观察员各有一个管辖区划；系统管理员、安全管理员和审计员没有，也不看
业务数据。

**哪里**：一格中有四个词时，依次为数据在

1. 本级——就登记在本人的管辖区划；
2. 下级——在其下级，如区县之下的社区；
3. 上级——在其上级，如街道人员看区县的数据；
4. 邻区——在与其无隶属关系的其他地区。

一格中只有一个词时，四处都一样。

**词义**：

| 词 | 状态码 | 意思 |
|---|---|---|
| 可 | 2xx | 办理；查询列表时，列表中有该条数据 |
| 禁 | 403 | 角色不能这样做 |
| 无 | 404 | 不在管辖范围，与不存在的答复一样；查询列表时，列表中没有该条数据 |
| 不收 | 422 | 请求所填的地区或所引用的记录不在管辖范围，一概不存入 |
| 未登录 | 401 | 没有登录也没有接口凭证；说明页面转到登录页 |
| 不支持 | 405 | 该地址没有这种请求 |

“可”是指角色和地区允许。记录当时的状态或内容不合规则时，仍会以 409、412、422、428 答复，提交人审核
自己提交的记录以 403 答复。最后的 `/api/` 一行，指其下一切没有的地址。
"""


# --- writing ------------------------------------------------------------------------------------


def lines_of(matrix: Matrix, name: str) -> list[str]:
    """Return the rows of a group as in the document; record kinds are written as `{kind}`."""
    found = []
    for path in dict.fromkeys(asked.path for asked in matrix):
        rows: dict[tuple[str, ...], list[Asked]] = {}
        for asked, row in matrix.items():
            if asked.path == path:
                rows.setdefault(_cells(row), []).append(asked)
        for cells in sorted(rows, key=lambda cells: cells[0] == UNSUPPORTED):
            said = "、".join(_requests(rows[cells]))
            found.append(f"| `{_generic(path, name)}` | {said} | {' | '.join(cells)} |")
    return found


def _generic(path: str, name: str) -> str:
    return path.replace(f"{ROOT}{name}/", ROOT + KIND, 1) if name in KINDS else path


def _cells(row: Row) -> tuple[str, ...]:
    return tuple(_cell([row[who, place] for place in Place]) for who in WHO)


def _cell(words: list[str]) -> str:
    return words[0] if len(set(words)) == 1 else " ".join(words)


def _requests(asked: list[Asked]) -> Iterator[str]:
    """Yield the requests of a row, such as `POST（提交、通过）` and `PUT`."""
    for method, same in groupby(asked, lambda each: each.method):
        variants = [each.variant for each in same if each.variant]
        yield f"{method}（{'、'.join(variants)}）" if variants else method


def document(walked: dict[str, Matrix]) -> str:
    """Return the whole document; record kinds with the same rows share a table."""
    tables: dict[tuple[str, ...], list[str]] = {}
    for name, matrix in walked.items():
        tables.setdefault(tuple(lines_of(matrix, name)), []).append(name)
    usual = max((names for names in tables.values() if names[0] in KINDS), key=len)
    parts = [_section(names, rows, names is usual) for rows, names in tables.items()]
    return "\n".join((_INTRODUCTION, *parts))


#: Begins the line above the table of all record kinds that have none of their own.
_OF_ALL = "除另列者外，各种业务记录都一样"
#: Begins the line that names the record kinds of another table.
_OF_SOME = "以下各种记录"


def _section(names: list[str], rows: Iterable[str], is_usual: bool) -> str:
    if is_usual:
        title = f"## 业务记录\n\n{_OF_ALL}，`{{kind}}` 为该种记录的地址，见接口说明。"
    elif names[0] in KINDS:
        kinds = "、".join(f"`{name}`（{_NAMES[name]}）" for name in names)
        title = f"## 业务记录\n\n{_OF_SOME}都一样，`{{kind}}` 为：{kinds}。"
    else:
        title = f"## {'、'.join(_NAMES[name] for name in names)}"
    return "\n".join((title, "", _HEAD, _RULE, *rows, ""))


# --- reading ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """One cell of the document."""

    path: str
    method: str
    variant: str
    who: Role | None
    place: Place
    word: str

    def __str__(self) -> str:
        who = self.who.label if self.who else UNKNOWN
        variant = f"（{self.variant}）" if self.variant else ""
        return f"{self.method}{variant} {self.path} {who} {self.place}：{self.word}"


@dataclass
class Written:
    """The content of the document: rows by group."""

    rows: dict[str, list[str]] = field(default_factory=dict)
    #: Rows whose addresses do not exist.
    strays: list[str] = field(default_factory=list)

    def cells(self) -> Iterator[Cell]:
        """Yield every cell; a row for all record kinds yields its cells once."""
        for row in dict.fromkeys(row for rows in self.rows.values() for row in rows):
            path, requests, *cells = (each.strip() for each in row.strip("| ").split("|"))
            for method, variant in _asked(requests):
                for who, cell in zip(WHO, cells, strict=True):
                    words = cell.split() if " " in cell else [cell] * len(Place)
                    for place, word in zip(Place, words, strict=True):
                        yield Cell(path.strip("`"), method, variant, who, place, word)


def _asked(requests: str) -> Iterator[tuple[str, str]]:
    for method, variants in re.findall(r"([A-Z]+)(?:（([^）]*)）)?", requests):
        for variant in variants.split("、") if variants else [""]:
            yield method, variant


def written() -> Written:
    """Return the rows of the document as it is stored."""
    found, names = Written(), dict[str, list[str]]()
    for route in api_routes():
        name = group_of(route)
        names.setdefault(_generic(path_of(route), name), []).append(name)
    kinds: set[str] = set()
    lines = FILE.read_text(encoding="utf-8").splitlines() if FILE.exists() else []
    named = {line: set(re.findall(r"`([a-z-]+)`（", line)) for line in lines}
    others = set().union(*(named[line] for line in lines if line.startswith(_OF_SOME)))
    for line in lines:
        if line.startswith(_OF_ALL):
            kinds = set(KINDS) - others
        if line.startswith(_OF_SOME):
            kinds = named[line]
        if not line.startswith("| `/"):
            continue
        path = line.split("`")[1]
        is_of_kinds = path.startswith(ROOT + KIND)
        groups = [name for name in names.get(path, ()) if not is_of_kinds or name in kinds]
        for name in groups:
            found.rows.setdefault(name, []).append(line)
        if not groups:
            found.strays.append(line)
    return found
