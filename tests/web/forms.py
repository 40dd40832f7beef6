"""Helpers that fill in forms as a browser does, from the fields on the page."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from tests.types import Response


def filled_in(response: Response, **changes: object) -> dict[str, Any]:
    """Return the values of an admin form as shown, inline rows included, with some changed."""
    form = response.context["adminform"].form
    forms = [form]
    for group in response.context["inline_admin_formsets"]:
        forms += [group.formset.management_form, *group.formset.forms]
    values = {each.add_prefix(name): each[name].value() for each in forms for name in each.fields}
    values |= changes
    return {
        name: value for name, value in values.items() if value is not None and value is not False
    }


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form" and "panel" in (given.get("class") or ""):
            self._depth = 1
        elif self._depth and tag == "input" and given.get("name"):
            self.values.setdefault(str(given["name"]), []).append(given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._depth = 0


def hidden_fields(response: Response) -> dict[str, list[str]]:
    """Return the hidden fields that the confirmation page would send back."""
    parser = _Fields()
    parser.feed(response.content.decode())
    parser.values.pop("csrfmiddlewaretoken", None)
    return parser.values


def sealing_fields(response: Response, **filled: str) -> dict[str, str]:
    """Return what the page before sealing sends: the edition and content that it showed, and more."""
    return {"after": str(response.context["after"]), "shown": response.context["seen"]} | filled


def messages_of(response: Response) -> list[str]:
    """Return the messages shown on a page."""
    return [str(message) for message in response.context["messages"]]


def options_of(response: Response) -> list[str]:
    """Return the bulk actions that a list offers."""
    form = response.context.get("action_form")
    return [name for name, _ in form.fields["action"].choices if name] if form else []


def buttons_of(response: Response) -> list[str]:
    """Return the transitions that a record's page offers."""
    return [str(button["title"]) for button in response.context["actions_detail"]]
