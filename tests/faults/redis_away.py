"""Redis absent, stopped, hung and behind a black hole: people who judge must not notice.

python -m tests.faults.redis_away [--seconds 8]
"""

import argparse
import asyncio
import os
import shutil
import signal
import socket
import subprocess
import time

from tests.faults import field
from tests.support.running import Ground, serving


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--port", type=int, default=8168)
    asked = parser.parse_args()
    ground = Ground("sqlite")
    port = asked.port + 1
    program = shutil.which("redis-server")
    if program is None:
        raise SystemExit("redis-server is not installed.")
    redis = subprocess.Popen(
        [program, "--port", str(port), "--save", "", "--bind", "127.0.0.1"],
        stdout=subprocess.DEVNULL,
        cwd=ground.folder,
    )
    os.environ["REDIS_URL"] = f"redis://127.0.0.1:{port}/0"
    hole = None
    try:
        ground.set_up()
        from tests.support import reading_room

        with serving(asked.port):
            for state in ("there", "hung", "gone", "black hole"):
                if state == "hung":
                    os.kill(redis.pid, signal.SIGSTOP)
                elif state == "gone":
                    os.kill(redis.pid, signal.SIGCONT)
                    redis.kill()
                    redis.wait()
                elif state == "black hole":
                    hole = _swallow(port)
                study, _ = reading_room.make_study(items=500, wanted=5)
                _look(asked, state, study, reading_room.sign_in(study, 8))
    finally:
        redis.kill()
        if hole is not None:
            hole.close()
        ground.stop()


def _look(asked, state: str, study, cookies) -> None:
    log = field.Log()
    asyncio.run(field.crowd(asked.port, study.slug, cookies, log, asked.seconds, think=0.3))
    took = sorted(log.took)
    print(
        f"p50 {1_000 * took[len(took) // 2]:.0f} ms, longest {1_000 * took[-1]:.0f} ms; asking for a job ",
        end="",
    )
    from django.utils import timezone

    from judgments import jobs

    began = time.perf_counter()
    jobs.enqueue("nothing", {}, study=study, asked_by=None, now=timezone.now())
    asked_for = time.perf_counter() - began
    print(f"took {1_000 * asked_for:.0f} ms")
    problems = [] if asked_for < 1.5 else [f"asking for work took {asked_for:.1f} s"]
    field.tell(f"Redis {state}", log, problems + field.reckon(study, log))


def _swallow(port: int) -> socket.socket:
    """Somebody who accepts every connection and never says a word."""
    hole = socket.socket()
    hole.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    hole.bind(("127.0.0.1", port))
    hole.listen(64)
    return hole


if __name__ == "__main__":
    main()
