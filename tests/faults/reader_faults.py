"""A storm around one reader: offline, 500, 403, slow, tabs closed, the browser killed, everything sent twice.

    python -m tests.faults.reader_faults --seeds 200 [--first 0]

Each seed is a run of its own: a person reads some items while faults come at random, and a log says what they
gave and saw go on. When the storm is over and the browser has had its time, the database must hold exactly
what the log says: nothing lost, nothing twice, every word as it was typed. The same seed, the same storm.
"""

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

WORDS = [
    "It hears her. 🙂",
    "هو لا يسمعها",
    "e\u0301galit\u00e9, not d\u00e9j\u00e0 vu",
    "two\nlines",
    '<b>&amp;</b> "quoted"',
]


@dataclass
class Weather:
    """What happens to the next requests that carry work; read and written by the server's threads."""

    rng: random.Random
    share: float = 0.0
    kinds: tuple[str, ...] = ()
    made: deque = field(default_factory=lambda: deque(maxlen=2_000))

    def next(self) -> str:
        fault = self.rng.choice(self.kinds) if self.kinds and self.rng.random() < self.share else ""
        self.made.append(fault)
        return fault


class Storm:
    """WSGI middleware: some requests that carry work fail before they are handled, some after."""

    def __init__(self, app, weather: Weather):
        self.app, self.weather = app, weather

    def __call__(self, environ, start_response):
        if environ["REQUEST_METHOD"] not in {"POST", "PUT"}:
            return self.app(environ, start_response)
        match self.weather.next():
            case "500":
                return _refuse(start_response, "500 Internal Server Error")
            case "403":
                return _refuse(start_response, "403 Forbidden")
            case "slow":
                time.sleep(self.weather.rng.uniform(0.05, 0.6))
            case "cut":  # The work is done, and nobody hears of it.
                list(self.app(environ, lambda *said: None))
                return _refuse(start_response, "502 Bad Gateway")
            case "twice":
                return self._twice(environ, start_response)
        return self.app(environ, start_response)

    def _twice(self, environ, start_response):
        from io import BytesIO

        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        list(self.app(environ | {"wsgi.input": BytesIO(body)}, lambda *said: None))
        return self.app(environ | {"wsgi.input": BytesIO(body)}, start_response)


def _refuse(start_response, status: str):
    start_response(status, [("Content-Type", "text/plain")])
    return [b""]


@dataclass
class Given:
    """What a person gave to one item, by their own account."""

    first: str
    care: int
    settled: int
    rationale: str


class Reader:
    """One person at one machine, whose browser may be closed or killed and is opened again."""

    def __init__(self, playwright, program: str, url: str, session: str, weather: Weather, rng: random.Random):
        self.playwright, self.program, self.url, self.session = playwright, program, url, session
        self.weather, self.rng = weather, rng
        self.profile = Path(tempfile.mkdtemp(prefix="reader-faults-"))
        self.log: dict[str, Given] = {}
        self.context = self.page = None
        self.is_offline = False

    def open(self) -> None:
        from tests.support.chromium import ARGUMENTS

        self.context = self.playwright.chromium.launch_persistent_context(
            self.profile, executable_path=self.program, args=ARGUMENTS, viewport={"width": 1280, "height": 900}
        )
        self.context.set_default_timeout(8_000)
        expires = time.time() + 86_400
        cookie = {"name": "session", "value": self.session, "url": self.url, "expires": expires}
        self.context.add_cookies([cookie])
        self.context.set_offline(self.is_offline)
        self.page = self.context.pages[0] if self.context.pages else self.context.new_page()

    def close(self) -> None:
        if self.context is not None:
            self.context.close()
        self.context = None

    def kill(self) -> None:
        """As a crash or a pulled plug would: every process of this browser at once."""
        for pid in _processes_of(self.profile):
            try:
                os.kill(pid, 9)
            except ProcessLookupError:
                continue
        self.context = None
        for lock in self.profile.glob("Singleton*"):
            lock.unlink(missing_ok=True)
        self.open()

    def offline(self, on: bool) -> None:
        """Without a network only what is on the device can be opened: the items are taken along before."""
        if on:
            until = time.monotonic() + 10
            while not self.page.evaluate("performance.getEntriesByName('ahead-here').length"):
                if time.monotonic() > until or self.page.url == "about:blank":
                    return
                time.sleep(0.1)
        self.is_offline = on
        self.context.set_offline(on)

    def end(self) -> None:
        self.close()
        shutil.rmtree(self.profile, ignore_errors=True)

    # Reading -------------------------------------------------------------------------------------

    def read_one(self, address: str) -> None:
        """Open an item, say what struck, answer, write why; at some point, something happens."""
        given = Given(
            self.rng.choice(["", *WORDS]), self.rng.randint(1, 7), self.rng.randint(1, 4), self.rng.choice(WORDS)
        )
        happens = iter(self.rng.sample(["first", "answer", "save"], k=self.rng.randint(0, 2)))
        at = set(happens)
        self.go(address)
        if self.page.locator("#first").count():
            self.page.fill("#first-words", given.first)
            if "first" in at:
                self.mishap(address)
                self.expect("#first-words", given.first)
            self.page.click("#to-questions")
            self.page.wait_for_selector("#judging")
        self.log[address] = given
        self.page.check(f'[name="q.care"][value="{given.care}"]')
        self.page.check(f'[name="settled"][value="{given.settled}"]')
        self.page.fill("#rationale", given.rationale)
        if "answer" in at:
            self.mishap(address)
            self.page.wait_for_selector("#judging")
            self.expect("#rationale", given.rationale)
            assert self.page.is_checked(f'[name="q.care"][value="{given.care}"]'), "an answer did not come back"
        with self.page.expect_navigation(timeout=20_000, wait_until="commit"):
            self.page.click("#save")
        if "save" in at:
            self.mishap(None)

    def expect(self, selector: str, words: str) -> None:
        until = time.monotonic() + 5
        while (found := self.page.input_value(selector)) != words and time.monotonic() < until:
            time.sleep(0.05)
        assert found == words, f"{selector} came back as {found!r}, not {words!r}"

    def go(self, address: str) -> None:
        self.page.goto(self.url + address)
        self.page.wait_for_selector("#first, #judging")

    def mishap(self, address: str | None) -> None:
        """The tab is closed or the browser dies within a second of the last change; then somebody comes back."""
        self.page.wait_for_timeout(self.rng.choice([250, 600]))
        if self.rng.random() < 0.5:
            self.kill()
        else:
            closed, self.page = self.page, self.context.new_page()
            closed.close()
        if address is not None:
            self.go(address)

    def settle(self, seconds: float = 30.0) -> None:
        """The storm is over: a page is opened, and what waits goes out."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            waiting = self.page.evaluate(_WAITING)
            if waiting == 0:
                return
            self.page.evaluate("dispatchEvent(new Event('online'))")
            time.sleep(0.2)
        raise AssertionError(f"{waiting} entries were still waiting after {seconds} s")


_WAITING = """() => new Promise((resolve, reject) => {
    const asked = indexedDB.open("dissensus", 1);
    asked.onerror = () => reject(asked.error);
    asked.onsuccess = () => {
        const rows = asked.result.transaction("outbox").objectStore("outbox").getAll();
        rows.onsuccess = () => { asked.result.close(); resolve(rows.result.length); };
    };
})"""


def _processes_of(profile: Path) -> list[int]:
    """The processes that name this profile on their command line: of this browser and of no other."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if str(profile) in line:
                found.append(int(entry.name))
    return found


