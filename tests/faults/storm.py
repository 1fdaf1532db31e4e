"""Kill whatever serves, again and again, while people judge: nothing accepted may be lost, doubled or half there.

    python -m tests.faults.storm [--engine postgresql|sqlite] [--kills 100] [--seconds 900] [--clients 8]

Kills, drawn at random, 0.2 to 1.5 seconds after the site answers again: a web worker, the
whole web server, the database (PostgreSQL).
"""

import argparse
import asyncio
import os
import random
import signal
import threading
import time

from tests.faults import field
from tests.support.running import Ground, Server


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=900, help="no further kill after this")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--port", type=int, default=8161)
    asked = parser.parse_args()
    ground = Ground(asked.engine)
    try:
        ground.set_up()
        _storm(asked, ground)
    finally:
        ground.stop()


def _storm(asked, ground: Ground) -> None:
    from django.db import connections

    from tests.support import reading_room

    study, _ = reading_room.make_study(items=5_000, wanted=5)
    cookies = reading_room.sign_in(study, asked.clients)
    connections.close_all()
    log, ended = field.Log(), threading.Event()
    web = [Server(asked.port).wait()]

    async def people() -> None:
        until = asyncio.create_task(asyncio.to_thread(ended.wait))
        workers = [field.Person(asked.port, study.slug, own, log, random.Random(n)) for n, own in enumerate(cookies)]

        async def go_on(person) -> None:
            while not until.done() and await person.judge_next():
                pass

        await asyncio.gather(*(go_on(person) for person in workers))

    crowd = threading.Thread(target=lambda: asyncio.run(people()))
    crowd.start()
    try:
        kills = _kill(asked, ground, web)
    finally:
        ended.set()
        crowd.join()
        web[0].stop()
    field.tell(f"{asked.engine}, {kills}", log, field.reckon(study, log))


def _kill(asked, ground: Ground, web: list[Server]) -> dict[str, int]:
    rng = random.Random()
    kinds = ["a worker", "the web server"] + (["the database"] if ground.cluster else [])
    done, until = dict.fromkeys(kinds, 0), time.monotonic() + asked.seconds
    for _ in range(asked.kills):
        if time.monotonic() > until:
            break
        web[0].wait(120)  # Killed while it starts, it would never serve at all.
        time.sleep(rng.uniform(0.2, 1.5))
        kind = rng.choices(kinds, weights=[6, 3, 2][: len(kinds)])[0]
        if kind == "a worker" and (workers := web[0].pids()[1:]):
            os.kill(rng.choice(workers), signal.SIGKILL)
        elif kind == "the database":
            ground.crash_database()
        else:  # Also where no worker was left to kill.
            kind = "the web server"
            web[0].kill()
            web[0] = Server(asked.port)
        done[kind] += 1
    web[0].wait(60)
    time.sleep(2)
    return done


if __name__ == "__main__":
    main()
