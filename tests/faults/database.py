"""The database goes away under people who judge: hard restarts, sessions ended, and a disk that is full.

python -m tests.faults.database restart [--rounds 6] [--clients 20]     PostgreSQL
python -m tests.faults.database full                                    SQLite
"""

import argparse
import asyncio
import json
import random
import threading
import time
import uuid
from urllib.parse import quote

from tests.faults import field
from tests.support.running import Ground, serving


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["restart", "full"])
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--port", type=int, default=8164)
    asked = parser.parse_args()
    ground = Ground("postgresql" if asked.what == "restart" else "sqlite")
    try:
        ground.set_up()
        {"restart": _restart, "full": _full}[asked.what](asked, ground)
    finally:
        ground.stop()


def _restart(asked, ground: Ground) -> None:
    from django.db import connection, connections

    from tests.support import reading_room

    study, _ = reading_room.make_study(items=3_000, wanted=5)
    cookies = reading_room.sign_in(study, asked.clients)
    connections.close_all()
    log, seconds = field.Log(), 5.0 * asked.rounds
    with serving(asked.port):
        crowd = threading.Thread(
            target=lambda: asyncio.run(field.crowd(asked.port, study.slug, cookies, log, seconds, think=1))
        )
        crowd.start()
        for number in range(asked.rounds):
            time.sleep(4)
            if number % 2:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                                   "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'")  # fmt: skip
                connection.close()
            else:
                ground.crash_database()
        crowd.join()
    field.tell(f"{asked.rounds} restarts and terminations under {asked.clients}", log, field.reckon(study, log))


def _full(asked, ground: Ground) -> None:
    """The database may grow no further for a while: 503 storage_full, pages still read, and all is well after."""
    from tests.support import reading_room

    study, _ = reading_room.make_study(items=400, wanted=5)
    [cookies] = reading_room.sign_in(study, 1)
    log = field.Log()
    with serving(asked.port):
        asyncio.run(field.crowd(asked.port, study.slug, [cookies], log, 2))
    accepted = len(log.accepted)
    with serving(asked.port, DATABASE_URL=_that_may_not_grow(ground)):
        refused, read = asyncio.run(_until_full(asked.port, study.slug, cookies, log))
    with serving(asked.port):
        asyncio.run(field.crowd(asked.port, study.slug, [cookies], log, 2))
    problems = field.reckon(study, log)
    problems += [] if refused == {(503, "storage_full", "60")} else [f"refused as {refused}"]
    problems += [] if read == 200 else [f"reading answered {read}"]
    problems += [] if len(log.accepted) > accepted else ["nothing was accepted when there was room again"]
    log.statuses.pop(503, None)
    field.tell(f"disk full after {accepted} accepted", log, problems)


def _that_may_not_grow(ground: Ground) -> str:
    """The same database, at most four pages larger than it is."""
    from django.conf import settings
    from django.db import connection

    with connection.cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0] + 4
    command = settings.DATABASES["default"]["OPTIONS"]["init_command"] + f" PRAGMA max_page_count={pages};"
    return f"sqlite:///{ground.folder / 'dissensus.sqlite3'}?init_command={quote(command)}"


async def _until_full(port: int, study: str, cookies, log: field.Log) -> tuple[set, int]:
    person = field.Person(port, study, cookies, log, random.Random(5))
    more = f"X-CSRFToken: {cookies['csrf']}\r\nAccept: application/json\r\n"
    for _ in range(400):
        task = asyncio.create_task(person.judge_next())
        await asyncio.wait([task], timeout=3)
        if not task.done():  # It keeps trying, as it should; we look at one refusal ourselves.
            task.cancel()
            break
    refused = set()
    line = field.Line(port, cookies)
    body = json.dumps({"study": study}).encode()
    taken = json.loads((await line.ask("POST", "/api/v1/assignments/next", body, field.JSON, more)).body)
    if "uid" in taken:  # The offer still found room; its judgment must be refused, then.
        address, said = f"/api/v1/assignments/{taken['uid']}/judgment", {"rationale": "x" * 15_000}
        more += f"Idempotency-Key: {uuid.uuid4()}\r\n"
        reply = await line.ask("POST", address, json.dumps(said).encode(), field.JSON, more)
        taken = json.loads(reply.body)
        refused.add((reply.status, taken["code"], reply.headers.get("retry-after")))
    else:
        refused.add((503, taken["code"], "60"))
    page = await field.Line(port, cookies).ask("GET", f"/read/{study}/history/")
    return refused, page.status


if __name__ == "__main__":
    main()
