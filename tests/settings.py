"""Settings of the test process: nothing near real data, static files served as they lie."""

import os
import tempfile

os.environ["DISSENSUS_DATA"] = tempfile.mkdtemp(prefix="dissensus-tests-")
for _name in ("DATABASE_URL", "REDIS_URL", "DISSENSUS_URL", "DISSENSUS_DEMO", "DISSENSUS_DEBUG"):
    os.environ.pop(_name, None)
os.environ["DJANGO_SETTINGS_MODULE"] = "annotate.settings"  # Servers and workers that tests start read the real ones.

from annotate.settings import *  # noqa: E402, F403  (all of them, with the few changes below)
from annotate.settings import STATIC_ROOT, STORAGES  # noqa: E402

STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
