"""The named cast and the factories every test uses.

The cast of 渝中区 (500103): `quji` clerk and `shiju` reviewer of the whole district, `jiedao` clerk of
七星岗街道 (500103001), `jiedao2` clerk of 解放碑街道 (500103003), `shengting` observer of 重庆市,
`guanli` 系统管理员, `anquan` 安全管理员, `shenji` 审计员. `jiangbei` is the reviewer of the neighbouring 江北区 (500105).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from copy import copy
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.storage import FileSystemStorage
from django.db.models import Model
from django.template import Template
from django.test import client, override_settings
from django.test.utils import ContextList
from hypothesis import HealthCheck, settings
from whitenoise.middleware import WhiteNoiseMiddleware

from accounts.models import Role, User
from areas.models import Area
from areas.services import import_areas, national_rows
from audit.chain.lifting import lifted
from indicators.models import Indicator, Plan, Target
from indicators.plan.loading import SHIPPED, load_plans
from indicators.plan.sections import SECTIONS
from indicators.store.series import ensure_layout, recompute_all
from reviews.models import Attachment
from reviews.services import approve, submit
from scenes.models import ActivityReach
from tests.databases import django_db_setup as django_db_setup  # (a fixture)
from tests.records.examples import DAY as DAY
from tests.records.examples import example_values
from tests.rows import KeptRows, keep
from tests.types import Make, Record
from tests.worlds import pytest_runtest_setup as pytest_runtest_setup  # (a hook)
from tests.worlds import settings_in

SHARED = Path(django_settings.BASE_DIR).parent / "shared"
DISTRICT, QIXINGGANG, JIEFANGBEI = "500103", "500103001", "500103003"
DAXIGOU = "500103011"
HUAYIPO, MINSHENGLU = "500103001003", "500103003013"
NEIGHBOUR, NEIGHBOUR_STREET = "500105", "500105001"
PASSWORD = "ceshi-mima-2026"

#: Hypothesis measures how long its inputs take: on a busy machine that says nothing of the platform.
settings.register_profile(
    "unhurried", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unhurried")


@pytest.fixture(scope="session", autouse=True)
def _static_files_listed_once() -> Iterator[None]:
    """Let WhiteNoise list the static files once per process: each test client starts it anew."""
    listed: dict[str, object] = {}
    list_files = WhiteNoiseMiddleware.add_files_from_finders

    def add_files(middleware: WhiteNoiseMiddleware) -> None:
        if not listed:
            list_files(middleware)
            listed.update(middleware.files)
        middleware.files.update(listed)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", add_files)
        yield


@pytest.fixture(scope="session", autouse=True)
def _contexts_of_pages_only() -> Iterator[None]:
    """Keep the context of a page for `response.context`, but not those of its hundred parts.

    Django's test client copies the context of every template that a template includes.
    """

    def store_page(
        kept: dict[str, list[Any]], template: Template, context: dict[str, Any], **signal: object
    ) -> None:
        kept.setdefault("templates", []).append(template)
        if "context" not in kept:
            kept["context"] = ContextList([copy(context)])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "store_rendered_templates", store_page)
        yield


@pytest.fixture(autouse=True)
def _data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep files of a test in its temporary folder; set no rate limit and a fast password hash."""
    evidence = Attachment._meta.get_field("file")  # its storage was made from the original settings
    monkeypatch.setattr(evidence, "storage", FileSystemStorage(tmp_path))
    with override_settings(**settings_in(tmp_path)):
        yield


#: The rows of a fixture, kept by its name in this process: see `tests.rows`.
_kept: dict[str, list[KeptRows]] = {}


def _stored_once(name: str, store: Callable[[], object], *kinds: type[Model]) -> None:
    """Store rows with their models and checks the first time; put the same rows back after that."""
    if name not in _kept:
        store()
        _kept[name] = keep(kinds)
    else:
        for rows in _kept[name]:
            rows.store()


def _import_district() -> None:
    import_areas(DISTRICT, national_rows(DISTRICT))
    for code, name, kind in (
        (NEIGHBOUR, "江北区", "county"),
        (NEIGHBOUR_STREET, "华新街街道", "street"),
        (f"{NEIGHBOUR_STREET}001", "嘉陵一村社区居民委员会", "community"),
    ):
        area = Area(code=code, name=name, kind=kind)
        area.derive()
        area.save()


