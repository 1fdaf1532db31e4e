"""How long the pages of one study's results take, on the engine of DATABASE_URL.

    python -m tests.benchmarks.results_pages [STUDY] [--times N]

STUDY must have been brought in before (`manage.py import_judgments judgments/mappings/dices350.toml`). The
first request of each page is cold: nothing read into memory, no findings kept. What the script writes, an
account and its session, is rolled back.
"""

import argparse
import os
import time

import django

BARS_MS = {"overview": 600, "items": 600, "item": 300}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", nargs="?", default="dices350")
    parser.add_argument("--times", type=int, default=40)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotate.settings")
    os.environ.setdefault("DISSENSUS_DEBUG", "1")  # Static files as they lie in the source.
    django.setup()
    measure(asked.study, asked.times)


def measure(slug: str, times: int) -> None:
    """Print what each page of the study costs; nothing stays behind."""
    from django.conf import settings
    from django.db import connection, transaction
    from django.test import override_settings

    own = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "benchmark"}
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with (
        override_settings(
            DEBUG=False,
            CACHES={**settings.CACHES, "findings": own},
            STORAGES={**settings.STORAGES, "staticfiles": plain},
        ),
        transaction.atomic(),
    ):
        print(f"{slug} on {connection.vendor}, {times} times each")
        _measure(slug, times)
        transaction.set_rollback(True)


def _measure(slug: str, times: int) -> None:
    from django.test import Client
    from django.urls import reverse

    from judgments.models import Item, Study, User

    study = Study.objects.kept().filter(slug=slug).first()
    if study is None:
        raise SystemExit(f"There is no study {slug!r} here; bring it in first.")
    items = list(Item.objects.kept().filter(study=study).order_by("number").values_list("uid", flat=True))
    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.create_user("benchmark of pages", is_staff=True, is_superuser=True))

    print(f"{'page':10} {'cold ms':>8} {'p50 ms':>8} {'p95 ms':>8} {'queries':>8} {'kB':>7} {'bar ms':>7}")
    pages = {
        "overview": [reverse("results:overview", args=[slug])],
        "items": [reverse("results:items", args=[slug])],
        "item": [reverse("results:item", args=[slug, uid]) for uid in items[: times + 1]],
    }
    for name, addresses in pages.items():
        _print_page(client, name, addresses, times)
    _print_table(client, reverse("results:ratings", args=[slug]))


def _print_page(client, name: str, addresses: list[str], times: int) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    took, response = [], None
    for n in range(times + 1):
        begun = time.perf_counter()
        response = client.get(addresses[n % len(addresses)])
        took.append((time.perf_counter() - begun) * 1000)
        assert response.status_code == 200, (addresses[n % len(addresses)], response.status_code)
    with CaptureQueriesContext(connection) as queries:
        client.get(addresses[0])
    cold, warm = took[0], sorted(took[1:])
    p50, p95 = warm[len(warm) // 2], warm[min(len(warm) - 1, round(len(warm) * 0.95))]
    size = len(response.content) / 1000
    print(f"{name:10} {cold:8.0f} {p50:8.0f} {p95:8.0f} {len(queries):8} {size:7.0f} {BARS_MS[name]:7}")


def _print_table(client, address: str) -> None:
    begun = time.perf_counter()
    lines = iter(client.get(address).streaming_content)
    next(lines)
    first_rows, size = next(lines), 0
    first = (time.perf_counter() - begun) * 1000
    size = len(first_rows) + sum(map(len, lines))
    whole = (time.perf_counter() - begun) * 1000
    print(f"ratings.csv: first rows after {first:.0f} ms, {size / 1e6:.1f} MB after {whole:.0f} ms")


if __name__ == "__main__":
    main()
