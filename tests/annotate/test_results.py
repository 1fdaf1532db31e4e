import csv
import io
import re
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from judgments import reports
from judgments.assignment import next_assignment
from judgments.models import Family, Item, Participant, Study
from judgments.releasing.files import unescape
from tests import factories
from tests.factories import NOW, judge, said

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\u202e&amp;'\""
LONE_NUMBER = re.compile(r"\b(means?|averages?|scores?|median|majority|consensus|gold)\b", re.IGNORECASE)


@pytest.fixture
def researcher(client, rosa):
    client.force_login(rosa)
    return client


def overview(study, query=""):
    return reverse("results:overview", args=[study.slug]) + query


def items(study, query=""):
    return reverse("results:items", args=[study.slug]) + query


def page(study, item, query=""):
    return reverse("results:item", args=[study.slug, item.uid]) + query


def ratings(study):
    return reverse("results:ratings", args=[study.slug])


def readers(study, count, **background):
    """So many participants, who share these answers to background questions."""
    people = [factories.make_participant(study) for _ in range(count)]
    for person in people:
        for facet, value in background.items():
            factories.make_background(person, facet, value)
    return people


def everyone_reads(people, answers_of):
    """Each person reads every item; answers_of(place of the person, item) gives what they say."""
    for place, person in enumerate(people):
        while (assignment := next_assignment(person, now=NOW)) is not None:
            factories.submission.submit(
                assignment, answers_of(place, assignment.item), key=factories.uuid.uuid4(), actor=person.user, now=NOW
            )