@pytest.fixture
def district(db: None) -> Area:
    """渝中区 with 11 streets and 79 counted communities, and a small neighbour 江北区."""
    _stored_once("district", _import_district, Area)
    return Area.objects.get(code=DISTRICT)


def _user(name: str, role: Role, area: str | None) -> User:
    return User.objects.create_user(name, password=PASSWORD, role=role, area_id=area)


@pytest.fixture
def quji(district: Area) -> User:
    return _user("quji", Role.CLERK, DISTRICT)


@pytest.fixture
def shiju(district: Area) -> User:
    return _user("shiju", Role.REVIEWER, DISTRICT)


@pytest.fixture
def jiedao(district: Area) -> User:
    return _user("jiedao", Role.CLERK, QIXINGGANG)


@pytest.fixture
def jiedao2(district: Area) -> User:
    return _user("jiedao2", Role.CLERK, JIEFANGBEI)


@pytest.fixture
def shengting(district: Area) -> User:
    return _user("shengting", Role.OBSERVER, "50")


@pytest.fixture
def guanli(district: Area) -> User:
    return _user("guanli", Role.ADMINISTRATOR, None)


@pytest.fixture
def anquan(district: Area) -> User:
    return _user("anquan", Role.SECURITY, None)


@pytest.fixture
def shenji(district: Area) -> User:
    return _user("shenji", Role.AUDITOR, None)


@pytest.fixture
def jiangbei(district: Area) -> User:
    """The neighbour's reviewer: must see nothing of 渝中区."""
    return _user("jiangbei", Role.REVIEWER, NEIGHBOUR)


def _load_plan() -> None:
    load_plans([SHIPPED / "yuzhong-2026.toml"])


@pytest.fixture
def yuzhong(district: Area) -> Plan:
    """渝中区's plan with reports of the district alone; see `tree_plan` for streets that file."""
    others = (section.model for section in SECTIONS)
    _stored_once("yuzhong", _load_plan, Plan, Indicator, Target, *others)
    ensure_layout()
    plan = Plan.objects.get()
    plan.report_levels = []
    plan.save(update_fields=["report_levels"])
    return plan


@pytest.fixture
def tree_plan(yuzhong: Plan) -> Plan:
    """The same plan as shipped: streets report to the district."""
    yuzhong.report_levels = [3, 4]
    yuzhong.save(update_fields=["report_levels"])
    return yuzhong


def count_few_streets() -> None:
    """Leave only three of 渝中区's streets counted, so that fewer file and tests take less time."""
    streets = Area.objects.within(DISTRICT).filter(level=4)
    streets.exclude(code__in=(QIXINGGANG, JIEFANGBEI, DAXIGOU)).update(is_counted=False)
    recompute_all()


@pytest.fixture
def few_streets(tree_plan: Plan) -> Plan:
    """The plan with three streets that report."""
    count_few_streets()
    return tree_plan


_numbers = itertools.count(1)


@pytest.fixture
def make() -> Make:
    """`make(Fund, name="…")`: a saved draft; values that are not given come from the example.

    An Activity takes `reached=[codes]`; an Expenditure needs `fund`.
    """

    def factory(model: type[Record], /, **values: Any) -> Record:
        reached = values.pop("reached", [])
        filled = example_values(model, next(_numbers)) | values
        if "area" in values:
            filled.pop("area_id", None)
        sources = [values[name] for name in model.area_from if values.get(name) is not None]
        source = sources[0] if sources else None
        if source is not None and not {"area", "area_id"} & set(values):
            filled["area_id"] = source.area_id
        record = model.objects.create(**filled)
        for code in reached:
            ActivityReach.objects.create(activity_id=record.pk, area_id=code)
        return record

    return factory


@pytest.fixture
def approved(make: Make, quji: User, shiju: User) -> Make:
    """`approved(Fund, …)`: like `make`, then submitted by quji and approved by shiju."""

    def factory(model: type[Record], /, **values: Any) -> Record:
        record = make(model, **values)
        submit(record, by=quji, reason="测试")
        approve(record, by=shiju)
        return record

    return factory


@pytest.fixture
def may_tamper(db: None) -> Iterator[None]:
    """Lift the triggers of what is append-only for a test, as an intruder would."""
    with lifted():
        yield


@pytest.fixture
def shared() -> Iterator[Path]:
    """The folder of documents and samples beside the project; skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("项目旁没有 shared 文件夹（样例台账），跳过依赖它的测试")
    yield SHARED
