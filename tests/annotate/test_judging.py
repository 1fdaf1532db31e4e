"""An annotator's pages: the queue, the judging page, and looking back."""

import json
import re
import uuid
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotate.templatetags.judging import markdown, paragraphs
from judgments import rubrics, submission
from judgments.assignment import next_assignment
from judgments.models import Assignment, Draft, ItemResponse, Judgment, Rating, Response, Slot, Study
from tests.factories import (
    NOW,
    judge,
    make_item,
    make_items,
    make_participant,
    make_rubric,
    make_study,
    make_user,
    points,
    said,
)

HOSTILE = (
    """<script>alert(1)</script> <img src=x onerror=alert(2)> </textarea></section> {{ 7|add:7 }} \u202e &amp;"""
)
CANARY = "canary-7f3a"


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def reader(jo):
    return signed_in(jo.user)


@pytest.fixture
def assignment(jo, study):
    make_items(study, 2)
    return next_assignment(jo, now=timezone.now())


def address(assignment, name="item") -> str:
    return reverse(f"judging:{name}", args=[assignment.uid])


def page_fields(client, assignment, query="") -> dict:
    """What a browser would send from the page as it stands, untouched."""
    form = client.get(address(assignment) + query).context
    fields = {"key": str(form["key"]), "rubric_version": str(assignment.rubric_version_id), "marks": "[]"}
    return fields | ({"supersedes": str(form["supersedes"].uid)} if form["supersedes"] else {})


# The queue


def test_the_queue_says_how_much_there_is_in_words(reader, study, assignment):
    page = reader.get(reverse("judging:queue", args=[study.slug]))

    assert page.status_code == 200
    assert "“He&#x27;s gone” is waiting for you" in page.content.decode()
    assert "0 read · about 2 waiting · no deadline" in page.content.decode()
    assert "%" not in page.content.decode().split("<main", 1)[1]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (Study.State.PAUSED, "Paused for now"),
        (Study.State.CLOSED, "This study has closed"),
        (Study.State.DRAFT, "Not open yet"),
    ],
)
def test_a_study_that_is_not_open_says_why(reader, study, state, words):
    make_item(study)
    Study.objects.filter(pk=study.pk).update(state=state)

    page = reader.get(reverse("judging:queue", args=[study.slug])).content.decode()

    assert words in page
    assert reverse("judging:next", args=[study.slug]) not in page


def test_an_empty_queue_and_a_finished_one_say_different_things(reader, jo, study):
    assert "Nothing is waiting" in reader.get(reverse("judging:queue", args=[study.slug])).content.decode()

    make_item(study)
    judge(jo)

    assert "You have read everything here" in reader.get(reverse("judging:queue", args=[study.slug])).content.decode()


def test_going_on_claims_an_item_and_leads_to_it(reader, jo, study):
    make_item(study)

    answer = reader.post(reverse("judging:next", args=[study.slug]))

    held = Assignment.objects.get(participant=jo)
    assert answer.status_code == 302
    assert answer.url == address(held)
    assert Slot.objects.get(pk=held.slot_id).state == Slot.State.HELD


def test_going_on_in_a_paused_study_leads_back_to_the_queue(reader, jo, study):
    make_item(study)
    Study.objects.filter(pk=study.pk).update(state=Study.State.PAUSED)

    answer = reader.post(reverse("judging:next", args=[study.slug]))

    assert answer.url == reverse("judging:queue", args=[study.slug])
    assert not Assignment.objects.exists()


# Who may


@pytest.mark.parametrize(("name", "method"), [("item", "GET"), ("draft", "PUT"), ("skip", "POST")])
def test_a_stranger_cannot_reach_another_persons_item(sam, rosa, assignment, name, method):
    for user in (sam, rosa):
        assert signed_in(user).generic(method, address(assignment, name), "{}").status_code == 404

    assert not Draft.objects.exists()
    assert Assignment.objects.get().state == Assignment.State.OFFERED


