"""The door for a production server. It refuses to open on a database that cannot keep its promises."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotate.settings")
application = get_wsgi_application()

from django.db import connections  # noqa: E402  (these need the applications loaded above)
from django.urls import get_resolver  # noqa: E402

from judgments import checks  # noqa: E402

# A server that gives up while the database restarts would not come back by itself.
checks.require(patience_seconds=60)
# The server loads this once and its workers share it: every address read, no connection open.
assert get_resolver().url_patterns
connections.close_all()
