"""Worlds: what the tests of a file start from is built once for the file, not once for each test.

``share(__name__, "facts", "edition")`` below the fixtures of a test module builds these fixtures, and
all that they ask for, in a transaction that lasts as long as the module's tests. Each test runs in a
savepoint of its own, as Django's `TestCase` does it, and gets copies of the objects and of the files:
what it changes is gone for the next one. A test that asks for none of them finds none of their rows.

Tests with `transaction=True` may share a world that they only read (`is_committed=True`). A fixture
that ends with something (`yield`) cannot be shared.
"""

from __future__ import annotations

import inspect
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import transaction
from django.test import TransactionTestCase, override_settings
from pytest_django import DjangoDbBlocker

from reviews.models import Attachment

Build = Callable[..., object]


def settings_in(folder: Path) -> dict[str, Any]:
    """Return the settings of tests: files in `folder`, no rate limit, a fast password hash."""
    return {
        "DATA_DIR": folder,
        "EXPORT_DIR": folder / "exports",
        "PAGE_RATE": 0,
        "API_RATE": "",  # many tests call as one and the same user
        # The real hash takes a third of a second per user.
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    }


class SharedWorld:
    """The values of a module's shared fixtures while their transaction is open.

    `builds` are the functions of these fixtures by name; `folder` holds the files that they write.
    """

    def __init__(
        self, builds: dict[str, Build], folder: Path, blocker: DjangoDbBlocker, is_committed: bool
    ) -> None:
        self.folder = folder
        self._builds, self._blocker, self._is_committed = builds, blocker, is_committed
        self._built: dict[str, object] = {}
        self._open: ExitStack | None = None

    def __getitem__(self, name: str) -> object:
        """Return a fixture's value."""
        return self._built[name]

    @property
    def is_open(self) -> bool:
        """Whether the fixtures are built."""
        return self._open is not None

    def open(self) -> None:
        """Build the fixtures, unless that is done."""
        if self.is_open:
            return
        with ExitStack() as stack:
            stack.enter_context(self._blocker.unblock())
            stack.enter_context(_committed() if self._is_committed else _taken_back())
            self._build()
            stack.enter_context(self._blocker.block())
            self._open = stack.pop_all()

    def close(self) -> None:
        """Take everything back."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _build(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        self._built = {"db": None, "tmp_path": self.folder}
        evidence = Attachment._meta.get_field("file")
        with override_settings(**settings_in(self.folder)), pytest.MonkeyPatch.context() as patch:
            patch.setattr(evidence, "storage", FileSystemStorage(self.folder))
            for name, build in self._builds.items():
                asked = {each: self._built[each] for each in _asked_by(build)}
                self._built[name] = build(**asked)


@contextmanager
def _taken_back() -> Iterator[None]:
    """A transaction that is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def _committed() -> Iterator[None]:
    """No transaction: the tables are emptied at the end, but not after each test."""
    empty = vars(TransactionTestCase)["_fixture_teardown"]  # as `tests.databases` has it
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: None)
        try:
            yield
        finally:
            empty(TransactionTestCase())


#: The worlds of the modules whose tests run, by the module's name.
_worlds: dict[str, SharedWorld] = {}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Open a module's world for the tests that ask for it, and close it for the others."""
    if isinstance(item, pytest.Function) and (world := _worlds.get(item.module.__name__)):
        world.open() if "_shared_world" in item.fixturenames else world.close()


def share(module_name: str, *names: str, is_committed: bool = False) -> None:
    """Build these fixtures of a test module, and all that they ask for, once for its tests.

    `is_committed`: for tests with `transaction=True` that change none of it.
    """
    module = sys.modules[module_name]
    builds = dict(_closure(module, names))
    for name, build in builds.items():
        is_named = name in names
        setattr(
            module, name, _copy_of(name) if is_named else _copy_or_own(module_name, name, build)
        )

    @pytest.fixture(scope="module")
    def _shared_world(
        django_db_setup: None,
        django_db_blocker: DjangoDbBlocker,
        tmp_path_factory: pytest.TempPathFactory,
    ) -> Iterator[SharedWorld]:
        folder = tmp_path_factory.mktemp("world")
        world = SharedWorld(builds, folder, django_db_blocker, is_committed)
        world.open()
        _worlds[module_name] = world
        yield world
        world.close()
        del _worlds[module_name]

    @pytest.fixture
    def _files_of_world(_shared_world: SharedWorld, tmp_path: Path) -> None:
        if any(_shared_world.folder.iterdir()):
            shutil.copytree(_shared_world.folder, tmp_path, dirs_exist_ok=True)

    vars(module).update(_shared_world=_shared_world, _files_of_world=_files_of_world)


def _copy_of(name: str) -> Any:
    """Return the fixture that gives each test a copy of what was built."""

    @pytest.fixture(name=name)
    def copied(_shared_world: SharedWorld, _files_of_world: None, db: None) -> object:
        return deepcopy(_shared_world[name])

    return copied


def _copy_or_own(module_name: str, name: str, build: Build) -> Any:
    """Return the fixture that gives a copy in an open world, and otherwise builds its own.

    A function, such as `make`, is always built: it keeps the objects that it was built with.
    """

    def copied(**asked: object) -> object:
        world = _worlds.get(module_name)
        has_copy = world and world.is_open and not callable(world[name])
        return deepcopy(world[name]) if world and has_copy else build(**asked)

    copied.__signature__ = inspect.signature(build)  # type: ignore[attr-defined]
    return pytest.fixture(name=name)(copied)


def _closure(module: ModuleType, names: tuple[str, ...]) -> Iterator[tuple[str, Build]]:
    """Yield the functions of the fixtures and of those that they ask for."""
    for name in names:
        if name not in ("db", "tmp_path"):
            build = _build_of(module, name)
            yield from _closure(module, tuple(_asked_by(build)))
            yield name, build


def _build_of(module: ModuleType, name: str) -> Build:
    """Return the function of a fixture of the module or of the conftest modules above it."""
    folders = module.__name__.split(".")[:-1]
    above = [".".join([*folders[:depth], "conftest"]) for depth in range(len(folders), 0, -1)]
    for each in (module, *(sys.modules[name] for name in above if name in sys.modules)):
        if name in vars(each):
            build: Build = inspect.unwrap(vars(each)[name])
            assert not inspect.isgeneratorfunction(build), f"{name} ends with something"
            return build
    raise LookupError(f"{module.__name__} has no fixture {name} that can be shared")


def _asked_by(build: Build) -> list[str]:
    return list(inspect.signature(build).parameters)
