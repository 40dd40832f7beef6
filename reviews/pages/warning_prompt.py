"""The prompt for a reason: warnings appear at their fields, and submitting them takes a reason."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.checks import Problem, blocking
from reviews.models import REASON_LENGTH

if TYPE_CHECKING:
    from django.http import QueryDict

#: Form fields: the reason, and the keys of the warnings shown when it was typed.
REASON, SHOWN = "_reason", "_shown"


@dataclass(frozen=True)
class WarningPrompt:
    """The prompt for a reason for these warnings.

    `shown` holds the keys of the warnings on the page; `fault` says why the reason given so far is
    not accepted.
    """

    warnings: Sequence[Problem]
    shown: Sequence[str]
    reason: str = ""
    fault: str = ""


class Unexplained(Exception):
    """A submission has warnings without a reason: roll back and show the prompt."""

    def __init__(self, prompt: WarningPrompt) -> None:
        self.prompt = prompt
        super().__init__("；".join(warning.message for warning in prompt.warnings))


def key_of(problem: Problem) -> str:
    """Return the key of a warning; another value in the same field gives another key."""
    text = "|".join((problem.code, problem.field, problem.message, problem.value))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def reason_in(data: QueryDict) -> str:
    """Return the reason in a form, with each line break as one character, as its length is counted."""
    return data.get(REASON, "").replace("\r\n", "\n").strip()


def prompt_for(problems: Sequence[Problem], data: QueryDict) -> WarningPrompt | None:
    """Return the prompt that a submission still needs.

    None when there is no warning, or when a reason was given on a page that showed all of them;
    also None when a problem blocks, because its message is shown instead.
    """
    warnings = [problem for problem in problems if problem.is_warning]
    reason, keys = reason_in(data), [key_of(warning) for warning in warnings]
    is_known = set(keys) <= set(data.getlist(SHOWN))
    if blocking(problems):
        return None
    if len(reason) > REASON_LENGTH:
        fault = f"说明过长（{len(reason)}字），不应超过{REASON_LENGTH}字"
    elif not warnings or (reason and is_known):
        return None
    elif reason:
        fault = "提示有变化，请核对说明后再次提交"
    else:
        fault = "请填写说明" if is_known else ""
    return WarningPrompt(warnings, keys, reason, fault)


def kept_prompt(data: QueryDict) -> WarningPrompt | None:
    """Return the reason typed so far when the form is shown again for another cause."""
    shown = data.getlist(SHOWN)
    return WarningPrompt((), shown, data.get(REASON, "")) if shown else None
