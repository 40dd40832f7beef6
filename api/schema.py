"""The OpenAPI document: what all operations have in common."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework import serializers
from typing_extensions import override

from api.serializers import ProblemSerializer
from api.writing.bulk import BulkAnswerSerializer
from reviews.downloads import type_of

_XLSX = type_of("x.xlsx")


class FaultProblemSerializer(ProblemSerializer):
    """A problem of a fault and where it occurred."""

    index = serializers.IntegerField(required=False, help_text="批量请求中第几条（从0起）")


class FaultSerializer(serializers.Serializer[object]):
    """The shape of all faults."""

    code = serializers.CharField(help_text="固定的代码")
    message = serializers.CharField(help_text="说明")
    problems = FaultProblemSerializer(many=True)


_FAULTS = {
    400: "请求不合接口定义：字段类型、未知字段或未知参数",
    401: "没有凭证，或凭证无效",
    403: "看得到，但角色不能这样做",
    404: "没有，或不在管辖范围",
    405: "该地址不支持这种请求",
    406: "不能按要求的格式提供",
    409: "现在的状态不能这样做",
    412: "读取之后已有变化",
    413: "请求过大",
    415: "内容类型不对",
    422: "不符合填报要求",
    428: "修改须带 If-Match",
    429: "请求过于频繁",
}
_OF_ALL = (400, 401, 403, 404, 405, 406, 429)
_OF_READS = (409, 422)
_OF_WRITES = (409, 412, 413, 415, 422, 428)

_SUMMARIES = {
    "list": "查询列表",
    "retrieve": "读取一条",
    "create": "新增",
    "partial_update": "修改",
    "submit": "提交审核",
    "approve": "通过",
    "send_back": "退回",
    "reopen": "撤回通过",
    "void": "作废",
    "bulk": "批量登记",
    "transitions": "批量办理",
    "receive": "接收报告",
    "judge_back": "退回报告",
    "file": "下载封存的文件",
    "commit": "写入",
    "check": "重新核对",
    "undo": "撤销整批导入",
    "ProgressView": "一个地区的指标进展",
    "FiguresView": "一个地区或其某一层级各下级的指标",
    "LineageView": "一个数据背后的记录",
    "InstancesView": "一个地区之下各履责主体的应办事项及其状态",
    "FundBooksView": "一个地区各支基金的结余和收支",
    "FundBookView": "一支基金的账簿",
}
_DESCRIPTIONS = {
    "list": "按条件筛选、排序、分页；format=csv 或 xlsx 时给出全部结果的文件。",
    "create": "登记为草稿，可以暂缺文字内容；提交前的检查结果列在 problems 中。上传台账的，随即核对。",
    "partial_update": "只改所写的字段；草稿和已退回的记录可以修改。须带 If-Match。",
    "submit": "有提示的须写明理由。",
    "approve": "提交人不能审核自己提交的记录。",
    "bulk": "至多10000条，全部存入或全部不存；问题按 index 列出。",
    "transitions": "提交、通过、退回、撤回通过、作废多条记录，全部办理或全部不办。",
    "retrieve": "",
    "commit": "已核对且没有问题的台账，全部写入或全部不写。",
    "file": "内容与封存时一致的才提供。",
    "FiguresView": "数值以文字表示，比例为小数，金额按指标单位；无数据为 null。",
    "InstancesView": "缺省列出前后一年内到期的，按期限排列；状态为截至 on 当日的。",
}

IF_MATCH = OpenApiParameter(
    "If-Match",
    {"type": "string", "pattern": '^("[0-9a-f]{32}"|\\*)$'},
    "header",
    description="读取记录时得到的 ETag；修改必带",
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[!-~]{1,100}$"},
    "header",
    description="同一键的同一请求只办一次，七天内再发得到第一次的回答",
)
_TAG = OpenApiParameter(
    "ETag", str, "header", response=[200, 201], description="修改时写入 If-Match"
)
_LOCATION = OpenApiParameter("Location", str, "header", response=[201], description="新记录的地址")


class PlatformSchema(AutoSchema):
    """Adds faults, headers, file formats and examples to every operation."""

    @override
    def get_override_parameters(self) -> list[OpenApiParameter]:
        """Add the headers of requests that write, and of responses with one record."""
        if not self._is_of_records():
            return []
        action = self.view.action
        found = []
        if action in ("create", "bulk"):
            found.append(IDEMPOTENCY_KEY)
        elif self.method in ("PATCH", "POST") and action != "transitions":
            found.append(IF_MATCH)
        if action not in ("list", "bulk", "transitions"):
            found.append(_TAG)
        return [*found, _LOCATION] if action == "create" else found

    @override
    def _get_parameters(self) -> list[dict[str, object]]:
        """Add the filters' labels, which drf-spectacular drops when the schema is given."""
        found: list[dict[str, object]] = super()._get_parameters()
        filterset = getattr(self.view, "filterset_class", None)
        filters = filterset.base_filters if filterset else {}
        for each in found:
            if each["in"] == "query" and each["name"] in filters and not each.get("description"):
                each["description"] = str(filters[each["name"]].label)
        return found

    @override
    def get_request_serializer(self) -> Any:
        """Return the kind's own serializer for bulk requests and input."""
        if self._is_bulk():
            return self.view.bulk_serializer
        if self._is_of_records() and self.view.action in ("create", "partial_update"):
            return self.view.serializer_class
        return super().get_request_serializer()

    @override
    def get_response_serializers(self) -> Any:
        """Add the file formats of lists and the status code of creation."""
        if self._is_bulk():
            return {201: BulkAnswerSerializer}
        found = super().get_response_serializers()
        if not isinstance(found, dict):
            code = 201 if getattr(self.view, "action", "") == "create" else 200
            found = {code: found}
        if getattr(self.view, "is_list", False):
            (plain,) = found.values()
            found = {
                (200, "application/json"): plain,
                (200, "text/csv"): OpenApiTypes.STR,
                (200, _XLSX): OpenApiTypes.BINARY,
            }
        return found

    @override
    def _get_response_bodies(self, direction: Any = "response") -> dict[str, object]:
        """Add all faults."""
        bodies: dict[str, object] = super()._get_response_bodies(direction)
        for code in (*_OF_ALL, *(_OF_WRITES if self.method != "GET" else _OF_READS)):
            bodies[str(code)] = self._get_response_for_code(
                FaultSerializer, str(code), ["application/json"]
            )
        return bodies

    def _is_of_records(self) -> bool:
        return hasattr(self.view, "bulk_serializer")

    def _is_bulk(self) -> bool:
        return self._is_of_records() and self.view.action == "bulk"

    @override
    def _get_response_for_code(
        self, serializer: Any, status_code: str, *args: Any, **kwargs: Any
    ) -> Any:
        """Add the description of the status code."""
        found: dict[str, object] = super()._get_response_for_code(
            serializer, status_code, *args, **kwargs
        )
        words = _FAULTS.get(int(status_code))
        return {**found, "description": words} if words else found

    @override
    def get_examples(self) -> list[OpenApiExample]:
        """Return the example that the kind declares."""
        if not self._is_of_records():
            return []
        example = self.view.queryset.model.declaration.example
        if self.view.action == "create":
            return [OpenApiExample("登记一条", example, request_only=True)]
        if self._is_bulk():
            many = {"records": [example], "submit": False}
            return [OpenApiExample("登记多条", many, request_only=True)]
        return []

    @override
    def get_summary(self) -> str:
        return _SUMMARIES.get(self._action(), "")

    @override
    def get_description(self) -> str:
        return _DESCRIPTIONS.get(self._action(), "")

    def _action(self) -> str:
        action = getattr(self.view, "action", "") or type(self.view).__name__
        return "judge_back" if action == "send_back" and not self._is_of_records() else action

    @override
    def get_tags(self) -> list[str]:
        """Group the operations by the Chinese name of what they are about."""
        queryset = getattr(self.view, "queryset", None)
        return ["指标数据" if queryset is None else str(queryset.model._meta.verbose_name)]


