"""A counting rule is one complete class; no module outside `indicators.rules` branches on it."""

from __future__ import annotations

import ast
import datetime
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from indicators import countings
from indicators.models import Indicator, Plan
from indicators.plan.files import INDICATOR_KEYS
from indicators.plan.forms import RuleForm
from indicators.rules import CHOICES, OPTIONS, RULE_FIELDS, RULES, rule_of
from indicators.rules.base import Rule
from indicators.store.catalogue import STORED_KEYS
from tests.indicators.grounds import RULES as SAMPLES

pytestmark = pytest.mark.once  # no database
ROOT = Path(settings.BASE_DIR)
PLAN = Plan(code="own", starts_on=datetime.date(2026, 1, 1))
_APPS = (
    "accounts", "api", "areas", "bench", "config", "dates", "demo", "desks", "funds", "indicators",
    "ledgers", "orgs", "projects", "reports", "reviews", "scenes",
)  # fmt: skip


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_answers_every_question(rule: type[Rule]) -> None:
    assert not inspect.isabstract(rule)
    assert rule.code and rule.label
    assert len(rule.code) <= (Indicator._meta.get_field("counting").max_length or 0)
    assert rule.takes_stocks or rule.takes_flows or rule.is_reported or not rule.counts_measure
    assert {option.field for option in rule.options} <= {f.name for f in Indicator._meta.fields}


def test_a_rule_that_leaves_a_question_open_cannot_be_made() -> None:
    open_questions = {"contributions", "fact_queries", "figure", "parts", "series_keys", "text"}
    assert Rule.__abstractmethods__ == open_questions
    half = type("Half", (Rule,), {"code": "half", "label": "一半"})
    with pytest.raises(TypeError, match="abstract"):
        half(Indicator())


def test_no_two_rules_share_a_name_or_an_option() -> None:
    for names in (
        [rule.code for rule in RULES],
        [rule.label for rule in RULES],
        [option.field for option in OPTIONS],
    ):
        assert len(set(names)) == len(names)


def test_one_list_names_the_rules_to_models_store_files_and_forms() -> None:
    codes = [rule.code for rule in RULES]
    assert [code for code, _ in CHOICES] == codes
    assert Indicator._meta.get_field("counting").flatchoices == CHOICES
    assert countings.choices() == CHOICES and list(STORED_KEYS) == codes
    assert countings.reported() == ["manual"]
    assert {option.field for option in OPTIONS} <= {key.attribute for key in INDICATOR_KEYS}
    form = RuleForm(Indicator(plan=Plan()))
    assert [name for name in form.fields if name in RULE_FIELDS] == list(RULE_FIELDS)


@pytest.mark.parametrize("values", SAMPLES, ids=lambda values: str(values["counting"]))
def test_what_a_rule_says_of_itself_hangs_together(values: dict[str, object]) -> None:
    rule = rule_of(Indicator(plan=PLAN, code="one", **values))
    assert rule.text
    assert set(rule.series_keys(2)) and rule.series_keys() == rule.series_keys(
        rule.indicator.at_least
    )
    assert rule.is_allocatable != bool(rule.indicator.is_percentage or rule.gives_ratio)
    assert not (rule.gives_ratio and rule.gives_money)
    assert (rule.ceiling is None) or rule.gives_ratio
    assert rule.has_threshold == bool(rule.areas_word)
    assert rule.names_short or not rule.has_threshold


# --- no other module distinguishes rules --------------------------------------------------------


def _modules() -> Iterator[Path]:
    for app in _APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            inside = path.relative_to(ROOT).parts
            if "migrations" not in inside and inside[:2] != ("indicators", "rules"):
                yield path


def _names_counting(node: ast.expr) -> bool:
    match node:
        case ast.Attribute(attr="counting") | ast.Name(id="counting"):
            return True
        case ast.Subscript(slice=ast.Constant(value="counting")):
            return True
    return False


def _branches(tree: ast.AST) -> Iterator[int]:
    """The lines where a counting is compared with something, or one rule's class is imported."""
    single = {rule.__module__ for rule in RULES}
    for node in ast.walk(tree):
        match node:
            case ast.Compare(left=left, comparators=others):
                if any(map(_names_counting, (left, *others))):
                    yield node.lineno
            case ast.Match(subject=subject) if _names_counting(subject):
                yield node.lineno
            case ast.keyword(arg="counting", value=ast.Constant()):
                yield node.value.lineno
            case ast.ImportFrom(module=module) if module in single:
                yield node.lineno


def test_the_search_for_branches_finds_them() -> None:
    for text in (
        "if indicator.counting == 'year': pass",
        "if counting in ('year', 'growth'): pass",
        "x = item['counting'] != 'growth'",
        "match one.counting:\n    case 'year': pass",
        "rows.filter(counting='manual')",
        "from indicators.rules.growth import Growth",
    ):
        assert list(_branches(ast.parse(text))), text


def test_no_module_outside_the_rules_branches_on_a_counting() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in _modules()
        for line in _branches(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []
