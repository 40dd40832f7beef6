"""Types of the values of shared fixtures and of the test client's responses."""

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
    """The type of `make` and `approved`: `make(Fund, name="…")` returns a saved record."""

    def __call__(self, model: type[Record], /, **values: Any) -> Record:
        """Create and return the record; fields that are not given have sensible values."""
        ...


def streamed(response: Response) -> bytes:
    """Return the body of a response that streams a file."""
    assert isinstance(response, StreamingHttpResponse)
    return b"".join(response)
