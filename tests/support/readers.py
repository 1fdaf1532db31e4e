"""People who read over HTTP: a client that speaks just enough of it to cost little beside the server."""

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

FIELD = re.compile(r'name="(csrfmiddlewaretoken|key|rubric_version|supersedes)" value="([^"]*)"')
FIRST = 'name="first"'


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Timing:
    """Seconds each request took, by name, and what did not answer as it should."""

    took: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    loops: int = 0


class Line:
    """One kept-alive connection, opened again when it was closed."""

    def __init__(self, port: int, cookies: dict[str, str]):
        self.port, self.cookies = port, dict(cookies)
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def ask(self, method: str, path: str, body: bytes = b"", kind: str = "", more: str = "") -> Reply:
        """more: further header lines, each ended. Raises OSError or IncompleteReadError without a whole answer."""
        was_open = self.writer is not None and self.reader is not None and not self.writer.is_closing()
        if not was_open:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {cookies}\r\n{more}"
        if body:
            head += f"Content-Length: {len(body)}\r\nContent-Type: {kind}\r\n"
        try:
            self.writer.write(head.encode() + b"\r\n" + body)
            return await self._answer()
        except (OSError, asyncio.IncompleteReadError) as error:
            self.close()
            if was_open and not getattr(error, "partial", b""):
                # A server closes connections that were quiet for a while. Browsers ask once more on a new one.
                return await self.ask(method, path, body, kind, more)
            raise

    async def _answer(self) -> Reply:
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {}
        for line in head[1:]:
            name, _, value = line.partition(": ")
            if name.lower() == "set-cookie":
                cookie, _, said = value.partition(";")[0].partition("=")
                self.cookies[cookie] = said
            headers[name.lower()] = value
        if headers.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(await self.reader.readline(), 16):
                body += (await self.reader.readexactly(size + 2))[:-2]
            await self.reader.readexactly(2)
        else:
            body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("connection") == "close":
            self.close()
        return Reply(int(head[0].split()[1]), headers, body)

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


def answers_to(page: str, slugs: list[str], rng: random.Random) -> bytes:
    """The page's form filled in: a place on each of the scales, one line of reasons."""
    fields = dict(FIELD.findall(page))
    said = {f"q.{slug}": str(rng.randint(1, 5)) for slug in slugs}
    more = {"settled": "3", "rationale": "It waited, then it asked.", "reading_ms": "41000", "judging_ms": "38000"}
    return urlencode(fields | said | more).encode()


async def read(line: Line, study: str, slugs: list[str], timing: Timing, rng: random.Random) -> bool:
    """One loop: what is next, its page, its answers; a first reading and the page again where it asks for one.

    False when nothing is left or something failed.
    """

    async def timed(name: str, expected: int, *request) -> Reply | None:
        began = time.perf_counter()
        try:
            reply = await line.ask(*request)
        except (OSError, asyncio.IncompleteReadError) as error:
            timing.errors.append(f"{name}: {type(error).__name__}")
            return None
        timing.took.setdefault(name, []).append(time.perf_counter() - began)
        if reply.status != expected:
            timing.errors.append(f"{name}: {reply.status}")
            return None
        return reply

    form = "application/x-www-form-urlencoded"
    token = urlencode({"csrfmiddlewaretoken": line.cookies["csrf"]}).encode()
    found = await timed("next", 302, "POST", f"/read/{study}/next/", token, form)
    if found is None or not found.headers["location"].startswith("/read/items/"):
        return False
    page = await timed("page", 200, "GET", found.headers["location"])
    if page is not None and FIRST in page.body.decode():
        words = dict(FIELD.findall(page.body.decode())) | {"first": "It waits before it answers."}
        await timed("first", 303, "POST", f"{found.headers['location']}first/", urlencode(words).encode(), form)
        page = await timed("page", 200, "GET", found.headers["location"])
    if page is None:
        return False
    sent = await timed(
        "answers", 303, "POST", found.headers["location"], answers_to(page.body.decode(), slugs, rng), form
    )
    timing.loops += sent is not None
    return sent is not None


async def for_a_while(act: Callable[[], Awaitable[bool]], seconds: float, failed: float = 0.05) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not await act():
            await asyncio.sleep(failed)
