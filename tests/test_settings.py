"""Settings refuse what is unsafe, in words, before anything is served."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LONG_KEY = "k" * 50
PUBLIC = {"AIGC_PRODUCTION": "1", "AIGC_SECRET_KEY": LONG_KEY, "AIGC_HOSTS": "example.org"}
SHOWN = "print(s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0, s.DEBUG, len(s.SECRET_KEY) > 40)"


def start(tmp_path, code=SHOWN, **variables):
    """Import the settings as ``s`` in a process of their own and run ``code``; its exit code and last line."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AIGC_")}
    environment |= {"AIGC_VAR_DIR": str(tmp_path), **variables}
    code = f"import aigc_platform.settings as s; {code}"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, (done.stdout + done.stderr).strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"AIGC_PRODUCTION": "1"}, "AIGC_SECRET_KEY with at least 50"),
        ({"AIGC_PRODUCTION": "1", "AIGC_SECRET_KEY": "short"}, "AIGC_SECRET_KEY with at least 50"),
        ({"AIGC_PRODUCTION": "1", "AIGC_SECRET_KEY": LONG_KEY}, "needs AIGC_HOSTS"),
        ({"AIGC_PRODUCTION": "1", "AIGC_SECRET_KEY": LONG_KEY, "AIGC_HOSTS": " , "}, "needs AIGC_HOSTS"),
        (PUBLIC | {"AIGC_DEBUG": "1"}, "Unset it where AIGC_PRODUCTION is set"),
        (PUBLIC | {"AIGC_MAIL_HOST": "smtp.example.org"}, "needs AIGC_MAIL_FROM"),
        ({"AIGC_MAIL_SECURITY": "ssl"}, "AIGC_MAIL_SECURITY must be starttls or tls or none"),
        ({"AIGC_JOB_LIMIT": "three"}, "AIGC_JOB_LIMIT must be int, got 'three'"),
        ({"AIGC_DEBUG": "perhaps"}, "AIGC_DEBUG must be boolean, got 'perhaps'"),
    ],
)
def test_an_unsafe_or_malformed_setting_stops_the_start_with_a_sentence(tmp_path, variables, sentence):
    code, line = start(tmp_path, **variables)
    assert code == 1
    assert sentence in line


def test_production_turns_on_https_secure_cookies_and_hsts(tmp_path):
    code, line = start(tmp_path, AIGC_PRODUCTION="1", AIGC_SECRET_KEY=LONG_KEY, AIGC_HOSTS="example.org")
    assert (code, line) == (0, "True True True False True")


def test_how_far_https_is_insisted_on_is_a_setting(tmp_path):
    shown = "print(s.SECURE_HSTS_SECONDS, s.SECURE_HSTS_INCLUDE_SUBDOMAINS)"
    assert start(tmp_path, shown, **PUBLIC)[1] == "31536000 True"
    narrow = {"AIGC_HSTS_DAYS": "2", "AIGC_HSTS_SUBDOMAINS": "0"}
    assert start(tmp_path, shown, **PUBLIC, **narrow)[1] == "172800 False"


def test_mail_leaves_by_the_server_that_is_named_and_else_is_written_down(tmp_path):
    shown = "print(s.EMAIL_BACKEND.split('.')[-2], s.EMAIL_HOST, s.EMAIL_PORT, s.EMAIL_USE_TLS, s.EMAIL_USE_SSL, s.DEFAULT_FROM_EMAIL)"
    assert start(tmp_path, shown)[1] == "filebased  587 True False noreply@localhost"
    server = {"AIGC_MAIL_HOST": "smtp.example.org", "AIGC_MAIL_PORT": "465", "AIGC_MAIL_SECURITY": "tls"}
    line = start(tmp_path, shown, **server, AIGC_MAIL_FROM="site@example.org")[1]
    assert line == "smtp smtp.example.org 465 False True site@example.org"


def test_a_local_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    start(tmp_path)
    first = (tmp_path / "secret_key").read_text()
    start(tmp_path)
    assert (tmp_path / "secret_key").read_text() == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_what_the_site_writes_is_its_owners_alone_and_what_was_open_is_closed(tmp_path):
    (tmp_path / "mail").mkdir(mode=0o755)
    (tmp_path / "platform.sqlite3-wal").touch(mode=0o644)
    tmp_path.chmod(0o755)
    environment = {**os.environ, "AIGC_VAR_DIR": str(tmp_path)}
    code = (
        "import django; django.setup();"
        "from django.conf import settings;"
        "from django.db import connection; connection.cursor();"
        "from django.core.mail import send_mail; send_mail('s', 't', None, ['a@example.org']);"
        "from generation.management.commands.set_up import withhold; withhold(settings.VAR_DIR)"
    )
    environment["DJANGO_SETTINGS_MODULE"] = "aigc_platform.settings"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)
    places = [tmp_path, *tmp_path.rglob("*")]
    assert {place.name for place in places} >= {"platform.sqlite3", "secret_key", "mail"}
    assert list((tmp_path / "mail").iterdir())
    assert [place for place in places if place.stat().st_mode & 0o077] == []