@pytest.mark.parametrize("name", ["queue", "history"])
def test_a_stranger_has_no_queue_here(sam, rosa, study, name):
    for user in (sam, rosa):
        assert signed_in(user).get(reverse(f"judging:{name}", args=[study.slug])).status_code == 404
        assert signed_in(user).post(reverse("judging:next", args=[study.slug])).status_code == 404


def test_a_stranger_cannot_save_another_persons_item(sam, assignment):
    answer = signed_in(sam).post(address(assignment), {"q.care": "4"})

    assert answer.status_code == 404
    assert not Judgment.objects.exists()


def test_someone_signed_out_is_led_to_sign_in_and_a_draft_is_told_so(assignment):
    page = Client().get(address(assignment))
    kept = Client().put(address(assignment, "draft"), data="{}", content_type="application/json")

    assert page.status_code == 302
    assert page.url == f"{reverse('account_login')}?next={address(assignment)}"
    assert (kept.status_code, kept.json()) == (401, {"error": "signed_out"})


def test_a_page_without_the_sites_token_saves_nothing(jo, assignment):
    client = Client(enforce_csrf_checks=True)
    client.force_login(jo.user)

    assert client.post(address(assignment), {"q.care": "4"}).status_code == 403
    assert not Judgment.objects.exists()


# The page


def test_the_page_shows_every_question_in_the_order_drawn(reader, assignment):
    page = reader.get(address(assignment)).content.decode()

    titles = {found.slug: found.title for found in assignment.rubric_version.dimensions.all()}
    places = [page.index(f'data-title="{titles[slug]}"') for slug in assignment.dimension_order]
    assert places == sorted(places)
    assert len(places) == 7
    assert "checked" not in page.split("<form id=", 1)[1].split("</form>", 1)[0]
    assert Assignment.objects.get(pk=assignment.pk).opened_at is not None


def test_the_page_costs_the_same_queries_for_one_item_and_many(
    reader, jo, study, django_assert_max_num_queries, assignment
):
    reader.get(address(assignment))
    with django_assert_max_num_queries(15) as one:
        reader.get(address(assignment))
    make_items(study, 20)
    with django_assert_max_num_queries(15) as many:
        reader.get(address(assignment))

    assert len(one) == len(many)


def test_texts_stand_side_by_side_in_the_order_drawn(reader, jo, study):
    item = make_item(study, "first text")
    second = Response.objects.create(scenario=item.scenario, text="second text")
    ItemResponse.objects.create(item=item, response=second, position=1)
    held = next_assignment(jo, now=timezone.now())
    held.response_order = list(reversed([str(row.response.uid) for row in item.shown.all()]))
    held.save()

    page = reader.get(address(held)).content.decode()

    assert page.index("Response A") < page.index("second text") < page.index("Response B") < page.index("first text")


@pytest.mark.parametrize("allowed", [False, True])
def test_hostile_model_text_stays_words(reader, jo, study, allowed):
    Study.objects.filter(pk=study.pk).update(markdown=allowed)
    make_item(study, HOSTILE + "\n\n[x](javascript:alert(3)) ![y](http://evil.example/z.png)")

    page = reader.get(address(next_assignment(jo, now=timezone.now()))).content.decode()
    text = page.split('id="response-0"', 1)[1].split("</section>", 1)[0]

    assert "<script>alert" not in page
    assert "<img" not in text
    assert "href" not in text
    assert "{{ 7|add:7 }}" in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_markdown_is_formatted_and_leads_nowhere():
    assert markdown("# Title\n\n**bold** [a](http://b.example)\n\n[c]: http://d.example\n") == (
        "<h3>Title</h3>\n<p><strong>bold</strong> [a](http://b.example)</p>\n<p>[c]: http://d.example</p>\n"
    )


