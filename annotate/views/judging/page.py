"""The judging page: the texts, and beside them the first reading or the questions."""

import json
from functools import lru_cache

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from annotate import permissions
from annotate.forms.judging import JudgingForm
from annotate.forms.reader import ACTIONS, CHOICES, SWITCHES, settings_of
from annotate.views.judging.questions import questions_html
from annotate.views.judging.scripts import script_address
from annotate.views.judging.words import words_for_scripts
from annotate.views.texts import latest_of, responses_of, turns_of
from judgments import canonical, first_readings, sittings
from judgments.models import Assignment, Draft


def page(
    request, assignment, *, form: JudgingForm | None = None, latest=None, draft=None, status=200, notice="",
    unkept="", asks_first=None,
) -> HttpResponse:  # fmt: skip
    """unkept: words that could not be kept, so that they can be copied. asks_first: for a page made ahead."""
    if asks_first is None:
        asks_first = latest is None and form is None and first_readings.is_wanted(assignment)
    context = {
        "assignment": assignment,
        "study": assignment.study,
        "turns": turns_of(assignment),
        "responses": responses_of(assignment),
        "asks_first": asks_first,
        **(_begun(draft) if asks_first else {}),
        "draft": draft,
        "form": form,
        "supersedes": latest,
        "tags": _tags(assignment),
        "notice": notice,
        "unkept": unkept,
        "break_due": sittings.break_due(assignment.participant, now=timezone.now()) if latest is None else None,
    } | around(request, assignment.study)
    if not asks_first:
        context["questions_html"] = questions_html(request, assignment, form=form, latest=latest, draft=draft)
    return render(request, "judging/item.html", context, status=status)


def _begun(draft: Draft | None) -> dict:
    """A first reading left half written."""
    said = draft.answers if draft is not None and isinstance(draft.answers, dict) else {}
    marks = said.get("marks")
    return {
        "first_words": str(said.get("first", "")),
        "first_marks": json.dumps(marks if isinstance(marks, list) else [], ensure_ascii=False),
    }


def around(request, study) -> dict:
    """What every page of reading carries for its scripts: who it is for, their settings, and the words to use."""
    settings = settings_of(request.user)
    config = {
        "person": permissions.reader_key(request.user),
        "settings": settings,
        "signedIn": reverse("judging:signed-in"),
        "signIn": reverse("account_login"),
        "settingsUrl": reverse("judging:settings"),
        "worker": reverse("judging:worker"),
        "queue": reverse("judging:queue", args=[study.slug]),
        "ahead": reverse("judging:ahead", args=[study.slug]),
        "study": study.slug,
        "words": words_for_scripts(),
    }
    return {
        "script": script_address(),
        "config": config,
        "panels": _panels(canonical.dumps(settings), get_language()),
    }


@lru_cache(maxsize=500)
def _panels(settings: str, language: str) -> SafeString:
    """The panels for reading and keys; they change only with a person's settings, so they are drawn once for each."""
    return render_to_string("judging/_panels.html", settings_context(canonical.loads(settings)))


def settings_context(settings: dict, form=None) -> dict:
    problems = form.errors if form is not None else {}
    return {
        "choices": [(name, rows, settings[name]) for name, rows in CHOICES.items()],
        "switches": [(name, settings[name]) for name in SWITCHES],
        "actions": [
            (name, settings["keys"][name], words, problems.get(f"key_{name}", []))
            for name, (_key, words) in ACTIONS.items()
        ],
    }


def shown_again(request, assignment: Assignment, form, status: int, *, notice="") -> HttpResponse:
    latest = latest_of(assignment) if form.supersedes else None
    draft = Draft.objects.filter(assignment=assignment).first()
    return page(request, assignment, form=form, latest=latest, draft=draft, status=status, notice=notice)


_tags_kept: dict[tuple[int, str], list[str]] = {}


def _tags(assignment: Assignment) -> list[str]:
    """The words offered for marks; of a published version they are asked for once."""
    version = assignment.rubric_version
    key = (version.pk, version.digest)
    if version.is_published and key in _tags_kept:
        return _tags_kept[key]
    found = list(version.tags.values_list("text", flat=True))
    if version.is_published:
        _tags_kept[key] = found
    return found
