"""docs/licences.md lists what the lock file installs, and nothing that would bind the platform's own source."""

from __future__ import annotations

import re
from email.message import Message

import pytest

from tests.docs.licences import FILE, ROOT, UnknownLicence, document, licence_of, packages

pytestmark = pytest.mark.once
#: Licences that ask for the source of what uses them; the libraries of the LGPL do not.
_BINDING = re.compile(r"(?<!L)GPL|AGPL|SSPL|EUPL|CC-BY-NC|BUSL")


def test_the_document_is_the_lock_file() -> None:
    again = "请重新生成：.venv/bin/python -m tests.docs.licences"
    assert FILE.read_text(encoding="utf-8") == document(), again


def test_no_licence_binds_the_platforms_own_source() -> None:
    assert [each for each in packages() if _BINDING.search(each.licence)] == []


def test_the_platform_says_its_own_licence() -> None:
    first = (ROOT / "LICENSE").read_text(encoding="utf-8").split()
    assert first[:2] == ["Apache", "License"]
    assert 'license = "Apache-2.0"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def _about(**fields: str) -> Message:
    message = Message()
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    return message


def test_a_licence_that_nobody_read_is_an_error() -> None:
    about = _about(Name="x", License="Own words", Classifier="License :: Other/Proprietary")
    with pytest.raises(UnknownLicence, match="Own words"):
        licence_of(about)


def test_a_classifier_tells_the_licence() -> None:
    assert licence_of(_about(Classifier="License :: OSI Approved :: MIT License")) == "MIT"