def run(seed: int, playwright, program: str, serve, items: int = 2) -> list[str]:
    """One storm on the database that is the default now; what was lost, doubled or changed, one sentence each.

    serve(app): a context manager that serves the app and gives its address.
    """
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import Client
    from django.utils import timezone

    from judgments.assignment import take_along
    from tests.factories import make_items, make_participant, make_study, make_user

    rng = random.Random(seed)
    study = make_study(f"storm-{seed}", first_reading=rng.random() < 0.7)
    jo = make_participant(study, make_user(f"jo-{seed}"))
    make_items(study, items)
    held = take_along(jo, count=items, now=timezone.now())
    addresses = [f"/read/items/{one.uid}/" for one in held]
    client = Client()
    client.force_login(jo.user)
    weather = Weather(random.Random(seed + 1))
    with serve(Storm(WSGIHandler(), weather)) as url:
        reader = Reader(playwright, program, url, client.cookies["session"].value, weather, rng)
        try:
            reader.open()
            weather.share, weather.kinds = rng.choice([0.3, 0.5, 0.7]), ("500", "403", "slow", "cut", "twice")
            for address in addresses:
                reader.offline(rng.random() < 0.25)
                reader.read_one(address)
            reader.offline(False)
            weather.share = 0.0
            reader.page.goto(url + f"/read/{study.slug}/")
            # Any page of reading sends what waits; a judged item's page has no form, the queue's may have no script.
            reader.page.goto(url + addresses[-1])
            reader.settle()
        finally:
            reader.end()
    return compare(reader.log, jo)


def compare(log: dict[str, Given], jo) -> list[str]:
    from judgments import first_readings, submission, verification
    from judgments.models import FirstReading, Judgment

    wrong = list(verification.faults())
    for address, given in log.items():
        uid = address.rstrip("/").rsplit("/", 1)[-1]
        judgments = list(Judgment.objects.filter(assignment__uid=uid))
        if len(judgments) != 1:
            wrong.append(f"{address}: {len(judgments)} judgments")
            continue
        said = submission.answers_of(judgments[0]).plain()
        wanted = {"ratings": {"care": {"form": "point", "point": float(given.care)}}, "settled": given.settled,
                  "rationale": given.rationale, "marks": []}  # fmt: skip
        if said != wanted:
            wrong.append(f"{address}: {said} instead of {wanted}")
        if jo.study.first_reading:
            first = FirstReading.objects.filter(assignment__uid=uid).first()
            if first is None or first_readings.words_of(first) != given.first:
                wrong.append(f"{address}: the first reading is not what was written")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args()
    import pytest

    os.environ["READER_FAULTS"] = f"{asked.first}:{asked.first + asked.seeds}"
    return pytest.main(["tests/faults/test_reader_faults.py", "-q", "--timeout", "120"])


if __name__ == "__main__":
    sys.exit(main())
