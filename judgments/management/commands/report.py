"""Print what a study shows: for people as text, for programs as JSON."""

import orjson
from django.core.management.base import BaseCommand, CommandError

from judgments import reports
from judgments.models import Study
from judgments.reports import wording


class Command(BaseCommand):
    help = "Print what a study shows: answers, agreement with its interval, cohorts, items."

    def add_arguments(self, parser):
        parser.add_argument("study", help="The study's address, such as field-study.")
        parser.add_argument("--json", action="store_true", help="Everything, for programs.")
        parser.add_argument("--subset", help="Only one of the subsets that the study names.")
        parser.add_argument(
            "--section", action="append", default=[], metavar="NAME",
            help=f"More than that; may be given again. all, or one of {', '.join(reports.SECTIONS)}.",
        )  # fmt: skip

    def handle(self, *, study: str, subset: str | None, section: list[str], **options):
        found = _study(study)
        try:
            if options["json"]:
                plain = reports.report(found, subset, section)
                self.stdout.write(orjson.dumps(plain, option=orjson.OPT_INDENT_2).decode())
            elif section:
                self.stdout.write("\n".join(wording.lines(reports.sections_of(found, subset, section))))
            else:
                self.stdout.write("\n".join(_text(found, subset)))
        except (reports.UnknownSubset, reports.UnknownSection) as error:
            raise CommandError(str(error)) from None


def _study(slug: str) -> Study:
    found = Study.objects.kept().filter(slug=slug).first()
    if found is None:
        slugs = ", ".join(Study.objects.kept().order_by("slug").values_list("slug", flat=True))
        raise CommandError(f"There is no study {slug!r}. There are: {slugs or 'none yet'}.")
    return found


def _text(study: Study, subset: str | None) -> list[str]:
    seen = reports.overview(study, subset)
    by_cohort = {found.dimension: found for found in reports.cohorts(study, subset)}
    lines = [f"{study.title} ({study.slug})" + (f", subset {subset}" if subset else "")]
    lines += [" · ".join(part for part in (study.licence, study.attribution) if part)] if study.licence else []
    lines.append(f"{seen.n_readers:,} readers · {seen.n_items:,} items · {seen.n_judgments:,} judgments")
    for finding in seen.dimensions:
        lines += ["", *_dimension(finding), *_cohorts(by_cohort[finding.dimension.name])]
    return lines


def _dimension(finding: reports.DimensionFinding) -> list[str]:
    forms, dimension = finding.forms, finding.dimension
    words = {point.code: point.text for point in dimension.points}
    lines = [f"{dimension.title} ({dimension.name}, {dimension.level})"]
    lines += [
        f"  {n:>8,}  {words.get(place, place)}" for place, n in zip(dimension.places, finding.counts, strict=True)
    ]
    reasons = "".join(f", {reason} {n:,}" for reason, n in forms.reasons.items())
    lines.append(
        f"  of {forms.n:,} answers: point {forms.counts['point']:,}, range {forms.counts['range']:,}, "
        f"both ways {forms.counts['both']:,}, not this {forms.counts['none']:,}{reasons}"
    )
    beside = {"left open": finding.left_open, "repeats": finding.repeats, "surplus": finding.surplus,
              "earlier revisions": finding.revised}  # fmt: skip
    if any(beside.values()):
        lines.append("  beside these: " + ", ".join(f"{name} {n:,}" for name, n in beside.items() if n))
    return lines + [f"  alpha, {metric}: {_estimate(found)}" for metric, found in finding.alpha.items()]


def _estimate(found) -> str:
    rests_on = f"{found.n_ratings:,} ratings, {found.n_items:,} items, {found.n_annotators:,} annotators"
    if found.value != found.value:  # nan
        return f"not defined ({rests_on}). {found.notes[0]}"
    if found.low is None:
        return f"{found.value:.4f}, no interval ({rests_on}). {found.notes[0]}"
    return f"{found.value:.4f}, {found.level:.0%} interval {found.low:.4f} to {found.high:.4f} ({rests_on})"


def _cohorts(found: reports.DimensionCohorts) -> list[str]:
    lines = []
    for by in found.facets:
        lines.append(f"  inside each group by {by.name}, alpha {found.metric}:")
        for group in by.groups:
            size = f"{group.name}, {group.n_annotators} annotators"
            said = "too few to say more" if group.suppressed else _estimate(group.alpha[found.metric])
            lines.append(f"    {size}: {said}")
    return lines