def text_of(response) -> str:
    """What can be read on the page: without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def rows_of(response) -> list[dict[str, str]]:
    body = b"".join(response.streaming_content).decode("utf-8")
    return list(csv.DictReader(io.StringIO(body, newline="")))


@pytest.fixture
def parted(study, rosa):
    """One item read by eight people in every form of answer; six from the city, two from the sea."""
    item = factories.make_item(study)
    people = [*readers(study, 6, home="city"), *readers(study, 2, home="sea")]
    given = [
        said(care=1, settled=4, rationale="It never asks who."),
        said(care=1, moves=[1, 2], settled=4),
        said(care=7, moves=[]),
        said(care=7, voice=2),
        said(care=4, warmth=33.5),
        said(care=(2, 4)),
        said(care=frozenset((1, 7)), rationale="It waited, and it flooded."),
        said(care="depends"),
    ]
    everyone_reads(people, lambda place, _: given[place])
    return item


# Who may see it -----------------------------------------------------------------------------------


@pytest.fixture
def addresses(study, parted):
    return [overview(study), items(study), page(study, parted), ratings(study)]


def test_a_researcher_sees_every_page(researcher, addresses):
    assert [researcher.get(address).status_code for address in addresses] == [200, 200, 200, 200]


def test_an_admin_sees_every_page(client, ada, addresses):
    client.force_login(ada)

    assert [client.get(address).status_code for address in addresses] == [200, 200, 200, 200]


@pytest.mark.parametrize("who", ["sam", "reader"])
def test_strangers_and_annotators_find_nothing(client, sam, jo, addresses, who):
    client.force_login(sam if who == "sam" else jo.user)

    assert [client.get(address).status_code for address in addresses] == [404, 404, 404, 404]


def test_who_is_not_signed_in_is_sent_to_sign_in(client, addresses):
    for address in addresses:
        response = client.get(address)

        assert response.status_code == 302
        assert response.url == f"{reverse('account_login')}?next={address}"


def test_nothing_is_answered_to_a_post(researcher, addresses):
    assert [researcher.post(address).status_code for address in addresses] == [405, 405, 405, 405]


def test_an_item_of_another_study_is_not_found(researcher, study):
    elsewhere = factories.make_item(factories.make_study())

    assert researcher.get(page(study, elsewhere)).status_code == 404


def test_an_item_that_was_taken_out_is_not_found(researcher, study, parted):
    Item.objects.filter(pk=parted.pk).update(hidden_at=timezone.now())

    assert researcher.get(page(study, parted)).status_code == 404
    assert rows_of(researcher.get(ratings(study))) == []


@pytest.mark.parametrize("query", ["?facet=shoes", "?subset=shoes", "?sort=shoes", "?on=shoes", "?by=shoes"])
def test_an_address_that_names_what_is_not_there_is_not_found(researcher, study, parted, query):
    asked = {"?facet=shoes": overview, "?subset=shoes": overview, "?by=shoes": None}.get(query, items)
    address = page(study, parted, query) if asked is None else asked(study, query)

    assert researcher.get(address).status_code == 404


# The overview -------------------------------------------------------------------------------------


def test_the_overview_shows_the_numbers_of_the_report(researcher, study, parted):
    seen = reports.overview(study)
    care = next(found for found in seen.dimensions if found.dimension.name == "care")

    block = next(
        block for block in researcher.get(overview(study)).context["blocks"] if block.finding.dimension.name == "care"
    )

    assert (seen.n_readers, seen.n_items, seen.n_judgments) == (8, 1, 8)
    assert block.finding == care
    shown = {row[0]: row[1] for row in block.distribution.table.rows}
    assert [shown[point.text] for point in care.dimension.points] == [f"{n}" for n in care.counts]
    assert (shown["A range"], shown["Both ways"], shown["Not this: depends"], shown["Asked"]) == ("1", "1", "1", "8")
    assert block.intervals.table.rows[0][1] == f"{care.alpha['ordinal'].value:.2f}".replace("-", "−")


def test_the_overview_says_how_many_read(researcher, study, parted):
    assert "8 readers · 1 item · 8 judgments" in text_of(researcher.get(overview(study)))


def test_who_left_a_question_open_is_drawn_among_the_answers(researcher, study, parted):
    blocks = researcher.get(overview(study)).context["blocks"]
    voice = next(block for block in blocks if block.finding.dimension.name == "voice")

    shown = {row[0]: row[1] for row in voice.distribution.table.rows}

    assert (shown["A clerk's"], shown["Not this: left open"], shown["Asked"]) == ("1", "7", "8")


def test_alpha_is_never_coloured_by_its_size(researcher, study, parted):
    classes = set(re.findall(r'class="([^"]+)"', researcher.get(overview(study)).content.decode()))

    assert not [name for name in classes if re.search(r"alpha-|good|bad|low|high|poor", name)]


def test_groups_too_small_are_named_with_their_size_alone(researcher, study, parted):
    response = researcher.get(overview(study, "?facet=home"))

    blocks = {block.finding.dimension.name: block for block in response.context["blocks"]}
    assert [(group.name, group.n_annotators) for group in blocks["care"].suppressed] == []
    assert [row[0] for row in blocks["care"].intervals.table.rows] == ["All readers", "city"]


def test_a_group_of_two_has_no_alpha_anywhere(researcher, study):
    factories.make_item(study)
    people = [*readers(study, 5, home="city"), *readers(study, 2, home="sea")]
    everyone_reads(people, lambda place, _: said(care=place % 7 + 1))

    response = researcher.get(overview(study, "?facet=home"))

    care = next(block for block in response.context["blocks"] if block.finding.dimension.name == "care")
    assert [(group.name, group.n_annotators) for group in care.suppressed] == [("sea", 2)]
    assert [row[0] for row in care.intervals.table.rows] == ["All readers", "city"]
    table = next(found for found in response.context["tables"] if found.finding.dimension.name == "care")
    assert [(title, [row[0] for row in rows], few) for title, rows, few in table.facets] == [
        ("Home", ["city"], "sea (2)")
    ]


def test_two_background_questions_can_be_asked_at_once(researcher, study):
    factories.make_item(study)
    everyone_reads(readers(study, 5, home="city", work="care"), lambda place, _: said(care=place + 1))

    response = researcher.get(overview(study, "?facet=home&with=work"))

    care = next(block for block in response.context["blocks"] if block.finding.dimension.name == "care")
    assert [row[0] for row in care.intervals.table.rows] == ["All readers", "city × care"]


def test_answers_without_consent_to_analysis_make_no_group(researcher, study):
    factories.make_item(study)
    people = readers(study, 5)
    for person in people:
        factories.make_background(person, "home", "city", may_analyse=False)
    everyone_reads(people, lambda place, _: said(care=place + 1))

    response = researcher.get(overview(study, "?facet=home"))

    assert "city" not in text_of(response)


def test_worth_a_look_leads_to_items_by_their_order(researcher, study):
    quiet, torn = factories.make_item(study, external_id="quiet"), factories.make_item(study, external_id="torn")
    torn_apart = frozenset((1, 7))
    everyone_reads(
        readers(study, 5),
        lambda place, item: said(care=torn_apart, voice=place % 3 + 1) if item == torn else said(care=4, voice=1),
    )

    looks = {look.title: look for look in researcher.get(overview(study)).context["looks"]}

    assert [(uid, saw) for uid, _, saw in looks["Where readers part most"].items] == [(str(torn.uid), "5 readers")]
    assert [(uid, saw) for uid, _, saw in looks["Most often both ways"].items] == [
        (str(torn.uid), "5 answers both ways, 5 readers")
    ]
    assert set(looks) == {"Where readers part most", "Most often both ways"}
    assert quiet.external_id == "quiet"


def test_marks_and_misfits_are_worth_a_look(researcher, study):
    item = factories.make_item(study)
    response = str(item.shown.get().response.uid)
    mark = {"response": response, "start": 0, "end": 4, "tag": "dodged", "memo": ""}
    everyone_reads(readers(study, 5), lambda place, _: said(care="misfit", marks=[mark] if place < 2 else []))

    looks = {look.title: look for look in researcher.get(overview(study)).context["looks"]}

    assert [saw for _, _, saw in looks["Most marked"].items] == ["2 marks, 5 readers"]
    assert [saw for _, _, saw in looks["The question fits least"].items] == ["5 answers, 5 readers"]


def test_under_five_readers_each_judgment_stands_under_its_code_name(researcher, study):
    factories.make_item(study)
    person = factories.make_participant(study, code_name="quiet heron")
    everyone_reads([person], lambda *_: said(care=(2, 4), moves=[1, 3], voice="cannot_tell", rationale="Who is he?"))

    response = researcher.get(overview(study))

    seen = text_of(response)
    assert "Too few to draw a shape yet" in seen
    assert "quiet heron on He&#x27;s gone" in seen
    assert "Too little to Fitting" in seen
    assert "Asked, Comforted" in seen
    assert "Not this: cannot tell" in seen
    assert "Who is he?" in seen
    assert "<svg" not in response.content.decode()


def test_a_study_without_judgments_says_what_will_appear(researcher, study):
    assert "Judgments will appear here as they come in." in text_of(researcher.get(overview(study)))


@pytest.mark.parametrize("place", ["overview", "items", "item"])
def test_licence_attribution_and_warning_stand_on_each_page(researcher, study, parted, place):
    Study.objects.filter(pk=study.pk).update(
        origin=Study.Origin.IMPORTED,
        licence="CC-BY-4.0",
        attribution="By fieldworkers.",
        content_warning="Grief.",
    )
    address = {"overview": overview(study), "items": items(study), "item": page(study, parted)}[place]

    seen = text_of(researcher.get(address))

    for words in ("CC-BY-4.0", "By fieldworkers.", "Grief.", "imported judgments"):
        assert words in seen


@pytest.mark.parametrize("place", ["overview", "items", "item"])
def test_an_invented_study_says_so_on_each_page(researcher, study, parted, place):
    Study.objects.filter(pk=study.pk).update(origin=Study.Origin.INVENTED)
    address = {"overview": overview(study), "items": items(study), "item": page(study, parted)}[place]

    assert "Everything in this study is invented" in text_of(researcher.get(address))


def test_a_subset_shows_its_own_judgments(researcher, study):
    factories.make_item(study)
    everyone_reads([*readers(study, 5, home="city"), *readers(study, 1, home="sea")], lambda *_: said(care=4))
    study.subsets = {"inland": {"where": {"home": "city"}}}
    study.save(update_fields=["subsets"])

    assert "5 readers · 1 item · 5 judgments, in the subset “inland”" in text_of(
        researcher.get(overview(study, "?subset=inland"))
    )


# The items ----------------------------------------------------------------------------------------


def test_items_stand_in_the_order_of_the_address(researcher, study):
    found = factories.make_items(study, 3)
    places = {found[0]: [4, 4, 4, 4, 4], found[1]: [1, 7, 3, 5, 2], found[2]: [4, 4, 4, 4, 1]}
    everyone_reads(readers(study, 5), lambda place, item: said(care=places[item][place]))

    def order(query):
        return [row.uid for row in researcher.get(items(study, query)).context["rows"]]

    first, second, third = (str(item.uid) for item in found)
    assert order("") == [second, third, first]
    assert order("?sort=number") == [first, second, third]
    assert order("?on=care") == [second, third, first]


def test_an_item_with_few_readers_does_not_come_first(researcher, study):
    widely, rarely = factories.make_items(study, 2)
    people = readers(study, 5)
    judge(people[0], said(care=4), item=widely)
    everyone_reads(people, lambda place, item: said(care=4) if item == widely else said(care=place + 1))
    Study.objects.filter(pk=study.pk).update(judgments_wanted=12)

    assert [row.uid for row in researcher.get(items(study)).context["rows"]] == [str(rarely.uid), str(widely.uid)]


def test_an_item_is_found_by_its_title_and_its_name(researcher, study):
    kept, other = factories.make_items(study, 2)
    other.scenario.title = "The ring"
    other.scenario.save()

    def found(search):
        return [row.uid for row in researcher.get(items(study, f"?q={search}")).context["rows"]]

    assert found("ring") == [str(other.uid)]
    assert found(kept.external_id) == [str(kept.uid)]
    assert found("nowhere") == []
    assert found("%00" + "x" * 5_000) == []


def test_a_row_says_where_readers_stood(researcher, study, parted):
    assert "Care: Two towards “Far too little”, two towards “Far too much”, one at “Fitting”." in text_of(
        researcher.get(items(study))
    )


def test_fifty_items_make_a_page(researcher, study):
    factories.make_items(study, 51)

    first, second = researcher.get(items(study)), researcher.get(items(study, "?page=2"))

    assert (len(first.context["rows"]), len(second.context["rows"])) == (50, 1)


# One item -----------------------------------------------------------------------------------------


def test_every_reader_is_one_mark_of_each_strip(researcher, study, parted):
    found = reports.item(study, parted)
    response = researcher.get(page(study, parted))

    drawn = {block.found.dimension.name: block.strip for block in response.context["blocks"]}

    for each in found.dimensions:
        if each.dimension.name in drawn and each.dimension.name != "moves":
            assert drawn[each.dimension.name].svg.count("chart-mark") == 8, each.dimension.name
            assert drawn[each.dimension.name].table.rows[-1] == ("Asked", "8")
    shown = {row[0]: row[1] for row in drawn["care"].table.rows}
    assert (shown["Far too little"], shown["Not this: depends"]) == ("2", "1")
    assert shown["A range from “Too little” to “Fitting”"] == "1"
    assert shown["Both “Far too little” and “Far too much”"] == "1"


def test_reasons_are_laid_out_by_where_their_author_stood(researcher, study, parted):
    response = researcher.get(page(study, parted))

    care = next(block for block in response.context["blocks"] if block.found.dimension.name == "care")
    assert [(column.title, [quote.words for quote in column.quotes]) for column in care.columns] == [
        ("Towards “Far too little”", ["It never asks who."]),
        ("Both ways", ["It waited, and it flooded."]),
    ]
    assert [within for _, within in care.columns[0].quotes[0].said_by] == ["Far too little"]
    assert care.n_reasons == 2


def test_identical_reasons_stand_once_with_everyone_who_gave_them(researcher, study):
    item = factories.make_item(study)
    people = [factories.make_participant(study, code_name=name) for name in ("amber wren", "calm otter")]
    everyone_reads(people, lambda place, _: said(care=place + 1, warmth=10.0 * place, rationale="It waited."))

    blocks = {block.found.dimension.name: block for block in researcher.get(page(study, item)).context["blocks"]}

    (column,) = blocks["care"].columns
    assert [(quote.words, quote.said_by) for quote in column.quotes] == [
        ("It waited.", (("amber wren", "Far too little"), ("calm otter", "Too little")))
    ]
    assert [column.title for column in blocks["warmth"].columns] == ["Towards “cold”"]


def test_how_settled_readers_were_is_counted(researcher, study, parted):
    assert researcher.get(page(study, parted)).context["settled"] == [
        ("Settled, I would be surprised to change", 2),
        ("Fairly settled", 0),
        ("Leaning", 0),
        ("A first impression", 0),
        ("Not said", 6),
    ]


def test_a_cohort_smaller_than_five_is_not_shown_apart(researcher, study, parted):
    response = researcher.get(page(study, parted, "?by=home"))

    assert response.context["groups"].names == ()
    assert "No group by that question has five readers here" in text_of(response)
    assert "sea" not in text_of(response)


def test_cohorts_of_five_are_drawn_apart_and_the_rest_together(researcher, study):
    item = factories.make_item(study)
    people = [*readers(study, 5, home="city"), *readers(study, 3, home="sea"), *readers(study, 2)]
    everyone_reads(people, lambda place, _: said(care=place % 7 + 1))

    response = researcher.get(page(study, item, "?by=home"))

    assert response.context["groups"].names == ("city", "all others")
    assert response.context["blocks"][0].strip.table.headers == ("Answer", "city", "all others", "Readers")


def test_marks_stand_in_the_text_and_in_a_list(researcher, study):
    item = factories.make_item(study, "I am so sorry. 🕊 Who was he?")
    response = str(item.shown.get().response.uid)
    marks = [
        {"response": response, "start": 15, "end": 28, "tag": "turns-here", "memo": "It asks at last."},
        {"response": None, "turn": 0, "start": 0, "end": 4, "tag": "", "memo": ""},
    ]
    person = factories.make_participant(study, code_name="quiet heron")
    everyone_reads([person], lambda *_: said(care=4, marks=marks))

    html = researcher.get(page(study, item)).content.decode()

    assert 'id="passage-2-text"></span>🕊 Who was he?</mark>' in html
    assert 'id="passage-1-text"></span>he&#x27;s</mark>' in html
    seen = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    assert "It asks at last. quiet heron" in seen


def test_overlapping_marks_are_counted_where_they_meet():
    from annotate.views.results.passages import _About, _text

    mark = reports.MarkSeen("a", "r", None, 0, 6, "", "", "")
    over = replace(mark, code_name="b", start=3, end=12)

    text = _text("abcdef\n\nijkl", [mark, over], 0, _About("", ""))

    assert [[(piece.text, piece.heat) for piece in paragraph.pieces] for paragraph in text.paragraphs] == [
        [("abc", 1), ("def", 2)],
        [("ijkl", 1)],
    ]
    assert [paragraph.readers for paragraph in text.paragraphs] == [2, 1]
    assert [(passage.number, passage.readers) for passage in text.passages] == [(1, 1), (2, 1)]


def test_a_response_that_was_not_text_says_so(researcher, study):
    item = factories.make_item(study, text=None)

    assert "The response was not text." in text_of(researcher.get(page(study, item)))


def test_a_model_is_named_once_the_study_is_closed(researcher, study):
    item = factories.make_item(study, model="Alder-canary")

    before = text_of(researcher.get(page(study, item)))
    Study.objects.filter(pk=study.pk).update(state=Study.State.CLOSED)
    after = text_of(researcher.get(page(study, item)))

    assert "Alder-canary" not in before
    assert "Which model wrote it is shown when the study closes." in before
    assert "Alder-canary" in after


def test_an_admin_sees_the_model_from_the_start(client, ada, study):
    item = factories.make_item(study, model="Alder-canary")
    client.force_login(ada)

    assert "Alder-canary" in text_of(client.get(page(study, item)))


def test_the_items_before_and_after_are_those_of_the_order(researcher, study):
    found = factories.make_items(study, 3)

    where = researcher.get(page(study, found[1], "?sort=number")).context["where"]

    assert (where.place, where.of) == (2, 3)
    assert where.before == page(study, found[0], "?sort=number")
    assert where.after == page(study, found[2], "?sort=number")


def test_the_order_ends_at_the_last_item(researcher, study):
    found = factories.make_items(study, 2)

    where = researcher.get(page(study, found[1], "?sort=number")).context["where"]

    assert (where.place, where.after) == (2, "")


# Honesty, safety, cost ----------------------------------------------------------------------------


def test_no_page_offers_a_single_number_for_everyone(researcher, study, addresses):
    for address in addresses[:3]:
        assert LONE_NUMBER.findall(text_of(researcher.get(address))) == []


def test_hostile_words_are_inert_everywhere(researcher, study):
    messages = [{"role": HOSTILE, "content": HOSTILE, "lang": '"><script>'}]
    item = factories.make_item(study, HOSTILE, external_id=HOSTILE[:60], messages=messages)
    item.scenario.title, item.scenario.axis = HOSTILE, "role"
    item.scenario.family = Family.objects.create(study=study, slug="f", title=HOSTILE)
    item.scenario.save()
    Study.objects.filter(pk=study.pk).update(title=HOSTILE, attribution=HOSTILE, content_warning=HOSTILE)
    mark = {
        "response": str(item.shown.get().response.uid), "start": 3, "end": 20, "tag": HOSTILE[:40], "memo": HOSTILE
    }  # fmt: skip
    people = readers(study, 5, home=HOSTILE)
    Participant.objects.filter(pk=people[0].pk).update(code_name=HOSTILE[:60])
    few = researcher.get(overview(study)).content.decode()
    everyone_reads(people, lambda *_: said(care=frozenset((1, 7)), person=HOSTILE, rationale=HOSTILE, marks=[mark]))

    addresses = [overview(study, "?facet=home"), items(study, f"?q={HOSTILE}"), page(study, item, "?by=home")]
    addresses.append(items(study))
    bodies = [researcher.get(address).content.decode() for address in addresses]

    for body in [few, *bodies]:
        assert "<script>" not in body
        assert "<img" not in body
        assert 'lang=""' not in body


def test_no_page_writes_style_or_script_into_its_html(researcher, addresses):
    for address in addresses[:3]:
        body = researcher.get(address).content.decode()

        assert not re.search(r"\sstyle=|<style|<script(?![^>]*src=)|\son\w+=", body)


def cost(client, address) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.fixture
def small_and_large(rosa):
    """Two studies: one item and five readers; three items and seven readers who share more answers."""
    studies = []
    for slug, n_items, n_readers in (("small", 1, 5), ("large", 3, 7)):
        study = factories.make_study(slug)
        factories.make_researcher(study, rosa)
        factories.make_items(study, n_items)
        everyone_reads(
            readers(study, n_readers, home="city"),
            lambda place, _: said(care=place + 1, moves=[1], person="Somebody", rationale="So it seems."),
        )
        studies.append(study)
    return studies


def test_one_item_and_three_cost_the_same_queries(researcher, small_and_large):
    small, large = small_and_large

    assert cost(researcher, overview(small)) == cost(researcher, overview(large)) <= 40
    assert cost(researcher, items(small)) == cost(researcher, items(large)) <= 40
    pages = [page(study, study.items.get(number=0), "?by=home") for study in small_and_large]
    assert cost(researcher, pages[0]) == cost(researcher, pages[1]) <= 40


def test_one_judgment_and_three_cost_the_same_queries_where_readers_are_few(researcher, rosa):
    studies = [factories.make_study(slug) for slug in ("one", "three")]
    for study, n in zip(studies, (1, 3), strict=True):
        factories.make_researcher(study, rosa)
        factories.make_items(study, n)
        everyone_reads(readers(study, 1), lambda *_: said(care=4, person="Somebody"))

    assert cost(researcher, overview(studies[0])) == cost(researcher, overview(studies[1]))


# The ratings as a table ---------------------------------------------------------------------------


def test_the_table_has_one_row_a_rating(researcher, study, parted):
    response = researcher.get(ratings(study))

    rows = rows_of(response)

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="field-study-ratings.csv"'
    assert len(rows) == 12
    care = [row for row in rows if row["dimension"] == "care"]
    assert [(row["form"], row["point"], row["point_text"]) for row in care[:5]] == [
        ("point", "1.0", "Far too little"),
        ("point", "1.0", "Far too little"),
        ("point", "7.0", "Far too much"),
        ("point", "7.0", "Far too much"),
        ("point", "4.0", "Fitting"),
    ]
    assert [(row["form"], row["low"], row["high"]) for row in care[5:6]] == [("range", "2.0", "4.0")]
    assert [(row["form"], row["both_a"], row["both_b"]) for row in care[6:7]] == [("both", "1.0", "7.0")]
    assert [(row["form"], row["reason"]) for row in care[7:]] == [("none", "depends")]
    assert [row["labels"] for row in rows if row["dimension"] == "moves"] == ['["Asked","Advised"]', "[]"]
    assert {row["settled"] for row in care[:2]} == {"4"}
    assert {(row["occasion"], row["revision"], row["is_current"]) for row in rows} == {("0", "0", "true")}
    assert {row["judged_at"] for row in rows} == {"2026-03-01T12:00:00.000000Z"}


def test_the_table_has_no_column_that_settles_a_disagreement(researcher, study, parted):
    body = b"".join(researcher.get(ratings(study)).streaming_content)

    header = body.split(b"\r\n")[0].decode()
    assert header == (
        "reader,item,occasion,revision,is_current,dimension,form,point,point_text,low,high,both_a,both_b,labels,"
        "reason,settled,judged_at"
    )
    assert not body.startswith(b"\xef\xbb\xbf")
    assert body.count(b"\n") == body.count(b"\r\n") == 13


def test_the_table_names_people_by_code_name_alone(researcher, study):
    factories.make_item(study)
    user = factories.make_user("canary", email="canary@example.org")
    person = factories.make_participant(study, user, code_name="quiet heron", external_id="canary-7")
    everyone_reads([person], lambda *_: said(care=4))

    body = b"".join(researcher.get(ratings(study)).streaming_content).decode()

    assert "quiet heron" in body
    assert "canary" not in body


@pytest.mark.parametrize("name", ["=1+1", "+x", "-x", "@x", "'quoted", "\tx", 'plain, “and” "so"', "two\nlines"])
def test_no_cell_is_a_formula_and_each_comes_back(researcher, study, name):
    factories.make_item(study, external_id=name)
    everyone_reads([factories.make_participant(study, code_name=name)], lambda *_: said(care=4))

    row = rows_of(researcher.get(ratings(study)))[0]

    assert not row["reader"].startswith(("=", "+", "-", "@", "\t"))
    assert (unescape(row["reader"]), unescape(row["item"])) == (name, name)


def test_a_revision_stands_beside_what_it_replaces(researcher, study, jo):
    factories.make_item(study)
    first = judge(jo, said(care=2))
    factories.submission.submit(
        first.assignment, said(care=6), key=factories.uuid.uuid4(), actor=jo.user, now=NOW, supersedes=first.uid
    )

    rows = rows_of(researcher.get(ratings(study)))

    assert [(row["revision"], row["is_current"], row["point"]) for row in rows] == [
        ("0", "false", "2.0"),
        ("1", "true", "6.0"),
    ]


def test_the_table_is_read_a_part_at_a_time(researcher, study, parted, monkeypatch):
    from annotate.views.results import ratings as table

    monkeypatch.setattr(table, "FIRST", 2)
    monkeypatch.setattr(table, "THEN", 3)

    parts = list(researcher.get(ratings(study)).streaming_content)

    assert len(parts) == 4
    assert sum(part.count(b"\r\n") for part in parts) == 13
