"""A study to read in, and people signed in to read it. Django is set up, on a database of its own."""

import secrets
import uuid

PROMPT = "My father died last week and I have to write to his brother, who did not come. What do I say? " * 3
ANSWER = (
    "I am sorry. Before anything is written, it may help to ask what you want the letter to do: to tell him "
    "how it was, to ask why he stayed away, or to leave a door open. Each of these is a different letter. "
) * 6


def make_study(*, items: int, wanted: int, **fields):
    """An open study with the starter rubric's scales and items of a few hundred words, made in bulk.

    It shows its questions at once; `first_reading=True` asks for a first reading before.
    """
    from django.utils import timezone

    from judgments import rubrics
    from judgments.models import Item, ItemResponse, Response, Rubric, Scenario, Study
    from tests.factories import BALANCE, points

    names = ("candour", "care", "autonomy", "proportion", "attunement", "wisdom")
    dimensions = [
        {"slug": slug, "kind": "balance", "level": "ordinal", "title": slug.capitalize(), "points": points(BALANCE),
         "question": f"How much {slug} is in it, for this person and this moment?", "help": "Think of who asked."}
        for slug in names
    ]  # fmt: skip
    tags = [{"slug": "turns-here", "text": "turns here"}, {"slug": "dodged", "text": "dodged"}]
    rubric = Rubric.objects.create(slug=f"room-{secrets.token_hex(4)}", title="Room")
    version = rubrics.build(rubric, {"title": "Room", "dimensions": dimensions, "tags": tags})
    version = rubrics.publish(version, actor=None, now=timezone.now())
    study = Study.objects.create(
        slug=f"room-{secrets.token_hex(4)}", title="A reading room", state="open", rubric_version=version,
        judgments_wanted=wanted, **({"first_reading": False} | fields),
    )  # fmt: skip
    messages = [{"role": "person", "content": PROMPT}]
    for start in range(0, items, 5_000):
        numbers = range(start, min(start + 5_000, items))
        scenarios = Scenario.objects.bulk_create(
            Scenario(study=study, messages=messages, digest="", title=f"A letter, {number}") for number in numbers
        )
        responses = Response.objects.bulk_create(Response(scenario=found, text=ANSWER) for found in scenarios)
        made = Item.objects.bulk_create(
            Item(study=study, scenario=scenario, number=number, external_id=f"i{number}", digest="")
            for number, scenario in zip(numbers, scenarios, strict=True)
        )
        ItemResponse.objects.bulk_create(
            ItemResponse(item=item, response=response, position=0)
            for item, response in zip(made, responses, strict=True)
        )
    return study, list(names)


def sign_in(study, count: int) -> list[dict[str, str]]:
    """So many new participants of the study; the cookies of each."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.utils import timezone

    from judgments.models import Participant, User

    cookies = []
    for _ in range(count):
        user = User.objects.create(username=uuid.uuid4().hex, password="!")
        Participant.objects.create(study=study, user=user, code_name=user.username, joined_at=timezone.now())
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        cookies.append({"session": session.session_key, "csrf": secrets.token_hex(16)})
    return cookies