@pytest.mark.parametrize(
    "text",
    ["One.\n\nTwo 👩‍👧 é.\r\n\r\nThree\nlines", "\n\n  Indented\n \n\nLast\n", "", "\r\n", "a", "<b> & \"c\"\n\n'd'"],
)
def test_every_paragraph_says_where_it_starts(text):
    found = paragraphs(text)

    for start, words in found:
        plain = unescape(str(words))
        assert text[start : start + len(plain)] == plain
    assert "\n".join(unescape(str(words)) for _, words in found).split() == text.split()


def test_no_page_tells_of_models_other_readers_or_external_names(reader, jo, study):
    other = make_participant(study, code_name=f"{CANARY}-reader")
    item = make_item(study, model=f"{CANARY}-model", external_id=f"{CANARY}-item", metadata={"note": CANARY})
    item.scenario.axis = f"{CANARY}-axis"
    item.scenario.title = ""
    item.scenario.external_id = f"{CANARY}-scenario"
    item.scenario.save()
    marks = [{"turn": 0, "start": 0, "end": 3, "memo": CANARY}]
    judge(other, said(care=2, person=CANARY, rationale=CANARY, marks=marks), now=timezone.now())
    held = next_assignment(jo, now=timezone.now())
    fields = page_fields(reader, held)

    pages = [
        reader.get(reverse("judging:queue", args=[study.slug])),
        reader.get(address(held)),
        reader.post(address(held), fields | {"q.care": "nine"}),
        reader.post(address(held), fields | {"q.care": "4"}, follow=True),
        reader.post(address(held), fields | {"q.care": "5"}),
        reader.get(address(held)),
        reader.get(address(held) + "?revise=1"),
        reader.get(reverse("judging:history", args=[study.slug])),
    ]

    assert [page.status_code for page in pages] == [200, 200, 422, 200, 409, 200, 200, 200]
    assert all(CANARY not in page.content.decode() for page in pages)
    assert all("fresh" not in page.content.decode() for page in pages)


def test_no_page_uses_words_that_tell_people_they_are_being_measured(reader, study, assignment):
    words = ["label", "annotation task", "ground truth", "gold", "correct", "error rate", "accuracy", "quality score",
             "outlier", "noisy", "submit"]  # fmt: skip
    sent = page_fields(reader, assignment)
    pages = [
        reader.get(reverse("judging:queue", args=[study.slug])),
        reader.get(address(assignment)),
        reader.post(address(assignment), sent | {"q.care": "9"}),
        reader.post(address(assignment), sent | {"q.care": "4"}, follow=True),
        reader.post(address(assignment), sent | {"q.care": "5"}),
        reader.get(address(assignment)),
        reader.get(reverse("judging:history", args=[study.slug])),
    ]

    shown = " ".join(re.sub(r"<[^>]*>", " ", page.content.decode()) for page in pages).lower()

    assert [word for word in words if re.search(rf"\b{word}", shown)] == []


def test_asking_for_the_next_item_without_claiming_it_leads_to_the_queue(reader, study):
    make_item(study)

    answer = reader.get(reverse("judging:next", args=[study.slug]))

    assert answer.url == reverse("judging:queue", args=[study.slug])
    assert not Assignment.objects.exists()


def test_a_withdrawn_item_says_so(reader, assignment):
    assignment.item.hidden_at = NOW
    assignment.item.save()

    assert "taken out of the study" in reader.get(address(assignment)).content.decode()


# Saving


