"""The same door for asynchronous servers."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotate.settings")
application = get_asgi_application()

from judgments import checks  # noqa: E402  (needs the applications loaded above)

# A worker that gives up while the database restarts would take the whole server with it.
checks.require(patience_seconds=60)
