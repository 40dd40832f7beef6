"""Warnings that wait for a word: shown beside their fields, and submitted with a reason only."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.checks import Problem, blocking
from reviews.models import REASON_LENGTH

if TYPE_CHECKING:
    from django.http import QueryDict

#: In the form: the reason, and the keys of the warnings on the page it was typed on.
REASON, SHOWN = "_reason", "_shown"


@dataclass(frozen=True)
class WarningPrompt:
    """What the form asks besides its fields: a word about these warnings.

    `shown`: keys of the warnings that stood or stand on the page; `fault`: why the words so far do
    not do.
    """

    warnings: Sequence[Problem]
    shown: Sequence[str]
    reason: str = ""
    fault: str = ""


class Unexplained(Exception):
    """A record that was saved to be submitted, and has warnings nobody explained: roll back, ask."""

    def __init__(self, question: WarningPrompt) -> None:
        self.question = question
        super().__init__("；".join(warning.message for warning in question.warnings))


def key_of(problem: Problem) -> str:
    """Tells one warning from another; the same field with another value warns anew."""
    said = "|".join((problem.code, problem.field, problem.message))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def reason_in(data: QueryDict) -> str:
    """The words of a form, as they are counted: a line's end is one sign."""
    return data.get(REASON, "").replace("\r\n", "\n").strip()


def question_about(problems: Sequence[Problem], data: QueryDict) -> WarningPrompt | None:
    """What is still to be asked before a submission.

    None when there is no warning, or when each stood on the page that the reason came from; None
    too when something blocks: that speaks for itself.
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


def question_kept(data: QueryDict) -> WarningPrompt | None:
    """The words typed so far, where the form comes back for another cause."""
    shown = data.getlist(SHOWN)
    return WarningPrompt((), shown, data.get(REASON, "")) if shown else None
