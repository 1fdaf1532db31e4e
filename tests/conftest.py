"""The cast and the stage: two database engines, a clone where rows are committed, and a few named people."""

import os
import tempfile
from pathlib import Path

# Tests write nowhere near real data. This stands before anything reads the settings.
os.environ["DISSENSUS_DATA"] = tempfile.mkdtemp(prefix="dissensus-tests-")
for name in ("DATABASE_URL", "REDIS_URL", "DISSENSUS_URL", "DISSENSUS_DEMO", "DISSENSUS_DEBUG"):
    os.environ.pop(name, None)

import pytest

pytest_plugins = ["tests.support.engines", "tests.support.cast"]


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of published datasets; see DISSENSUS_SAMPLES in the README."""
    folder = os.environ.get("DISSENSUS_SAMPLES")
    if not folder:
        pytest.skip("DISSENSUS_SAMPLES is not set: tests on published datasets do not run.")
    return Path(folder)


@pytest.fixture(autouse=True)
def _own_cache(settings, tmp_path):
    """Findings computed for one test are not found by the next."""
    caches = dict(settings.CACHES)
    caches["findings"] = {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": str(tmp_path),
    }
    settings.CACHES = caches
