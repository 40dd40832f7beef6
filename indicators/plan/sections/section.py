"""A section of the plan file: all tables of one name, each a row of one model that belongs to the plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Model, ProtectedError

from indicators.models import Plan
from indicators.plan.tables import (
    Entry,
    Key,
    PlanError,
    Table,
    Values,
    check_code,
    stored_row,
    written_row,
)


class PlanSection:
    """One name of tables, such as `[[task]]`: a subclass says its model, its keys and its rules.

    The model has the fields `plan`, `code`, `position` and `name`, and nothing else identifies a row.
    """

    #: The name of the tables in the file.
    name: ClassVar[str]
    #: What one row is called on pages, with its measure word for a number of them.
    noun: ClassVar[str]
    measure_word: ClassVar[str]
    model: ClassVar[type[Model]]
    keys: ClassVar[tuple[Key, ...]]

    def read(self, file_name: str, tables: Sequence[Any]) -> list[Table]:
        """Read the section's tables; PlanError where one is not written as it should be."""
        if not all(isinstance(each, dict) for each in tables):
            raise PlanError(f"{file_name}：“{self.name}”应写成 [[{self.name}]]")
        found = [self._read(file_name, *each) for each in enumerate(tables, start=1)]
        codes = [table.values["code"] for table in found]
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise PlanError(f"{file_name}：{self.noun}编号“{twice[0]}”重复")
        return found

    def _read(self, file_name: str, position: int, table: Values) -> Table:
        where = f"{file_name} 第{position}{self.measure_word}{self.noun}“{table.get('name', '')}”"
        values = Entry(where, table).read(self.keys) | {"position": position}
        check_code(where, values["code"])
        return Table(where, values)

    def check(
        self, tables: Sequence[Table], plan: Values, others: Mapping[str, list[Table]]
    ) -> None:
        """Raise PlanError where a table does not suit the plan's own values or another section."""

    def resolved(self, plan: Plan, values: Values) -> Values:
        """The values as the model takes them: codes of other rows of the plan become those rows."""
        return values

    def words(self, key: Key, table: Values) -> str:
        """The value of a key of a table in Chinese, for the changes of a plan; "" where it needs no
        words of its own."""
        return ""

    def store(self, plan: Plan, tables: Iterable[Table]) -> None:
        """Create or update the plan's rows; PlanError where the model refuses one."""
        for table in tables:
            values, code = self.resolved(plan, table.values), table.values["code"]
            stored_row(self.model, table.where, values, self.keys, plan=plan, code=code)

    def drop(self, plan: Plan, tables: Iterable[Table], file_name: str) -> None:
        """Delete the plan's rows that the file no longer has; PlanError where records hold to one."""
        codes = [table.values["code"] for table in tables]
        for row in self.rows(plan).exclude(code__in=codes):
            try:
                row.delete()
            except ProtectedError as error:
                raise PlanError(
                    f"{file_name}：{self.noun}“{row}”已有{len(error.protected_objects)}条记录，"
                    "文件不能去掉它；可以改写或写明截止日期“until”"
                ) from None

    def rows(self, plan: Plan) -> Any:
        """The plan's rows in the order of the file."""
        return self.model._default_manager.filter(plan=plan).order_by("position")

    def written(self, plan: Plan) -> list[Values]:
        """The plan's rows as the tables of its file."""
        return [written_row(row, self.keys) for row in self.rows(plan)]