class TokenScheme(OpenApiAuthenticationExtension):
    """Describes the authentication by token."""

    target_class = "accounts.api.authentication.TokenAuthentication"
    name = "接口凭证"

    @override
    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "由系统管理员签发"}


class AmountField(OpenApiSerializerFieldExtension):
    """Describes decimals, which are texts in JSON."""

    target_class = "api.fields.Amount"

    @override
    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, object]:
        return {"type": "string", "pattern": self.target.pattern}


#: The order of the operations of one address.
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

#: Address, its pattern, method and view, as the generator collects them.
Endpoint = tuple[str, str, str, object]


def order_endpoints(endpoints: list[Endpoint], **_: object) -> list[Endpoint]:
    """Return the endpoints without the document's own, the methods of each address in one order.

    The generator takes the methods from a set, so the text of the document would differ from one
    process to the next. Addresses keep the order of the routes.
    """
    shown = [each for each in endpoints if each[0] != "/api/v1/schema/"]
    places = {path: at for at, path in enumerate(dict.fromkeys(each[0] for each in shown))}
    return sorted(shown, key=lambda each: (places[each[0]], _METHODS.index(each[2])))


def postprocess(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Forbid unknown fields in request bodies and drop descriptions meant for developers."""
    for name, component in result.get("components", {}).get("schemas", {}).items():
        if not any(sign >= "\u4e00" for sign in component.get("description", "")):
            component.pop("description", None)  # a docstring
        if name.endswith("Request") and component.get("type") == "object":
            component["additionalProperties"] = False
    return result
