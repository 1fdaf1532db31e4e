"""What a design yields, before anyone is invited."""

import math
import statistics

import numpy as np
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from judgments import design
from judgments.models import Study
from judgments.simulation import Yield, simulate


class Command(BaseCommand):
    help = "Let invented people read a study by its own design, print what it yields, and keep nothing of it."

    def add_arguments(self, parser):
        parser.add_argument("study", metavar="STUDY")
        parser.add_argument("--people", type=int, default=30, help="how many take part (30)")
        parser.add_argument("--per-day", type=float, default=10, help="items a person reads on a day, about (10)")
        parser.add_argument("--minutes", type=float, default=2.5, help="minutes an item (2.5)")
        parser.add_argument("--days", type=int, default=60, help="days looked ahead (60)")
        parser.add_argument(
            "--cohort", action="append", default=[], type=_cohort, metavar="ANSWER=SHARE",
            help="share of the people who give this answer to the quotas' question; once for each answer",
        )  # fmt: skip
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args, **asked):
        study = Study.objects.kept().filter(slug=asked["study"]).first()
        if study is None:
            raise CommandError(f"There is no study {asked['study']!r}.")
        if study.rubric_version is None:
            raise CommandError("The study has no rubric version yet: choose a published one.")
        if found := design.problems(study):
            raise CommandError(" ".join(found))
        cohorts = dict(asked["cohort"])
        if cohorts and not math.isclose(sum(cohorts.values()), 1):
            raise CommandError("The shares of the cohorts add up to 1.")
        outcome = simulate(
            study, people=asked["people"], cohorts=cohorts, per_day=asked["per_day"], minutes=asked["minutes"],
            days=asked["days"], now=timezone.now(), rng=np.random.default_rng(asked["seed"]),
        )  # fmt: skip
        for line in _lines(outcome):
            self.stdout.write(line)


def _cohort(text: str) -> tuple[str, float]:
    answer, _, share = text.rpartition("=")
    return answer, float(share)


def _lines(found: Yield) -> list[str]:
    total = found.items * found.wanted
    lines = [
        f"{found.items} items, {found.wanted} judgments wanted of each, {found.people} people",
        f"judgments        {found.counted} of {total}",
        f"per item         {_spread(found.per_item)}",
        f"per person       {_spread(found.per_person)}",
        f"beside them      {found.kinds['repeat']} repeats, {found.kinds['anchor']} anchors",
    ]
    if set(found.cohorts) != {""}:
        by_cohort = ", ".join(f"{name or 'everybody'} {n}" for name, n in sorted(found.cohorts.items()))
        lines.append(f"places by cohort {by_cohort}")
    if found.sides:
        lines.append(f"sides            first one left in {found.left_first} of {found.sides}")
    lines.append(f"families         {found.families_too_near} offers nearer than the design asks")
    lines.append(f"propensity       {found.propensity_low:.4g} to {found.propensity_high:.4g}")
    ends = "not all of them in these days" if math.isnan(found.days) else f"all wanted after {found.days:.1f} days"
    return [*lines, f"finishing        {ends}"]


def _spread(counts: list[int]) -> str:
    if not counts:
        return "none"
    return f"{counts[0]} to {counts[-1]}, median {statistics.median(counts):g}"
