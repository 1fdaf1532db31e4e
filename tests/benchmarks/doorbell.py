"""How long asking for a job takes while Redis is away: `python -m tests.benchmarks.doorbell`.

A request asks for jobs, so it must not wait for a broker that refuses, or that takes the call and is silent.
"""

import os
import socket
import tempfile
import time

os.environ["DISSENSUS_DATA"] = tempfile.mkdtemp(prefix="dissensus-bench-")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotate.settings")
os.environ.setdefault("DISSENSUS_LOG", "ERROR")

BAR_MS, TIMES = 1_500, 5


def main() -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import transaction
    from django.utils import timezone

    from judgments import jobs

    def ask() -> float:
        began = time.perf_counter()
        with transaction.atomic():
            jobs.enqueue("release", {"n": time.time_ns()}, study=None, asked_by=None, now=timezone.now())
        return (time.perf_counter() - began) * 1000

    call_command("migrate", verbosity=0)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(8)
        for broker, address in {
            "none": "",
            "refused": "redis://127.0.0.1:1/0",
            "silent": f"redis://127.0.0.1:{silent.getsockname()[1]}/0",
        }.items():
            settings.REDIS_URL = address
            ask()  # The first one imports Celery.
            print(
                f"broker {broker:8} slowest of {TIMES}: {max(ask() for _ in range(TIMES)):6.0f} ms   bar {BAR_MS} ms"
            )


if __name__ == "__main__":
    main()
