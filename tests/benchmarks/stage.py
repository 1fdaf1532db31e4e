"""Where benchmarks run: a database of its own on either engine, gone afterwards, and large studies to put there."""

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
ENGINES = ("postgresql", "sqlite")


@contextmanager
def engine(name: str) -> Iterator[None]:
    """A migrated, empty database of this engine as the default one."""
    import django

    django.setup()
    from tests.support import crowd, engines, postgres

    if name == "postgresql" and postgres.binaries() is None:
        raise SystemExit("PostgreSQL is not installed; see DISSENSUS_TEST_POSTGRES.")
    stage = engines.Stage(0)
    try:
        with stage.clone(name) as database:
            crowd.without_time_limits(database)  # Filling it is not what is measured.
            with engines.using(database):
                yield
    finally:
        stage.stop()


def memory_mb() -> float:
    """The most memory this process has used so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(act) -> tuple[float, object]:
    """How many seconds it took, and what it gave."""
    begun = time.perf_counter()
    found = act()
    return time.perf_counter() - begun, found


def crowding() -> str:
    """How much else the machine does: seconds are those of a wall clock, and grow with it."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"


def large_study(n_ratings: int, *, n_dimensions: int = 6, per_item: int = 12, n_readers: int = 500):
    """A study whose judgments are rows alone: `per_item` readers an item, five ordinal points a dimension.

    Items have a place of their own and people a level of their own, so that the findings are not noise alone.
    """
    from django.db import transaction

    from judgments import models, rubrics
    from judgments.importing import bulk
    from tests import factories

    rng = np.random.default_rng(7)
    n_judgments = n_ratings // n_dimensions
    n_items = n_judgments // per_item
    words = {
        "dimensions": [
            {"slug": f"d{n}", "kind": "degree", "level": "ordinal", "title": f"Depth {n}", "question": "How deep?",
             "points": factories.points(["Not at all", "Slightly", "To some depth", "Deeply", "Very deeply"])}
            for n in range(n_dimensions)
        ]
    }  # fmt: skip
    rubric = models.Rubric.objects.create(slug=f"bench-{n_ratings}", title="Bench")
    version = rubrics.publish(rubrics.build(rubric, factories.wording() | words), actor=None, now=factories.NOW)
    study = factories.make_study(f"bench-{n_ratings}", version=version)
    readers = [factories.make_participant(study).pk for _ in range(n_readers)]
    for row, reader in enumerate(models.Participant.objects.filter(pk__in=readers)):
        factories.make_background(reader, "work", ("nurse", "clerk", "teacher", "farmer")[row % 4])
    with transaction.atomic():
        _insert_judgments(study, readers, n_items, per_item, rng, bulk, models, factories.NOW)
    bulk.take_stock(models.Item, models.Assignment, models.Judgment, models.Rating)
    return study


def _insert_judgments(study, readers, n_items, per_item, rng, bulk, models, now) -> None:
    from uuid import UUID

    scenario = models.Scenario.objects.create(study=study, messages=[], digest="bench", title="Bench")
    uids = (UUID(bytes=rng.bytes(16)) for _ in iter(int, 1))
    items = bulk.reserve(models.Item, n_items)
    bulk.insert(
        models.Item, ("id", "uid", "external_id", "number", "digest"),
        ((pk, next(uids), f"item-{row}", row, f"digest-{row}") for row, pk in enumerate(items)),
        study_id=study.pk, scenario_id=scenario.pk, created_at=now,
    )  # fmt: skip
    n = len(items) * per_item
    item = np.repeat(np.array(items), per_item).tolist()
    who = np.concatenate([rng.permutation(len(readers))[:per_item] for _ in items])
    reader = np.array(readers)[who].tolist()
    assignments, judgments = bulk.reserve(models.Assignment, n), bulk.reserve(models.Judgment, n)
    bulk.insert(
        models.Assignment, ("id", "uid", "item_id", "participant_id"),
        ((pk, next(uids), *pair) for pk, *pair in zip(assignments, item, reader, strict=True)),
        study_id=study.pk, rubric_version_id=study.rubric_version_id, position=0, reason="bench",
        state="judged", offered_at=now,
    )  # fmt: skip
    bulk.insert(
        models.Judgment, ("id", "uid", "key", "assignment_id", "item_id", "participant_id"),
        ((pk, next(uids), next(uids), *rest) for pk, *rest in zip(judgments, assignments, item, reader, strict=True)),
        study_id=study.pk, rubric_version_id=study.rubric_version_id, occasion=0, created_at=now,
        answers_digest="bench",
    )  # fmt: skip
    place = np.repeat(rng.normal(size=len(items)), per_item) + 0.6 * rng.normal(size=len(readers))[who]
    for dimension in study.rubric_version.dimensions.order_by("position"):
        point = np.clip(np.round(3 + place + rng.normal(size=n)), 1, 5).tolist()
        bulk.insert(
            models.Rating, ("judgment_id", "point"), zip(judgments, point, strict=True),
            dimension_id=dimension.pk, form="point",
        )  # fmt: skip
