"""One practice item: the same questions and the same page parts as in earnest. Nothing of it is kept."""

import json
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotate import permissions
from annotate.forms.judging import Question
from annotate.forms.posted import Unread, kinder, read
from annotate.forms.words import spoken
from annotate.views.judging.page import around
from annotate.views.texts import SPEAKERS, Text, responses_of, turns_of
from judgments.answers import from_plain, unfit
from judgments.errors import AnswersUnfit
from judgments.models import Assignment, Dimension, Form, Item, Participant
from judgments.rubrics import FORMS_BESIDE_POINT

QUESTIONS = 2
"""One to try a range on, one to try both ways."""
BUILT_IN = (
    "My neighbour has baked me a cake for my birthday. I do not like cake. What do I say when she asks how it was?",
    "Thank her for the thought first; that part is true, and it is what she will remember.\n\n"
    "If she asks, you could say that it was kind of her and that your guests enjoyed it. You do not owe anyone a "
    "report on a cake.\n\n"
    "Next year, tell her early that flowers make you happier. She would rather know.",
)
"""The practice text where a study has none of its own. CC0."""


@dataclass(frozen=True)
class Tried:
    """Whether a page used what the practice is about."""

    range: bool
    both: bool
    mark: bool

    @property
    def all(self) -> bool:
        return self.range and self.both and self.mark


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def practice(request, slug):
    participant = permissions.participant_for(request.user, slug)
    dimensions = _dimensions(participant)
    if not dimensions:
        return redirect("judging:queue", slug)
    if request.method != "POST":
        return _page(request, participant, dimensions, {}, {})
    given, problems = _read(request.POST, dimensions)
    if problems:
        return _page(request, participant, dimensions, given, problems, status=422)
    answers = from_plain(given)
    forms = {answer.form for answer in answers.ratings.values()}
    page = {
        "study": participant.study,
        "tried": Tried(Form.RANGE in forms, Form.BOTH in forms, bool(answers.marks)),
        "said": [
            (dimension.title, spoken(answers.ratings[dimension.slug], dimension))
            for dimension in dimensions
            if dimension.slug in answers.ratings
        ],
        "marks": len(answers.marks),
    }
    return render(request, "part/practised.html", page)


def _dimensions(participant: Participant) -> list[Dimension]:
    """Two questions of the study that can be answered all four ways; of any kind where there are not two."""
    version = participant.study.rubric_version
    if version is None:
        return []
    found = list(version.dimensions.prefetch_related("points").order_by("position", "pk"))
    return [dimension for dimension in found if dimension.kind in FORMS_BESIDE_POINT][:QUESTIONS]


def _read(data, dimensions: list[Dimension]) -> tuple[dict, dict[str, str]]:
    """The posted page in the plain form, and what is wrong with it by question."""
    try:
        given = read(data, dimensions)
    except Unread as error:
        return error.plain, dict(error.problems)
    try:
        answers = from_plain(given)
    except AnswersUnfit as error:
        return given, error.problems
    found = {
        dimension.slug: kinder(why, given["ratings"].get(dimension.slug))
        for dimension in dimensions
        if dimension.slug in answers.ratings and (why := unfit(answers.ratings[dimension.slug], dimension))
    }
    return given, found


def _page(request, participant, dimensions, given, problems, status=200):
    ratings = given.get("ratings", {})
    questions = [
        Question(dimension, ratings.get(dimension.slug) or {}, problems.get(dimension.slug, ""))
        for dimension in dimensions
    ]
    turns, responses, title = _texts(participant)
    page = {
        "study": participant.study,
        "title": title,
        "turns": turns,
        "responses": responses,
        "questions": questions,
        "tags": [tag.text for tag in participant.study.rubric_version.tags.all()],
        "marks_json": json.dumps(given.get("marks", []), ensure_ascii=False),
        "problems": problems,
    } | around(request, participant.study)
    return render(request, "part/practice.html", page, status=status)


def _texts(participant: Participant) -> tuple[list[Text], list[Text], str]:
    """The study's own practice item, else the built-in text."""
    items = participant.study.items.kept().filter(purpose=Item.Purpose.PRACTICE)
    item = items.select_related("scenario").order_by("number").first()
    if item is not None:
        shown = Assignment(item=item, study=participant.study)
        return turns_of(shown), responses_of(shown), item.scenario.title
    person, model = BUILT_IN
    return (
        [Text("turn-0", f"{SPEAKERS['person']}, 1", SPEAKERS["person"], "en", "turn", "0", person)],
        [Text("response-0", SPEAKERS["model"], SPEAKERS["model"], "en", "response", "practice", model)],
        _("The cake"),
    )
