"""One intent, one judgment: fifty equal requests at once for each of twenty items, then answers lost on the way.

python -m tests.faults.duplicates [--engine postgresql|sqlite]
"""

import argparse
import asyncio
import json
import random
import uuid
from collections import Counter

from tests.faults import field
from tests.support.readers import Line
from tests.support.running import Ground, serving

ITEMS, AT_ONCE = 20, 50


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--port", type=int, default=8162)
    asked = parser.parse_args()
    ground = Ground(asked.engine)
    try:
        ground.set_up()
        from tests.support import reading_room

        study, _ = reading_room.make_study(items=100, wanted=5)
        cookies = reading_room.sign_in(study, 2)
        with serving(asked.port):
            problems = asyncio.run(_at_once(asked.port, study.slug, cookies[0]))
            log = field.Log()
            asyncio.run(_lost_on_the_way(asked.port, study.slug, cookies[1], log))
        from judgments.models import Judgment

        stored = Judgment.objects.filter(study=study).count()
        problems += [f"{stored} judgments, not {2 * ITEMS}"] if stored != 2 * ITEMS else []
        field.tell(f"{asked.engine}, {ITEMS} × {AT_ONCE} at once, {ITEMS} answers lost", log,
                   problems + field.reckon(study, log))  # fmt: skip
    finally:
        ground.stop()


async def _at_once(port: int, study: str, cookies) -> list[str]:
    """Fifty parallel sends an item: one 201, the rest 200, one receipt."""
    problems = []
    lines = [Line(port, cookies) for _ in range(AT_ONCE)]
    more = f"X-CSRFToken: {cookies['csrf']}\r\n"
    body = json.dumps({"settled": 2, "ratings": {"care": {"form": "point", "point": 3}}}).encode()
    for _ in range(ITEMS):
        asked = json.dumps({"study": study}).encode()
        taken = json.loads((await lines[0].ask("POST", "/api/v1/assignments/next", asked, field.JSON, more)).body)
        address, key = f"/api/v1/assignments/{taken['uid']}/judgment", f"Idempotency-Key: {uuid.uuid4()}\r\n"
        replies = await asyncio.gather(*(line.ask("POST", address, body, field.JSON, more + key) for line in lines))
        statuses, receipts = Counter(reply.status for reply in replies), {reply.body for reply in replies}
        if statuses != {201: 1, 200: AT_ONCE - 1} or len(receipts) != 1:
            problems.append(f"{taken['uid']}: {dict(statuses)}, {len(receipts)} receipts")
    return problems


async def _lost_on_the_way(port: int, study: str, cookies, log: field.Log) -> None:
    """A line in between that takes each request through and cuts the first answer to each judgment."""
    cut: set[bytes] = set()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    (int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length:")), 0
                )
                server_writer.write(head + await reader.readexactly(length))
                answer = await server_reader.read(65_536)
                path = head.split(b" ", 2)[1]
                if path.endswith(b"/judgment") and path not in cut:
                    cut.add(path)
                    break
                writer.write(answer)
        except asyncio.IncompleteReadError:
            pass
        finally:
            server_writer.close()
            writer.close()

    between = await asyncio.start_server(pass_on, "127.0.0.1", port + 1)
    person = field.Person(port + 1, study, cookies, log, random.Random(3))
    for _ in range(ITEMS):
        await person.judge_next()
    person.line.close()
    between.close()


if __name__ == "__main__":
    main()
