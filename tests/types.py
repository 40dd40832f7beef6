"""Types of what the shared fixtures and the test client give."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from django.http import StreamingHttpResponse
from django.test import Client

from accounts.models import User
from reviews.models import Submission

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response
else:
    from django.http import HttpResponse as Response

__all__ = ["Json", "Make", "Record", "Response", "Visit", "streamed"]

Record = TypeVar("Record", bound=Submission)

#: A JSON object as `response.json()` gives it.
Json = dict[str, Any]

#: `visit(user)`: a browser in which that user is logged in; `visit(None)` is anonymous.
Visit = Callable[[User | None], Client]


class Make(Protocol):
    """`make(Fund, name="…")`: a saved record of the kind; unnamed fields have sensible values."""

    def __call__(self, model: type[Record], /, **values: Any) -> Record:
        """Make it."""
        ...


def streamed(response: Response) -> bytes:
    """The body of a response that streams a file."""
    assert isinstance(response, StreamingHttpResponse)
    return b"".join(response)
