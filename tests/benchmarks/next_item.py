"""What the next item costs: in studies of a thousand to a million items, and for people who have read much.

    python -m tests.benchmarks.next_item [--engine postgresql|sqlite] [--items 1000 10000 100000 1000000] [--times 60]

A claim is what a person waits for: everything from the lock on their row to the assignment, in a transaction
that is rolled back. Then the same where all but a thousand items are full.
"""

import argparse
import random
import statistics
import time
import uuid

from tests.support.running import Ground

READ = (0, 100, 10_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--items", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--times", type=int, default=60)
    asked = parser.parse_args()
    ground = Ground(asked.engine)
    try:
        ground.set_up()
        _measure(asked)
    finally:
        ground.stop()


def _measure(asked) -> None:
    from django.db import connection

    from judgments.assignment import agree_with_design
    from judgments.models import Item
    from tests.support import reading_room

    print(f"{asked.engine}, {asked.times} claims each, p50 / p95 in ms")
    print(f"{'items':>9} " + " ".join(f"{f'{read:,} read':>14}" for read in READ) + f" {'nearly full':>14}")
    for count in asked.items:
        study, _ = reading_room.make_study(items=count, wanted=12)
        agree_with_design(study)
        readers = [_reader(study, read) if read < count else None for read in READ]
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        cells = [_claims(study, reader, asked.times) if reader else "-" for reader in readers]
        full = Item.objects.filter(study=study).exclude(number__range=(count // 3, count // 3 + 999))
        full.update(slots_made=study.judgments_wanted)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        cells.append(_claims(study, _reader(study, 0), asked.times))
        print(f"{count:9,} " + " ".join(f"{cell:>14}" for cell in cells), flush=True)


def _reader(study, read: int):
    """Somebody who has judged so many items already, drawn from all of them."""
    from django.utils import timezone

    from judgments.models import Assignment, Item, Participant, User

    now = timezone.now()
    user = User.objects.create(username=uuid.uuid4().hex)
    reader = Participant.objects.create(study=study, user=user, code_name=user.username, joined_at=now)
    items = list(Item.objects.filter(study=study).order_by("number").values_list("pk", flat=True)) if read else []
    items = random.Random(read).sample(items, read)
    same = {"study": study, "participant": reader, "rubric_version": study.rubric_version, "offered_at": now}
    rows = [
        Assignment(item_id=pk, position=position, state="judged", reason="benchmark", **same)
        for position, pk in enumerate(items)
    ]
    Assignment.objects.bulk_create(rows, batch_size=2_000)
    return reader


def _claims(study, reader, times: int) -> str:
    from django.db import transaction
    from django.utils import timezone

    from judgments.assignment import next_assignment

    took = []
    for number in range(times + 3):
        study.seed = f"{number:064}"
        study.save(update_fields=["seed"])
        with transaction.atomic():
            began = time.perf_counter()
            assert next_assignment(reader, now=timezone.now()) is not None
            took.append(1_000 * (time.perf_counter() - began))
            transaction.set_rollback(True)
    took = sorted(took[3:])
    return f"{statistics.median(took):.1f} / {took[int(0.95 * (len(took) - 1))]:.1f}"


if __name__ == "__main__":
    main()
