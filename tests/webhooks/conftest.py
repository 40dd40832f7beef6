"""A real receiver on a real port, and webhooks that call it."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.webhooks.events import event_choices
from accounts.webhooks.models import Webhook, WebhookDelivery
from reviews.models import RECORD_APPROVED
from tests.conftest import DISTRICT
from tests.running.conftest import worker_environment  # noqa: F401 (a fixture)

_numbers = itertools.count(1)
#: How many seconds a receiver waits for the test before it answers.
_PATIENCE = 60


@dataclass
class Call:
    """A call as the receiver got it."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def payload(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """Another system: keeps every call and answers with `statuses` in turn (the last one repeats)."""

    statuses: list[int] = field(default_factory=lambda: [200])
    answer_headers: dict[str, str] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    #: While it is cleared, no answer is sent.
    may_answer: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.origin}/hooks/cishan"

    def next_status(self) -> int:
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]


@pytest.fixture
def start_receiver(settings: Settings) -> Iterator[Callable[..., Receiver]]:
    """`start_receiver(statuses=[…])`: a receiver that listens on one of the allowed hosts."""
    servers = []

    def start(**values: Any) -> Receiver:
        receiver = Receiver(**values)
        receiver.may_answer.set()
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(receiver))
        server.daemon_threads = True
        receiver.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append((server, receiver))
        settings.WEBHOOK_TARGETS = [*settings.WEBHOOK_TARGETS, receiver.origin]
        return receiver

    yield start
    for server, receiver in servers:
        receiver.may_answer.set()
        server.shutdown()
        server.server_close()


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.calls.append(Call(self.path, dict(self.headers), body))
            receiver.may_answer.wait(_PATIENCE)
            self.send_response(receiver.next_status())
            for name, value in receiver.answer_headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"x" * 100_000)  # more than anybody reads

        def log_message(self, *args: object) -> None:
            pass

    return Handler


@pytest.fixture
def receiver(start_receiver: Callable[..., Receiver]) -> Receiver:
    return start_receiver()


MakeWebhook = Callable[..., Webhook]


@pytest.fixture
def make_webhook(guanli: User) -> MakeWebhook:
    """`make_webhook(area_id=…, events=[…], url=…)`: active, by default for all of 渝中区."""

    def factory(**values: Any) -> Webhook:
        number = next(_numbers)
        filled = {
            "name": f"数据共享平台{number}",
            "url": "https://hook.example.gov.cn/in",
            "area_id": DISTRICT,
            "events": [code for code, _ in event_choices()],
            "created_by": guanli,
        }
        return Webhook.objects.create(**(filled | values))

    return factory


@pytest.fixture
def delivery(make_webhook: MakeWebhook, receiver: Receiver) -> WebhookDelivery:
    """A delivery that waits to be sent to the receiver."""
    return waiting_for(make_webhook(url=receiver.url))


def waiting_for(webhook: Webhook, **values: Any) -> WebhookDelivery:
    payload = {"id": "x", "event": "record.approved", "records": [], "kind": "funds.fund"}
    filled: dict[str, Any] = {
        "webhook": webhook,
        "event": RECORD_APPROVED,
        "area_code": webhook.area_id,
        "payload": payload,
    }
    return WebhookDelivery.objects.create(**(filled | values))


def is_signed(call: Call, secret: str) -> bool:
    """Whether a call is signed as docs/webhooks.md describes, checked without platform code."""
    signed = call.headers["X-Cishan-Timestamp"].encode() + b"." + call.body
    expected = hmac.new(secret.encode("ascii"), signed, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"sha256={expected}", call.headers["X-Cishan-Signature"])