def test_saving_keeps_everything_and_leads_to_the_next_item(reader, jo, assignment):
    marks = [{"turn": 0, "start": 0, "end": 4, "tag": "turns here", "memo": "here"}]
    sent = page_fields(reader, assignment) | {
        "q.care": "range", "q.care.low": "2", "q.care.high": "5", "q.depth": "both", "q.depth.both_a": "1",
        "q.depth.both_b": "5", "q.goods": "6", "q.voice": "none", "q.voice.reason": "cannot_tell",
        "q.moves.labels": ["1", "3"], "q.warmth.point": "40", "q.person.text": "An uncle.", "settled": "3",
        "rationale": "Because.", "marks": json.dumps(marks), "reading_ms": "61000", "judging_ms": "9000",
        "layout": "two-panes", "scripts": "1",
    }  # fmt: skip

    answer = reader.post(address(assignment), sent)

    judgment = Judgment.objects.get()
    following = Assignment.objects.exclude(pk=assignment.pk).get(participant=jo)
    assert (answer.status_code, answer.url) == (303, address(following))
    assert submission.answers_of(judgment).plain() == {
        "ratings": {
            "care": {"form": "range", "low": 2.0, "high": 5.0},
            "depth": {"form": "both", "both_a": 1.0, "both_b": 5.0},
            "goods": {"form": "point", "point": 6.0},
            "voice": {"form": "none", "reason": "cannot_tell"},
            "moves": {"form": "point", "labels": [1.0, 3.0]},
            "warmth": {"form": "point", "point": 40.0},
            "person": {"form": "point", "text": "An uncle."},
        },
        "settled": 3,
        "rationale": "Because.",
        "marks": marks,
    }
    assert judgment.steps_ms == {"reading": 61000, "judging": 9000}
    assert judgment.instrument["layout"] == "two-panes"
    assert judgment.status == Judgment.Status.COUNTED


def test_a_blank_page_can_be_saved(reader, assignment):
    answer = reader.post(address(assignment), page_fields(reader, assignment), follow=True)

    assert "Saved. 7 questions left open. That is fine." in answer.content.decode()
    assert Judgment.objects.get().ratings.count() == 0


def test_a_problem_is_named_and_nothing_is_stored_or_lost(reader, assignment):
    sent = page_fields(reader, assignment) | {"q.care": "range", "q.care.low": "3", "rationale": "my <reasons>"}

    answer = reader.post(address(assignment), sent)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "A range needs both ends. Choose the other one too." in page
    assert "my &lt;reasons&gt;" in page
    assert '<option value="3" selected>' in page
    assert not Judgment.objects.exists()
    assert Assignment.objects.get(pk=assignment.pk).state == Assignment.State.OFFERED


def test_saving_twice_keeps_one_judgment(reader, assignment):
    sent = page_fields(reader, assignment) | {"q.care": "4"}

    first = reader.post(address(assignment), sent)
    second = reader.post(address(assignment), sent)

    assert (first.status_code, second.status_code) == (303, 303)
    assert Judgment.objects.filter(assignment=assignment).count() == 1
    assert first.url == second.url


def test_two_windows_with_different_answers_keep_both_in_sight(reader, assignment):
    one, two = page_fields(reader, assignment), page_fields(reader, assignment)
    reader.post(address(assignment), one | {"q.care": "4"})

    answer = reader.post(address(assignment), two | {"q.care": "1", "rationale": "line one\nline two"})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert page.index("Fitting") < page.index("On the page you just sent") < page.index("Far too little")
    assert "line one<br>line two" in page
    assert Rating.objects.get().point == 4


def test_what_the_second_window_said_can_replace_the_first_as_a_revision(reader, assignment):
    sent = page_fields(reader, assignment)
    reader.post(address(assignment), sent | {"q.care": "4"})
    other = sent | {"q.care": "1", "q.moves.labels": ["1", "2"]}
    both = reader.post(address(assignment), other).context

    answer = reader.post(address(assignment), other | {"key": both["key"], "supersedes": both["latest"].uid})

    assert answer.status_code == 303
    assert [row.revision for row in Judgment.objects.order_by("revision")] == [0, 1]
    latest = Judgment.objects.get(revision=1)
    assert latest.ratings.get(dimension__slug="care").point == 1
    assert latest.ratings.get(dimension__slug="moves").labels == [1.0, 2.0]


