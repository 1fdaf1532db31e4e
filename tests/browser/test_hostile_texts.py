"""What models and people wrote is words on every page, whatever it looks like."""

import pytest
from django.utils import timezone

from judgments import submission
from judgments.assignment import next_assignment
from judgments.models import Judgment
from tests.browser.judging import address
from tests.factories import judge, make_item, make_participant, make_researcher, make_study, make_user
from tests.support.hostile import HOSTILE, INERT, is_inert

PARTS = [HOSTILE[place : place + 16] for place in range(0, len(HOSTILE), 16)]


def whole(texts: list[str]) -> str:
    return "\n\n".join(texts)


def test_the_corpus_is_large_and_each_text_is_its_own():
    assert len(set(HOSTILE)) == len(HOSTILE) >= 100


@pytest.mark.parametrize("markdown", [False, True])
@pytest.mark.parametrize("texts", PARTS, ids=range(len(PARTS)))
def test_nothing_in_a_text_does_anything_on_the_judging_page(open_page, live, texts, markdown):
    study = make_study("hostile", markdown=markdown, title=texts[0][:80])
    messages = [{"role": "person", "content": whole(texts), "lang": "en"}]
    make_item(study, whole(texts), messages=messages)
    held = next_assignment(make_participant(study, make_user("jo")), now=timezone.now())
    page = open_page(held.participant.user)
    page.goto(address(held))
    page.wait_for_timeout(100)

    assert is_inert(page) == INERT
    page.locator("#judging").wait_for()
    if not markdown:
        stored = page.evaluate("[...document.querySelectorAll('#response-0 p')].map((p) => p.textContent)")
        text = whole(texts)
        for start, words in zip(
            page.evaluate("[...document.querySelectorAll('#response-0 p')].map((p) => Number(p.dataset.start))"),
            stored,
            strict=True,
        ):
            assert text[start : start + len(words)] == words


@pytest.mark.parametrize("texts", PARTS, ids=range(len(PARTS)))
def test_nothing_in_a_text_does_anything_on_a_results_page(open_page, live, texts):
    study = make_study("hostile", title="Hostile")
    item = make_item(study, whole(texts), messages=[{"role": "person", "content": whole(texts)}])
    readers = [make_participant(study) for _ in range(3)]
    for reader in readers:
        given = submission.Answers(settled=3, rationale=whole(texts)[:5_000])
        judge(reader, given, item=item)
    rosa = make_user("rosa")
    make_researcher(study, rosa)
    page = open_page(rosa)
    page.goto(f"/studies/hostile/items/{item.uid}/")
    page.wait_for_timeout(100)

    assert Judgment.objects.count() == 3
    assert is_inert(page) == INERT
