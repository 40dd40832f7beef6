"""A client that calls the API with JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.test import Client

from accounts.models import User
from tests.types import Response

BASE = "/api/v1"


class Api:
    """The calls of one user; every refusal is checked to have the one JSON shape."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get(
        self, path: str, query: Mapping[str, str | int] | None = None, **headers: str
    ) -> Response:
        """Send a GET request."""
        return self._checked(self.client.get(f"{BASE}/{path}", query, headers=headers))

    def post(self, path: str, data: object = None, **headers: str) -> Response:
        """Send a POST request with a JSON body."""
        return self._send("post", path, {} if data is None else data, headers)

    def patch(self, path: str, data: object, **headers: str) -> Response:
        """Send a PATCH request with the ETag of the present state unless the test gives another."""
        if "If-Match" not in headers:
            tag = self.client.get(f"{BASE}/{path}").headers.get("ETag")
            headers |= {"If-Match": tag} if tag else {}
        return self._send("patch", path, data, {k: v for k, v in headers.items() if v})

    def _send(self, method: str, path: str, data: object, headers: dict[str, str]) -> Response:
        send = getattr(self.client, method)
        answer = send(f"{BASE}/{path}", data, content_type="application/json", headers=headers)
        return self._checked(answer)

    def _checked(self, answer: Response) -> Response:
        if answer.status_code >= 400:
            body = answer.json()
            assert set(body) == {"code", "message", "problems"}, body
            assert any("\u4e00" <= sign <= "\u9fff" for sign in body["message"]), body
        return answer


#: `api(user)`: calls in that user's session; `api(None)` without any.
ApiOf = Callable[[User | None], Api]


def codes(answer: Response) -> list[tuple[str, str]]:
    """Return (field, code) of every problem in an answer."""
    return [(each["field"], each["code"]) for each in answer.json()["problems"]]
