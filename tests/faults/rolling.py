"""New workers under fifty people at human pace, again and again: a restart must not be noticed.

python -m tests.faults.rolling [--engine postgresql|sqlite] [--seconds 60] [--clients 50]
"""

import argparse
import asyncio
import os
import signal
import threading
import time

from tests.faults import field
from tests.support.running import Ground, serving


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--port", type=int, default=8166)
    asked = parser.parse_args()
    ground = Ground(asked.engine)
    try:
        ground.set_up()
        from django.db import connections

        from tests.support import reading_room

        study, _ = reading_room.make_study(items=3_000, wanted=5)
        cookies = reading_room.sign_in(study, asked.clients)
        connections.close_all()
        log, restarts = field.Log(), 0
        with serving(asked.port) as server:
            crowd = threading.Thread(
                target=lambda: asyncio.run(field.crowd(asked.port, study.slug, cookies, log, asked.seconds, think=2))
            )
            crowd.start()
            until = time.monotonic() + asked.seconds - 5
            while time.monotonic() < until:
                time.sleep(min(20, asked.seconds / 4))
                os.kill(server.pid, signal.SIGHUP)  # gunicorn: new workers, the old ones finish what they have.
                restarts += 1
            crowd.join()
        field.tell(
            f"{asked.engine}, {restarts} rolling restarts under {asked.clients}", log, field.reckon(study, log)
        )
    finally:
        ground.stop()


if __name__ == "__main__":
    main()
