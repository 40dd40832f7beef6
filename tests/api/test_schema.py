"""The OpenAPI document is complete, in Chinese and true."""

from __future__ import annotations

import pytest
import yaml

from accounts.models import User
from api.records import RecordViewSet
from api.schema import Endpoint, order_endpoints
from config.urls import router
from tests.api.clients import ApiOf
from tests.types import Json

pytestmark = pytest.mark.once  # API documents and bodies; storing is tested on both databases


@pytest.fixture
def schema(api: ApiOf, quji: User) -> Json:
    """The document as it is served."""
    answer = api(quji).client.get("/api/v1/schema/?format=json")
    assert answer.status_code == 200
    found: Json = answer.json()
    return found


def _operations(schema: Json) -> list[tuple[str, str, Json]]:
    return [
        (path, method, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]


def test_it_is_openapi_3_1(schema: dict[str, object]) -> None:
    assert schema["openapi"] == "3.1.0"


def test_the_operations_of_an_address_have_one_order(schema: Json) -> None:
    """The generator takes methods from a set, whose order differs from one process to the next."""
    order = ["get", "post", "put", "patch", "delete"]
    for path, operations in schema["paths"].items():
        methods = [each for each in operations if each in order]
        assert methods == sorted(methods, key=order.index), path


def test_addresses_keep_the_order_of_the_routes() -> None:
    def endpoint(path: str, method: str) -> Endpoint:
        return path, path, method, object

    mixed = [endpoint("/b/", "PATCH"), endpoint("/b/", "GET"), endpoint("/a/", "POST")]
    assert [each[:3:2] for each in order_endpoints(mixed)] == [
        ("/b/", "GET"),
        ("/b/", "PATCH"),
        ("/a/", "POST"),
    ]


def test_every_operation_says_in_chinese_what_it_does(schema: Json) -> None:
    for path, method, operation in _operations(schema):
        words = [operation.get("summary", ""), *operation["tags"]]
        assert all(any(sign >= "\u4e00" for sign in word) for word in words), (path, method)
        assert operation["security"], path


def test_every_parameter_says_in_chinese_what_it_is(schema: Json) -> None:
    lacking = {
        (path, one["name"])
        for path, _, operation in _operations(schema)
        for one in operation.get("parameters", [])
        if one["in"] == "query"
        and one["name"] != "format"
        and not any(sign >= "\u4e00" for sign in one.get("description", ""))
    }
    assert lacking == set()


def test_every_operation_says_how_it_refuses(schema: Json) -> None:
    for path, method, operation in _operations(schema):
        codes = set(operation["responses"])
        assert codes >= {"400", "401", "403", "404", "405", "406", "429"}, (path, method)
        refusals = {
            answer["content"]["application/json"]["schema"]["$ref"]
            for code, answer in operation["responses"].items()
            if code >= "400"
        }
        assert refusals == {"#/components/schemas/Fault"}


def test_no_request_takes_an_unknown_name(schema: Json) -> None:
    shapes = {
        name: each
        for name, each in schema["components"]["schemas"].items()
        if name.endswith("Request")
    }
    assert len(shapes) > 30
    assert all(each["additionalProperties"] is False for each in shapes.values())


def test_every_record_kind_has_an_example(schema: Json) -> None:
    for prefix, viewset, _ in router.registry:
        if issubclass(viewset, RecordViewSet):
            body = schema["paths"][f"/api/v1/{prefix}/"]["post"]["requestBody"]
            (example,) = body["content"]["application/json"]["examples"].values()
            assert example["value"] == viewset.queryset.model.declaration.example


def test_lists_may_be_had_in_three_forms(schema: Json) -> None:
    for prefix, *_ in router.registry:
        found = schema["paths"][f"/api/v1/{prefix}/"]["get"]["responses"]["200"]["content"]
        assert set(found) == {
            "application/json",
            "text/csv",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }


def test_only_who_is_known_reads_it(api: ApiOf, guanli: User) -> None:
    assert api(None).client.get("/api/v1/schema/").status_code in (401, 403)
    assert api(None).client.get("/api/v1/docs/").status_code == 302
    assert api(guanli).client.get("/api/v1/docs/").status_code == 200


def test_a_group_of_the_document_has_its_operations_alone(
    api: ApiOf, quji: User, schema: Json
) -> None:
    served = api(quji).client.get("/api/v1/schema/", {"format": "json", "tag": "行政区划"}).json()
    assert served["paths"] == {
        path: each for path, each in schema["paths"].items() if path.startswith("/api/v1/areas/")
    }
    assert served["components"] == schema["components"]


def test_each_form_of_the_document_is_sent_as_it_was_written_first(
    api: ApiOf, quji: User, schema: Json
) -> None:
    client = api(quji).client
    for form, kind in (
        ("json", "application/vnd.oai.openapi+json"),
        ("yaml", "application/vnd.oai.openapi"),
    ):
        first, again = (client.get("/api/v1/schema/", {"format": form}) for _ in range(2))
        assert first.content == again.content
        assert again["Content-Type"].split(";")[0] == first["Content-Type"].split(";")[0] == kind
        assert yaml.load(again.content, yaml.CSafeLoader)["paths"] == schema["paths"]
    refused = api(None).client.get("/api/v1/schema/", {"format": "yaml"})
    assert refused.status_code in (401, 403)


def test_redocs_script_names_nothing_outside(api: ApiOf, quji: User) -> None:
    script = api(quji).client.get("/api/v1/redoc.js").content
    assert len(script) > 500_000
    assert b"cdn.redoc.ly" not in script
    page = api(quji).client.get("/api/v1/redoc/").content
    assert b"https://" not in page


def test_below_api_everything_is_told_in_json(api: ApiOf, quji: User) -> None:
    for path in ("/api/", "/api/v1/", "/api/v2/funds/", "/api/v1/nothing/", "/api/v1/funds/x/"):
        for calls in (api(quji), api(None)):
            answer = calls.client.get(path)
            assert answer.status_code == 404
            assert set(answer.json()) == {"code", "message", "problems"}
    answer = api(quji).client.post("/api/v1/nothing/", {})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "path", ["funds/?q=%00", "funds/%00/", "areas/?cursor=WyJcdTAwMDAiLCJcdTAwMDAiXQ"]
)
def test_a_nul_is_refused_in_json(api: ApiOf, quji: User, path: str) -> None:
    answer = api(quji).get(path)
    assert answer.status_code in (400, 404)


def test_a_nul_or_half_a_sign_in_a_body_is_refused(api: ApiOf, quji: User) -> None:
    client = api(quji).client
    for text, fields in ((r"\u0000", ["name"]), (r"\ud800", [])):
        body = f'{{"area": "500103", "name": "{text}", "held_on": "2026-03-01", "person_times": 1}}'
        answer = client.post("/api/v1/trainings/", body, content_type="application/json")
        assert answer.status_code == 400
        assert [each["field"] for each in answer.json()["problems"]] == fields
