"""The cast and the stage: two database engines, a clone where rows are committed, and a few named people."""

import os
from pathlib import Path

import pytest

pytest_plugins = ["tests.support.engines", "tests.support.cast", "tests.support.chromium"]


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of published datasets; see DISSENSUS_SAMPLES in the README."""
    folder = os.environ.get("DISSENSUS_SAMPLES")
    if not folder:
        pytest.skip("DISSENSUS_SAMPLES is not set: tests on published datasets do not run.")
    return Path(folder)


@pytest.fixture(autouse=True)
def _own_cache(settings, tmp_path):
    """Findings computed and wordings read for one test are not found by the next."""
    from judgments import rubrics

    rubrics.forget()
    caches = dict(settings.CACHES)
    caches["findings"] = {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": str(tmp_path),
    }
    settings.CACHES = caches


def pytest_terminal_summary(terminalreporter):
    """Say loudly what did not run."""
    reasons = {report.longrepr[2] for report in terminalreporter.stats.get("skipped", []) if report.longrepr}
    for reason in sorted(reasons):
        terminalreporter.write_line(f"NOT RUN: {reason}", yellow=True, bold=True)


def pytest_sessionfinish(session, exitstatus):
    """With DISSENSUS_TEST_ALL=1 a skipped test is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("DISSENSUS_TEST_ALL") == "1" and reporter and reporter.stats.get("skipped") and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
