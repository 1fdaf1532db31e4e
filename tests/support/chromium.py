"""Chromium for tests: its program, how it is started, and the one Playwright that a process may run."""

import os
import shutil
import warnings

import pytest

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def program() -> str | None:
    """The browser's program: DISSENSUS_TEST_CHROMIUM, or PATH."""
    return os.environ.get("DISSENSUS_TEST_CHROMIUM") or shutil.which("chromium")


@pytest.fixture(scope="session")
def chromium() -> str:
    found = program()
    if found is None:
        warnings.warn("Chromium is not installed: the browser tests did not run.", stacklevel=1)
        pytest.skip("Chromium is not installed; see DISSENSUS_TEST_CHROMIUM.")
    return found


@pytest.fixture(scope="session")
def playwright(chromium):
    """Started once: a second one in the same process finds the event loop of the first and refuses."""
    from playwright.sync_api import sync_playwright

    # Its loop stays in this thread; the ORM is used between its calls, not in them.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as running:
        yield running
