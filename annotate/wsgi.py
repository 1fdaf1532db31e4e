"""The door for a production server. It refuses to open on a database that cannot keep its promises."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotate.settings")
application = get_wsgi_application()

from judgments import checks  # noqa: E402  (needs the applications loaded above)

# A worker that gives up while the database restarts would take the whole server with it.
checks.require(patience_seconds=60)
