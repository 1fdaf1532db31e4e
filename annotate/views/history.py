"""Looking back: what a person has read and said, then and now side by side, and taking something back."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Max, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from annotate import permissions
from annotate.forms.words import SETTLED, summary
from annotate.views.texts import responses_of, turns_of
from judgments import stands, submission, withdrawal
from judgments.errors import TooLate
from judgments.models import Assignment, Judgment, Mark, Participant, Stand, Withdrawal

A_PAGE = 60
FILTERS = ("all", "changed", "noted")


def judged(request, assignment: Assignment, latest: Judgment) -> HttpResponse:
    """One item that was read. What was said then is shown when asked for."""
    if withdrawal.is_withdrawn(assignment):
        return render(request, "history/withdrawn.html", {"assignment": assignment, "study": assignment.study})
    context = {
        "assignment": assignment,
        "study": assignment.study,
        "latest": latest,
        "said": summary(submission.answers_of(latest), assignment),
        "turns": turns_of(assignment),
        "responses": responses_of(assignment),
        "can_go_on": assignment.study.is_open,
        "can_take_back": withdrawal.is_open(assignment.study, now=timezone.now()),
    }
    return render(request, "history/judged.html", context)


# The list -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """One item of the history. assignment: its latest occasion, with `revisions` and `said_at`."""

    assignment: Assignment
    settled: str
    forms: str
    marks: int
    taken_back: bool


@login_required
@require_GET
@never_cache
def history(request, slug):
    participant = permissions.participant_for(request.user, slug)
    chosen = request.GET.get("show", "all")
    chosen = chosen if chosen in FILTERS else "all"
    page = Paginator(_read_by(participant, chosen), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "study": participant.study,
        "page": page,
        "entries": _entries(participant, list(page)),
        "chosen": chosen,
        "filters": [("all", _("all")), ("changed", _("changed")), ("noted", _("noted"))],
        "pairs": pairs_to_settle(participant) if page.number == 1 and chosen == "all" else [],
    }
    return render(request, "history/history.html", context)


def _read_by(participant: Participant, chosen: str):
    read = participant.assignments.filter(state=Assignment.State.JUDGED).select_related("item__scenario")
    rows = read.annotate(revisions=Count("judgments"), said_at=Max("judgments__created_at"))
    if chosen == "changed":
        rows = rows.filter(revisions__gt=1)
    if chosen == "noted":
        written = Judgment.objects.filter(participant=participant)
        rows = rows.filter(
            Q(pk__in=written.exclude(rationale_digest="").values("assignment"))
            | Q(pk__in=written.filter(marks__isnull=False).values("assignment"))
        )
    return rows.order_by("-said_at", "-pk")


def _entries(participant: Participant, rows: list[Assignment]) -> list[Entry]:
    pks = [row.pk for row in rows]
    latest = {one.assignment_id: one for one in Judgment.objects.filter(assignment__in=pks).order_by("revision")}
    standing = Mark.objects.filter(judgment__assignment__in=pks, retracts__isnull=True, retracted_by__isnull=True)
    marks = dict(standing.order_by().values_list("judgment__assignment").annotate(n=Count("pk")))
    both = Judgment.objects.filter(pk__in=[one.pk for one in latest.values()], ratings__form="both")
    torn = dict(both.order_by().values_list("assignment").annotate(n=Count("ratings")))
    gone = _taken_back(participant)
    return [
        Entry(
            assignment=row,
            settled=SETTLED.get(latest[row.pk].settled, ""),
            forms=_("both ways on %d") % torn[row.pk] if row.pk in torn else "",
            marks=marks.get(row.pk, 0),
            taken_back=None in gone or row.item_id in gone,
        )
        for row in rows
    ]


def _taken_back(participant: Participant) -> set[int | None]:
    """Items taken out by this person; None among them: all."""
    rows = participant.withdrawals.filter(scope__in=Withdrawal.OF_JUDGMENTS)
    return set(rows.values_list("item_id", flat=True))


# Then and now -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """The same item judged twice by the same person; `lines`: question, what was said then, what now."""

    earlier: Judgment
    later: Judgment
    stand: str

    @property
    def lines(self) -> list[tuple[str, str, str]]:
        then, now = (dict(summary(submission.answers_of(one), one.assignment)) for one in (self.earlier, self.later))
        return [(title, then.get(title, "–"), now.get(title, "–")) for title in {**then, **now}]


def _pairs(participant: Participant) -> list[tuple[Judgment, Judgment]]:
    """Each occasion after the first with the one before it, both as they stand now; nothing taken back."""
    again = Judgment.objects.filter(participant=participant, occasion__gt=0, superseded_by__isnull=True)
    found = Judgment.objects.filter(
        participant=participant, superseded_by__isnull=True, item__in=again.values("item")
    ).select_related("assignment__rubric_version", "assignment__item__scenario", "item__scenario")
    gone = _taken_back(participant)
    by_place = {(one.item_id, one.occasion): one for one in found}
    return [
        (by_place[item, occasion - 1], one)
        for (item, occasion), one in sorted(by_place.items(), key=lambda place: -place[1].pk)
        if (item, occasion - 1) in by_place and gone.isdisjoint({None, item})
    ]


def pairs_to_settle(participant: Participant) -> list[Pair]:
    """Items judged twice of which the person has not said which judgment they would stand by."""
    said = set(participant.stands.values_list("earlier", "later"))
    return [Pair(then, now, "") for then, now in _pairs(participant) if (then.pk, now.pk) not in said]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def then_and_now(request, uid):
    """One item judged twice, and which of the two its author would stand by."""
    assignment = permissions.assignment_for(request.user, uid)
    pair = next((pair for pair in _pairs(assignment.participant) if pair[1].assignment_id == assignment.pk), None)
    if pair is None:
        raise Http404("There is no such pair for you.")
    then, now = pair
    if request.method == "POST":
        choice = request.POST.get("stand", "")
        if choice not in Stand.Choice.values:
            return _pair_page(request, assignment, then, now, status=422)
        stands.stand_by(then, now, choice, actor=request.user, now=timezone.now())
        messages.success(request, _("Kept. You can look at it again, and think otherwise."))
        return redirect("judging:history", assignment.study.slug)
    return _pair_page(request, assignment, then, now)


def _pair_page(request, assignment, then, now, status=200):
    said = Stand.objects.filter(earlier=then, later=now).order_by("-pk").first()
    page = {
        "study": assignment.study,
        "assignment": assignment,
        "pair": Pair(then, now, said.choice if said else ""),
        "choices": Stand.Choice.choices,
        "problem": status == 422,
    }
    return render(request, "history/pair.html", page, status=status)


# Taking back --------------------------------------------------------------------------------------


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_out(request, uid):
    """Take one item out of the study, after being told what has left already."""
    assignment = permissions.assignment_for(request.user, uid)
    if not assignment.judgments.exists():
        raise Http404("There is nothing of yours to take out.")
    participant, now = assignment.participant, timezone.now()
    if request.method == "POST":
        try:
            withdrawal.withdraw_item(participant, assignment.item, actor=request.user, now=now)
        except TooLate:
            return _take_out_page(request, assignment, now, status=409)
        messages.success(request, _("Taken out. What you wrote about it is erased."))
        return redirect("judging:history", assignment.study.slug)
    return _take_out_page(request, assignment, now)


def _take_out_page(request, assignment, now, status=200):
    page = {
        "study": assignment.study,
        "assignment": assignment,
        "can_take_back": withdrawal.is_open(assignment.study, now=now),
        "released": list(withdrawal.released_with(assignment.participant)),
    }
    return render(request, "history/take_out.html", page, status=status)


app_name = "history"
urlpatterns = [
    path("items/<uuid:uid>/then-and-now/", then_and_now, name="pair"),
    path("items/<uuid:uid>/take-out/", take_out, name="take_out"),
]
