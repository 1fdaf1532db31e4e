"""The first page for each person, help, and one's own account."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import render
from django.urls import include, path
from django.views.decorators.http import require_safe

from annotate import permissions
from judgments import withdrawal
from judgments.models import Assignment, Item, Participant, Study, User

STUDIES_A_PAGE = 20


@dataclass(frozen=True)
class Progress:
    """How far a study has come: judgments of first readings, of those wanted (None when none are asked for)."""

    study: Study
    items: int
    judgments: int
    wanted: int | None


@require_safe
def home(request):
    """What this person reads and researches; for a stranger, what this is and how to come in."""
    if not request.user.is_authenticated:
        return render(request, "home/welcome.html")
    researched = Paginator(_researched(request.user), STUDIES_A_PAGE).get_page(request.GET.get("page"))
    page = {
        "reading": _reading(request.user),
        "studies": researched,
        "research": [_progress(study) for study in researched],
        "sets_up": permissions.is_admin(request.user),
    }
    return render(request, "home/home.html", page)


@require_safe
def help_page(request):
    return render(request, "home/help.html")


@login_required
@require_safe
def account(request):
    hears = Study.objects.kept().filter(care_contact=request.user).exists()
    return render(request, "home/account.html", {"reading": _reading(request.user), "hears": hears})


def _reading(user: User) -> QuerySet[Participant]:
    """This person's places in studies, each with how much they have read there."""
    places = Participant.objects.filter(user=user, study__discarded_at__isnull=True)
    return places.select_related("study").annotate(read=_count_of(_judged(), "participant")).order_by("-joined_at")


def _researched(user: User) -> QuerySet[Study]:
    """Studies whose results this person may see, with their counts, newest first."""
    items = Item.objects.kept().filter(purpose=Item.Purpose.MAIN)
    studies = Study.objects.researched_by(user).order_by("-created_at", "-pk")
    return studies.annotate(items_kept=_count_of(items), judged=_count_of(_judged()))


def _judged() -> QuerySet[Assignment]:
    """What was read and not taken back."""
    return withdrawal.standing(Assignment.objects.filter(state=Assignment.State.JUDGED))


def _count_of(rows: QuerySet, owner: str = "study") -> Coalesce:
    counted = rows.filter(**{owner: OuterRef("pk")}).order_by().values(owner).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _progress(study: Study) -> Progress:
    own = study.origin == Study.Origin.OWN
    wanted = study.items_kept * study.judgments_wanted if own else None
    return Progress(study=study, items=study.items_kept, judgments=study.judged, wanted=wanted)


# No namespace: the settings send people "home" after signing in and out.
urlpatterns = [
    path("", home, name="home"),
    path("help/", help_page, name="help"),
    path("you/", account, name="account"),
    path("welcome/", include("annotate.views.welcome")),
]
