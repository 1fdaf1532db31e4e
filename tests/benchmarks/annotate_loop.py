"""The annotate loop over HTTP, against the server as deployed, on a database of its own.

    python -m tests.benchmarks.annotate_loop [--engine postgresql|sqlite] [--clients 1 8 32 128] [--seconds 15]

One loop: ask what is next, get its page, send answers to six questions; with --first-reading, write one before
and get the page again. Server, database and clients share
this machine. Printed beside a bare page of the same server (no session, no database): the most it can do.
"""

import argparse
import asyncio
import os
import random
import statistics
import time

from tests.support import readers
from tests.support.running import Ground, cpu_seconds, serving


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32, 128])
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--think", type=float, default=0, help="seconds a reader takes for an item, on average")
    parser.add_argument("--items", type=int, default=2_000)
    parser.add_argument("--first-reading", action="store_true", help="the study asks for a first reading")
    parser.add_argument("--port", type=int, default=8160)
    asked = parser.parse_args()
    ground = Ground(asked.engine)
    try:
        ground.set_up()
        _measure(asked, ground)
    finally:
        ground.stop()


def _measure(asked, ground: Ground) -> None:
    from tests.support import reading_room

    study, slugs = reading_room.make_study(items=asked.items, wanted=12, first_reading=asked.first_reading)
    people = [reading_room.sign_in(study, count) for count in asked.clients]
    print(f"{asked.engine}, {asked.items} items, {asked.seconds:g} s each, {os.cpu_count()} cores")
    print(
        f"{'clients':>7} {'loops/s':>8} {'errors':>6} | p50 / p95 in ms: {'next':>11} {'page':>11} {'answers':>11} |"
        " CPU ms a loop: server, database, clients"
    )
    with serving(asked.port) as server:
        for cookies in people:
            _print_row(asked, ground, server, cookies, study.slug, slugs)
        _print_bare(asked, server)
    from judgments.models import Judgment

    print(f"{Judgment.objects.count()} judgments stored")


def _print_row(asked, ground: Ground, server, cookies, slug: str, slugs: list[str]) -> None:
    asyncio.run(_loops(asked.port, cookies[:4], slug, slugs, 1.5, 0))  # Connections open, templates read.
    before = _cpu(ground, server)
    began = time.perf_counter()
    timing = asyncio.run(_loops(asked.port, cookies, slug, slugs, asked.seconds, asked.think))
    seconds = time.perf_counter() - began
    used = [after - earlier for after, earlier in zip(_cpu(ground, server), before, strict=True)]
    loops = max(1, timing.loops)
    shown = " ".join(f"{_percentiles(timing.took.get(name, [0]))}" for name in ("next", "page", "answers"))
    spent = " ".join(f"{1_000 * part / loops:6.1f}" for part in used)
    told = f"{len(cookies):7} {timing.loops / seconds:8.1f} {len(timing.errors):6} | {shown:>55} | {spent}"
    print(told, flush=True)
    for error in sorted(set(timing.errors))[:5]:
        print(f"        {timing.errors.count(error)} × {error}")


async def _loops(port: int, cookies, slug: str, slugs: list[str], seconds: float, think: float) -> readers.Timing:
    timing, rng = readers.Timing(), random.Random(7)

    async def person(own: dict[str, str]) -> None:
        line = readers.Line(port, own)

        async def once() -> bool:
            went_on = await readers.read(line, slug, slugs, timing, rng)
            if think:
                await asyncio.sleep(rng.expovariate(1 / think))
            return went_on

        await asyncio.sleep(rng.uniform(0, think))
        await readers.for_a_while(once, seconds)
        line.close()

    await asyncio.gather(*(person(own) for own in cookies))
    return timing


def _print_bare(asked, server) -> None:
    took: list[float] = []

    async def person() -> None:
        line = readers.Line(asked.port, {})

        async def once() -> bool:
            began = time.perf_counter()
            reply = await line.ask("GET", "/healthz")
            took.append(time.perf_counter() - began)
            return reply.status == 200

        await readers.for_a_while(once, 5)
        line.close()

    async def crowd() -> None:
        await asyncio.gather(*(person() for _ in range(32)))

    before = cpu_seconds(server.pids())
    asyncio.run(crowd())
    cost = 1_000 * (cpu_seconds(server.pids()) - before) / len(took)
    rate = len(took) / 5
    print(
        f"bare page, 32 clients: {rate:.0f}/s ({rate / 3:.0f} times three), p50 / p95 {_percentiles(took)} ms, "
        f"{cost:.1f} ms of the server each"
    )


def _cpu(ground: Ground, server) -> list[float]:
    return [cpu_seconds(server.pids()), cpu_seconds(ground.database_pids()), time.process_time()]


def _percentiles(took: list[float]) -> str:
    ordered = sorted(took)
    p50, p95 = statistics.median(ordered), ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return f"{1_000 * p50:4.0f} / {1_000 * p95:4.0f}"


if __name__ == "__main__":
    main()
