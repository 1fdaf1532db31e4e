"""The questions of one item as HTML. Untouched questions of a published rubric are drawn once for everybody."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from annotate.forms.judging import JudgingForm, Question, key_for
from annotate.views.texts import latest_of
from judgments import submission
from judgments.models import Assignment, Draft, Judgment, Kind

_drawn: dict[tuple, SafeString] = {}
_MOST_DRAWN = 5_000


def questions_html(
    request, assignment: Assignment, *, form: JudgingForm | None = None, latest=None, draft=None
) -> str:
    """Everything below “Your judgment”: the form with what was answered so far, drawn for this person."""
    form = form or JudgingForm(assignment, given=given_of(draft, latest))
    context = {
        "assignment": assignment,
        "study": assignment.study,
        "form": form,
        "questions": mark_safe("".join(map(_drawer(assignment), form.questions))),  # noqa: S308 — all from templates
        "key": key_for(assignment, 0 if latest is None else latest.revision + 1),
        "supersedes": latest,
        "draft_revision": draft.revision if draft else 0,
        "now_in_draft": draft is not None,
    }
    return render_to_string("judging/_form.html", context, request=request)


def questions_of(request, assignment: Assignment) -> str:
    """The same for an assignment of which nothing is at hand yet."""
    latest, draft = latest_of(assignment), Draft.objects.filter(assignment=assignment).first()
    return questions_html(request, assignment, latest=latest, draft=draft)


def given_of(draft: Draft | None, latest: Judgment | None) -> dict:
    """What the page starts from: the draft, else the judgment to be revised, else nothing."""
    if draft is not None:
        return draft.answers if isinstance(draft.answers, dict) else {}
    return submission.answers_of(latest).plain() if latest is not None else {}


def _drawer(assignment: Assignment):
    version = assignment.rubric_version

    def draw(question: Question) -> SafeString:
        # A comparison is worded by the sides this person sees, and a draft can still change: those are drawn anew.
        if question.given or question.problem or not version.is_published or question.kind == Kind.COMPARE:
            return _draw(question)
        key = (version.digest, question.slug, get_language())
        if key not in _drawn:
            if len(_drawn) >= _MOST_DRAWN:
                _drawn.clear()
            _drawn[key] = _draw(question)
        return _drawn[key]

    return draw


def _draw(question: Question) -> SafeString:
    return render_to_string("judging/_question.html", {"question": question})
