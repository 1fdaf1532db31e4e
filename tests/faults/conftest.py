"""A server around any app."""

import threading
from contextlib import contextmanager

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer

from tests.browser.conftest import _Quiet


@pytest.fixture
def serve(committed, settings):
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True

    @contextmanager
    def serving(app):
        server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
        server.set_app(app)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join(10)

    return serving
