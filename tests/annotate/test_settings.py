import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parents[2]


def load(tmp_path, statement: str = "", **environment: str) -> subprocess.CompletedProcess:
    """Read the settings in a process of its own and run a statement on them."""
    code = f"from annotate import settings; {statement}"
    variables = os.environ | {"DISSENSUS_DATA": str(tmp_path)} | environment
    return subprocess.run([sys.executable, "-c", code], cwd=HERE, env=variables, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("DISSENSUS_URL", "read.example.org", "http or https"),
        ("DISSENSUS_URL", "ftp://read.example.org", "http or https"),
        ("DISSENSUS_URL", "https://", "http or https"),
        ("DISSENSUS_DEBUG", "yes", "must be 0 or 1"),
        ("DATABASE_URL", "mysql://somewhere/db", "PostgreSQL or SQLite"),
    ],
)
def test_a_bad_value_is_refused_at_start(tmp_path, name, value, why):
    result = load(tmp_path, **{name: value})

    assert result.returncode == 1
    assert "ImproperlyConfigured" in result.stderr
    assert why in result.stderr


def test_https_makes_cookies_secure_and_says_so_for_a_year(tmp_path):
    statement = (
        "print(settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SESSION_COOKIE_NAME, "
        "settings.SECURE_HSTS_SECONDS)"
    )

    assert load(tmp_path, statement, DISSENSUS_URL="https://a.example").stdout.split() == [
        "True", "True", "__Host-session", "31536000",
    ]  # fmt: skip
    assert load(tmp_path, statement).stdout.split() == ["False", "False", "session", "0"]


def test_the_signing_key_is_made_once_and_kept_from_others(tmp_path):
    first = load(tmp_path, "print(settings.SECRET_KEY)").stdout

    assert load(tmp_path, "print(settings.SECRET_KEY)").stdout == first
    assert len(first.strip()) >= 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_sqlite_keeps_every_commit(tmp_path):
    options = load(tmp_path, "print(settings.DATABASES['default']['OPTIONS'])").stdout

    for part in ("IMMEDIATE", "synchronous=FULL", "journal_mode=WAL", "recursive_triggers=ON"):
        assert part in options
