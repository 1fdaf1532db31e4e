"""The measuring half of `python -m tests.benchmarks.judging_page`: a test, for the fixtures of the browser tests."""

import os
import statistics
import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from judgments.assignment import next_assignment
from tests.browser.conftest import browser, live, open_page, watch  # noqa: F401 — fixtures
from tests.browser.judging import address, press
from tests.factories import make_items, make_participant, make_study, make_user

TIMES = int(os.environ.get("JUDGING_PAGE_TIMES", "10"))
KEY_TO_PAINT = """() => new Promise((resolve) => {
    const started = performance.now();
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "4", code: "Digit4", bubbles: true }));
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - started)));
})"""
PAINTS = """() => new Promise((resolve) => {
    const seen = { lcp: 0, shift: 0 };
    new PerformanceObserver((list) => { for (const one of list.getEntries()) seen.lcp = one.startTime; })
        .observe({ type: "largest-contentful-paint", buffered: true });
    new PerformanceObserver((list) => { for (const one of list.getEntries()) seen.shift += one.value; })
        .observe({ type: "layout-shift", buffered: true });
    setTimeout(() => resolve(seen), 200);
})"""


@pytest.mark.browser
def test_measure(open_page, live):  # noqa: F811 — fixtures
    study = make_study("bench", first_reading=True)
    make_items(study, 2 * TIMES + 40)
    jo = make_participant(study, make_user("jo"))
    found: dict[str, list[float]] = {}
    page = open_page(jo.user)
    for _ in range(TIMES):
        page.goto(address(next_assignment(jo, now=timezone.now())))
        ready = "performance.getEntriesByName('judging-ready')[0].startTime"
        note(found, "ready (handlers bound)", page.evaluate(ready))
        paints = page.evaluate(PAINTS)
        note(found, "largest contentful paint", paints["lcp"])
        note(found, "layout shift × 1000", 1_000 * paints["shift"])
        started = time.perf_counter()
        page.click("#to-questions")
        page.locator("#judging").wait_for()
        note(found, "first reading kept, questions shown", 1_000 * (time.perf_counter() - started))
        for _ in range(5):
            note(found, "key to next paint", page.evaluate(KEY_TO_PAINT))
        before, started = page.url, time.perf_counter()
        press(page, "Control+Enter")
        page.wait_for_url(lambda url, before=before: url != before)
        note(found, "save to the next page", 1_000 * (time.perf_counter() - started))
    slowed(page, jo, found)
    serve(jo, found)
    print()
    for name, values in found.items():
        ordered = sorted(values)
        p95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
        print(f"{name:44} median {statistics.median(values):8.1f} ms   p95 {p95:8.1f} ms   n {len(values)}")


def slowed(page, jo, found: dict[str, list[float]]) -> None:
    """The same page on a processor four times as slow, about that of a cheap telephone."""
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    held = next_assignment(jo, now=timezone.now())
    for _ in range(TIMES):
        page.goto(address(held))
        ready = "performance.getEntriesByName('judging-ready')[0].startTime"
        note(found, "ready, processor four times as slow", page.evaluate(ready))
        note(found, "key to next paint, four times as slow", page.evaluate(KEY_TO_PAINT))


def serve(jo, found: dict[str, list[float]]) -> None:
    """The server alone: one page and one save of six answers, without a browser."""
    jo.study.first_reading = False
    jo.study.save()
    client = Client()
    client.force_login(jo.user)
    for _ in range(2 * TIMES):
        held = next_assignment(jo, now=timezone.now())
        with CaptureQueriesContext(
            connection,
        ) as queries:
            started = time.perf_counter()
            page = client.get(address(held))
            note(found, "server: the page", 1_000 * (time.perf_counter() - started))
        note(found, "server: queries of the page", len(queries))
        note(found, "server: bytes of the page", len(page.content))
        answers = {"q.care": "4", "q.depth": "3", "q.goods": "2", "q.voice": "1", "q.moves.labels": "1"}
        sent = {"rubric_version": held.rubric_version_id, "marks": "[]", "q.warmth.point": "10", "settled": "2"}
        with CaptureQueriesContext(connection) as queries:
            started = time.perf_counter()
            assert client.post(address(held), sent | answers).status_code == 303
            note(found, "server: save, and the next item held", 1_000 * (time.perf_counter() - started))
        note(found, "server: queries of the save", len(queries))


def note(found: dict[str, list[float]], name: str, value: float) -> None:
    found.setdefault(name, []).append(value)