def test_the_same_answers_from_another_device_simply_go_on(reader, assignment):
    sent = page_fields(reader, assignment) | {"q.care": "4"}
    reader.post(address(assignment), sent)

    answer = reader.post(address(assignment), sent | {"key": str(uuid.uuid4())})

    assert answer.status_code == 303
    assert Judgment.objects.filter(assignment=assignment).count() == 1


def test_answers_to_another_version_of_the_questions_are_kept_on_the_page(reader, assignment):
    sent = page_fields(reader, assignment) | {"q.care": "4", "rubric_version": "0", "rationale": "kept"}

    answer = reader.post(address(assignment), sent)

    assert answer.status_code == 409
    assert "The questions were changed since this page was opened." in answer.content.decode()
    assert ">\nkept</textarea>" in answer.content.decode()
    assert not Judgment.objects.exists()


def test_a_late_judgment_is_kept_after_its_place_was_given_away(reader, jo, assignment):
    Assignment.objects.filter(pk=assignment.pk).update(state=Assignment.State.EXPIRED, slot=None)

    answer = reader.post(address(assignment), page_fields(reader, assignment) | {"q.care": "4"})

    assert answer.status_code == 303
    assert Judgment.objects.filter(assignment=assignment).count() == 1


def test_changing_what_was_said_starts_from_it_and_adds_a_revision(reader, jo, study, assignment):
    reader.post(address(assignment), page_fields(reader, assignment) | {"q.care": "4", "rationale": "first"})
    page = reader.get(address(assignment) + "?revise=1")
    sent = page_fields(reader, assignment, "?revise=1") | {"q.care": "2", "rationale": "second"}

    answer = reader.post(address(assignment), sent)

    assert ">\nfirst</textarea>" in page.content.decode()
    assert (answer.status_code, answer.url) == (303, reverse("judging:history", args=[study.slug]))
    assert [row.ratings.get().point for row in Judgment.objects.order_by("revision")] == [4.0, 2.0]
    assert "changed once" in reader.get(answer.url).content.decode()


def test_an_item_already_judged_shows_what_was_said(reader, assignment):
    reader.post(address(assignment), page_fields(reader, assignment) | {"q.care": "4", "settled": "2"})

    page = reader.get(address(assignment)).content.decode()

    assert "Fitting" in page
    assert "Leaning" in page
    assert "Revise" in page


def test_giving_an_item_back_returns_its_place(reader, jo, assignment):
    slot = assignment.slot_id

    answer = reader.post(address(assignment, "skip"), {"q.care": "4"})

    assignment.refresh_from_db()
    following = Assignment.objects.exclude(pk=assignment.pk).get(participant=jo)
    assert (answer.status_code, answer.url) == (303, address(following))
    assert (assignment.state, assignment.slot_id) == (Assignment.State.SKIPPED, None)
    assert Slot.objects.get(pk=slot).state == Slot.State.OPEN
    assert not Judgment.objects.exists()
    assert "You gave this one back" in reader.get(address(assignment)).content.decode()


# Drafts


def put(client, assignment, answers, based_on=0):
    body = json.dumps({"based_on": based_on, "answers": answers})
    return client.put(address(assignment, "draft"), data=body, content_type="application/json")


def test_a_draft_comes_back_with_the_page(reader, assignment):
    answers = {"ratings": {"care": {"form": "range", "low": 3}}, "rationale": "so far"}

    kept = put(reader, assignment, answers)

    page = reader.get(address(assignment)).content.decode()
    assert (kept.status_code, kept.json()) == (200, {"revision": 1})
    assert ">\nso far</textarea>" in page
    assert '<option value="3" selected>' in page
    assert 'data-draft-revision="1"' in page


def test_a_draft_written_in_another_window_is_answered_with_the_newer_one(reader, assignment):
    put(reader, assignment, {"rationale": "one"})

    late = put(reader, assignment, {"rationale": "two"}, based_on=0)

    assert late.status_code == 409
    assert late.json() == {"error": "draft_conflict", "revision": 1, "answers": {"rationale": "one"}}
    assert Draft.objects.get().answers == {"rationale": "one"}


