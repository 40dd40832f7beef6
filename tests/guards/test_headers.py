"""The headers of every kind of answer, as an observatory of web sites would grade them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import unfold
from django.conf import settings as django_settings
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from tests.running.conftest import bare_environment, manage
from tests.types import Response

pytestmark = [pytest.mark.once, pytest.mark.django_db]

_PAGES = ["/", "/admin/", "/verify/", "/admin/login/", "/nirgends", "/healthz", "/api/v1/areas/"]


def _policy(answer: Response) -> dict[str, list[str]]:
    parts = [part.split() for part in answer["Content-Security-Policy"].split(";")]
    return {name: sources for name, *sources in parts}


@pytest.mark.parametrize("address", [*_PAGES, "/api/v1/docs/", "/api/v1/redoc/"])
def test_no_page_runs_a_script_within_it_or_from_elsewhere(
    client: Client, quji: User, address: str
) -> None:
    client.force_login(quji)
    policy = _policy(client.get(address))
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == ["'self'"]
    assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
    assert policy["form-action"] == ["'self'"]
    assert not {"*", "http:", "https:", "'unsafe-eval'"} & {
        each for sources in policy.values() for each in sources
    }


def test_only_redoc_writes_style_sheets_of_its_own(client: Client, quji: User) -> None:
    client.force_login(quji)
    assert "'unsafe-inline'" in _policy(client.get("/api/v1/redoc/"))["style-src"]
    for address in _PAGES:
        assert "'unsafe-inline'" not in _policy(client.get(address))["style-src"]


def test_the_style_sheet_within_a_page_bears_the_nonce_of_its_request(
    client: Client, quji: User
) -> None:
    client.force_login(quji)
    answers = [client.get("/"), client.get("/")]
    nonces = [_policy(answer)["style-src"][1] for answer in answers]
    assert nonces[0] != nonces[1]
    for answer, nonce in zip(answers, nonces, strict=True):
        styles = re.findall(r"<style([^>]*)>", answer.content.decode())
        assert styles
        assert all(f'nonce="{nonce[7:-1]}"' in each for each in styles)


@pytest.mark.parametrize("address", _PAGES)
def test_the_other_headers_are_there(client: Client, quji: User, address: str) -> None:
    client.force_login(quji)
    answer = client.get(address)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in answer["Permissions-Policy"]
    assert "noindex" in answer["X-Robots-Tag"]
    assert re.fullmatch("[0-9a-f]{16}", answer["X-Request-ID"])
    assert "no-store" in answer["Cache-Control"]


def test_robots_are_told_to_stay_away(client: Client) -> None:
    answer = client.get("/robots.txt")
    assert answer.content == b"User-agent: *\nDisallow: /\n"


def test_https_is_demanded_for_a_year_but_not_of_process_monitors(
    client: Client, settings: Settings
) -> None:
    settings.IS_SECURE = settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 365 * 86400
    client.handler.load_middleware()
    moved = client.get("/verify/")
    assert (moved.status_code, moved["Location"]) == (301, "https://testserver/verify/")
    assert client.get("/healthz").status_code == 200
    secure = client.get("/verify/", secure=True)
    assert secure["Strict-Transport-Security"] == "max-age=31536000"
    assert "upgrade-insecure-requests" in _policy(secure)


def test_the_deployment_has_no_warning(tmp_path: Path) -> None:
    environment = bare_environment(DATA_DIR=str(tmp_path), HTTPS="1")
    done = manage(environment, "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


#: What the theme's own pages say → what ours say in its place; each page is otherwise the theme's.
_CHANGED = {
    "layouts/skeleton.html": (
        (r"\{% comment %\}.*?\{% endcomment %\}\n", ""),
        (r"vendor/alpine-csp\.js", "unfold/js/alpine/alpine.js"),
        (r' *<meta name="htmx-config"[^>]*>\n', ""),
        (r' nonce="[^"]*"', ""),
        (r" *<script src=[^>]*js/shell\.js[^>]*></script>\n", ""),
        (r'x-data="shell\([^"]*"\n', "CODE"),
    ),
    "helpers/welcomemsg.html": (),
}
_CODE = (
    (r'x-data="\{\n.*?x-init=".*?"\n', "CODE"),
    (r"; localStorage\.setItem\([^)]*\);", ""),
)


@pytest.mark.parametrize("name", _CHANGED)
def test_our_page_is_the_themes_but_for_the_code_in_it(name: str) -> None:
    """After an update of the theme: take its page anew and make the same changes."""
    theme = Path(str(unfold.__file__)).parent / "templates" / "unfold" / name
    ours = Path(django_settings.BASE_DIR) / "templates" / "unfold" / name

    def plain(path: Path, changes: tuple[tuple[str, str], ...]) -> str:
        text = path.read_text(encoding="utf-8")
        for pattern, other in changes:
            text = re.sub(pattern, other, text, flags=re.DOTALL)
        return text

    assert plain(ours, _CHANGED[name]) == plain(theme, _CODE)
