"""Plans and the library of policy documents: what a plan names, and which plans name a document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import prefetch_related_objects

from indicators.models import Duty, Indicator, Plan, Target, Task
from policies.models import PolicyDocument
from policies.naming import Library, Mention, Name, Said, name_of
from policies.numbers import normal_number, plain_text
from reviews.addresses import record_address

if TYPE_CHECKING:
    from accounts.models import User

_PARTS = ("indicators__targets", "tasks", "duties")
_CARRIES_OUT = "落实本文件的工作方案"
_RESTS_ON_IT = "以本文件为依据的工作方案"
_NAMES_IT = "写明本文件的指标、任务和履责事项"


@dataclass(frozen=True)
class PlanDocuments:
    """The documents that a plan's page links to."""

    #: The plan's own document, or several versions of it.
    own: tuple[Name, ...]
    bases: list[Said]
    #: What else the plan's indicators, tasks and duties name, each once.
    named: tuple[Name, ...]


def documents_of(plan: Plan, user: User) -> PlanDocuments:
    """Return the documents of the library that a plan is, rests on, and names; empty for an
    administrator, who reads no library."""
    library = Library(user)
    own = tuple(name for name in library.names if is_document_of(plan, name))
    bases = library.read(plan.based_on)
    shown = {*own, *(name for said in bases for name in said.documents)}
    texts = ""
    if library.names:
        prefetch_related_objects([plan], *_PARTS)
        texts = "\n".join(text for _, text in _texts_of(plan))
    named = tuple(name for name in library.named_in(texts) if name not in shown)
    return PlanDocuments(own, bases, named)


def is_document_of(plan: Plan, name: Name) -> bool:
    """Whether a document of the library is the plan's own: by its 文号, else by its title.

    A notice is named after what it issues: 关于印发《…》的通知.
    """
    number = normal_number(plan.document_number)
    if number and name.number:
        return number == name.number
    title, whole = plain_text(plan.title), plain_text(name.title)
    return whole == title or f"印发({title})" in whole


def mentions(document: PolicyDocument, user: User) -> list[Mention]:
    """Return the plans that carry a document out, rest on it, or name it; plans are read by everybody."""
    name, found = name_of(document), list[Mention]()
    for plan in Plan.objects.prefetch_related(*_PARTS):
        if is_document_of(plan, name):
            found.append(Mention(_CARRIES_OUT, plan.title, record_address(plan)))
        if any(name.is_in(text) for text in plan.based_on):
            found.append(Mention(_RESTS_ON_IT, plan.title, record_address(plan)))
        places = dict.fromkeys(place for place, text in _texts_of(plan) if name.is_in(text))
        found += [
            Mention(_NAMES_IT, f"{plan.title}：{place}", record_address(plan)) for place in places
        ]
    return found


def _texts_of(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield the parts of a plan that may name a document: (what it is, its words)."""
    for indicator in plan.indicators.all():
        yield f"指标“{indicator.name}”", _joined(indicator, "clause", "reading")
        for target in indicator.targets.all():
            yield f"指标“{indicator.name}”", _joined(target, "document", "clause", "comment")
    for task in plan.tasks.all():
        yield f"任务“{task.name}”", _joined(task, "clause", "content", "evidence")
    for duty in plan.duties.all():
        yield f"履责事项“{duty.name}”", _joined(duty, "clause", "note")


def _joined(row: Indicator | Target | Task | Duty, *fields: str) -> str:
    return "\n".join(str(getattr(row, field)) for field in fields)