def test_a_draft_after_the_item_was_saved_is_refused(reader, assignment):
    reader.post(address(assignment), page_fields(reader, assignment) | {"q.care": "4"})

    late = put(reader, assignment, {"rationale": "late"})

    assert (late.status_code, late.json()) == (409, {"error": "already_submitted"})
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    "body", ["", "[]", "{", '{"answers": {}}', '{"based_on": -1, "answers": {}}', '{"based_on": 0, "answers": []}',
             '{"based_on": true, "answers": {}}', '{"based_on": 0, "answers": {"a": NaN}}', "[" * 100_000]
)  # fmt: skip
def test_a_malformed_draft_is_refused_and_nothing_is_kept(reader, assignment, body):
    answer = reader.put(address(assignment, "draft"), data=body, content_type="application/json")

    assert (answer.status_code, answer.json()) == (400, {"error": "malformed"})
    assert not Draft.objects.exists()


@pytest.mark.parametrize("answers", [{"rationale": "a\x00b"}, {"rationale": "\ud800"}, {"rationale": "x" * 300_000}])
def test_a_draft_that_cannot_be_stored_is_refused(reader, assignment, answers):
    answer = put(reader, assignment, answers)

    assert answer.status_code == 422
    assert not Draft.objects.exists()


# Looking back


def test_the_history_costs_the_same_queries_for_one_row_and_three(reader, jo, study, django_assert_max_num_queries):
    make_items(study, 3)
    judge(jo, now=timezone.now())
    reader.get(reverse("judging:history", args=[study.slug]))
    with django_assert_max_num_queries(13) as one:
        reader.get(reverse("judging:history", args=[study.slug]))
    judge(jo, now=timezone.now())
    judge(jo, now=timezone.now())
    with django_assert_max_num_queries(13) as three:
        page = reader.get(reverse("judging:history", args=[study.slug]))

    assert len(one) == len(three)
    assert page.content.decode().count("fairly settled") == 3


def test_the_history_of_others_is_not_in_mine(reader, jo, study):
    make_item(study)
    judge(make_participant(study, make_user("mo")), now=timezone.now())

    assert "Nothing yet." in reader.get(reverse("judging:history", args=[study.slug])).content.decode()


# Side by side


@pytest.mark.parametrize("swapped", [False, True])
def test_choosing_a_side_stores_the_response_shown_there(db, swapped):
    study = make_study(version=comparing())
    item = make_item(study, "I am so sorry.")
    other = Response.objects.create(scenario=item.scenario, text="Who is?")
    ItemResponse.objects.create(item=item, response=other, position=1)
    reader = make_participant(study)
    assignment = next_assignment(reader, now=timezone.now())
    order = assignment.response_order[::-1] if swapped else assignment.response_order
    Assignment.objects.filter(pk=assignment.pk).update(response_order=order)
    client = signed_in(reader.user)

    page = client.get(address(assignment)).content.decode()
    chosen = re.search(r'name="q\.better"[^>]*value="(\d)"[^>]*>(?:(?!</label>).)*?\bA\b', page, re.S).group(1)
    client.post(address(assignment), {**page_fields(client, assignment), "q.better": chosen})

    stored = Rating.objects.get().point
    assert item.shown.get(position=stored - 1).response.uid == uuid.UUID(order[0])


def comparing():
    version = make_rubric(published=False)
    version = rubrics.build(
        version.rubric,
        {"title": "Side by side", "dimensions": [
            {"slug": "better", "kind": "compare", "level": "nominal", "title": "T", "question": "Which?",
             "points": points(["A", "B", "in different ways", "neither"])},
        ]},
    )  # fmt: skip
    return rubrics.publish(version, actor=None, now=NOW)
