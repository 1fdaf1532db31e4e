"""A real browser and a real server: Chromium on a clone of the database, with nothing but the loopback.

`open_page()` gives pages that are watched: an error on the console, a report against the content
security policy, an answer of 500 or 404, or a request to another origin fails the test.
"""

import threading
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.test import Client

from tests.support.chromium import ARGUMENTS

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser(playwright, chromium):
    running = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
    yield running
    running.close()


class _Quiet(WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


@dataclass(frozen=True)
class Live:
    """A running server; `database` is the clone it works on."""

    url: str
    database: dict


@pytest.fixture
def live(committed, settings):
    """The whole site on the loopback, with static files as they lie in the source."""
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    server.set_app(WSGIHandler())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield Live(f"http://127.0.0.1:{server.server_address[1]}", committed)
    server.shutdown()
    server.server_close()
    thread.join(10)


@dataclass
class Watch:
    """What went wrong on the pages of one test. Put a part of an expected message into `expected`."""

    origin: str
    found: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def over(self, page) -> None:
        page.on("console", lambda message: self._said(message) if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: self.found.append(f"script error: {error}"))
        page.on("request", self._asked)
        page.on("response", self._answered)

    def _said(self, message) -> None:
        self.found.append(f"console: {message.text}")

    def _asked(self, request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and f"{parts.scheme}://{parts.netloc}" != self.origin:
            self.found.append(f"another origin: {request.url}")

    def _answered(self, response) -> None:
        if response.status >= 500 or response.status == 404:
            self.found.append(f"{response.status}: {response.url}")

    def unexpected(self) -> list[str]:
        return [text for text in self.found if not any(part in text for part in self.expected)]


@pytest.fixture
def watch(live):
    watch = Watch(live.url)
    yield watch
    assert watch.unexpected() == []


@pytest.fixture
def open_page(browser, live, watch):
    """`open_page(user, width=390, scheme="dark", javascript=False, touch=True)` gives a watched page.

    Each page has a browser context of its own. `page.goto("/read/…")` takes a path.
    """
    contexts = []

    def opened(user=None, *, width=1280, height=900, scheme="light", javascript=True, touch=False, **options):
        context = browser.new_context(
            base_url=live.url, viewport={"width": width, "height": height}, color_scheme=scheme,
            java_script_enabled=javascript, has_touch=touch, **options,
        )  # fmt: skip
        contexts.append(context)
        context.set_default_timeout(10_000)
        if user is not None:
            _sign_in(context, live.url, user)
        page = context.new_page()
        watch.over(page)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def sign_in(live):
    """`sign_in(page, user)`: the session cookie, without the form."""
    return lambda page, user: _sign_in(page.context, live.url, user)


def _sign_in(context, url: str, user) -> None:
    client = Client()
    client.force_login(user)
    context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": url}])


@pytest.fixture
def axe():
    """`axe(page)` asserts that axe-core finds nothing against WCAG 2.2 AA and its best practices."""
    from axe_playwright_python.sync_playwright import Axe

    def checked(page) -> None:
        options = {"runOnly": {"type": "tag", "values": STANDARDS}}
        found = Axe().run(page, options=options)
        assert found.violations_count == 0, found.generate_report()

    return checked


@pytest.fixture
def fits():
    """`fits(page)` asserts that nothing has to be scrolled sideways."""

    def checked(page) -> None:
        widths = "[document.documentElement.scrollWidth, window.innerWidth]"
        scrolled, window = page.evaluate(widths)
        assert scrolled <= window

    return checked
