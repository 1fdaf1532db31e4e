"""How long a history takes to verify: `python -m tests.benchmarks.history [EVENTS]`, on SQLite."""

import sys
import time

from tests.support.running import Ground


def main(count: int) -> None:
    ground = Ground("sqlite")
    try:
        ground.set_up()
        from django.utils import timezone

        from judgments import audit, canonical
        from judgments.models import ChainHead, Event

        now, previous, rows = timezone.now(), audit.ZERO, []
        facts = {"answers": "a" * 64, "participant": "p" * 36, "item": "i" * 36, "revision": 0, "status": "counted"}
        for number in range(1, count + 1):
            columns = {"chain": audit.SITE, "number": number, "kind": "judged", "subject": f"{number}", "actor": None}
            body = canonical.dumps(columns | {"at": audit.stamp(now), "facts": facts})
            own = audit.link(previous, body)
            rows.append(Event(at=now, body=body, previous=previous, hash=own, **(columns | {"actor": None})))
            previous = own
            if len(rows) == 10_000 or number == count:
                Event.objects.bulk_create(rows)
                rows = []
        ChainHead.objects.update_or_create(chain=audit.SITE, defaults={"number": count, "hash": previous})
        began = time.perf_counter()
        assert list(audit.verify(audit.SITE)) == []
        print(f"{count:,} events verified in {time.perf_counter() - began:.1f} s")
    finally:
        ground.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
