"""What was taken back is in no later release; notes go only where they were shared and may be quoted."""

import pandas as pd
import pytest

from judgments import notes, releasing, stands, withdrawal
from judgments.models import Release
from judgments.notes import Said
from tests.factories import NOW, later, said
from tests.support.readings import read_again


@pytest.fixture
def make(judged, tmp_path):
    """The tables of a release made now."""

    def made(name="out") -> tuple[dict, dict[str, pd.DataFrame]]:
        folder = tmp_path / name
        facts = releasing.release(judged, folder, actor=None, now=later(90))
        return facts, {path.stem: pd.read_parquet(path) for path in (folder / "data").glob("*.parquet")}

    return made


def test_an_item_taken_out_leaves_the_release_and_is_counted(judged, jo, make):
    before, tables = make("before")
    assert before["left_out"]["withdrawn"] == 0
    withdrawal_until(judged)

    withdrawal.withdraw_item(jo, judged.items.get(number=0), actor=jo.user, now=later(61))
    after, left = make("after")

    assert after["left_out"]["withdrawn"] == 2  # A judgment and its revision.
    assert len(left["judgments"]) == len(tables["judgments"]) - 2
    assert len(left["marks"]) == 0
    assert len(left["assignments"]) == len(tables["assignments"]) - 1
    assert before["release_id"] != after["release_id"]


def test_whoever_took_everything_out_is_not_named_either(judged, jo, make):
    withdrawal_until(judged)
    withdrawal.withdraw_judgments(jo, actor=jo.user, now=later(61))

    facts, tables = make()

    assert jo.code_name not in set(tables["annotators"]["code_name"])
    assert len(tables["annotators"]) == 5
    assert facts["left_out"]["withdrawn"] == 4  # Three judgments and a revision.


def test_a_release_made_before_stays_as_it_is(judged, jo, make):
    make("before")
    withdrawal_until(judged)
    kept = Release.objects.get()

    withdrawal.withdraw_judgments(jo, actor=jo.user, now=later(61))

    assert [release.name for release in withdrawal.released_with(jo)] == [kept.name]


def withdrawal_until(study) -> None:
    study.withdrawal_until = NOW.date().replace(year=2100)
    study.save()


def test_shared_notes_of_people_who_may_be_quoted_are_there_and_no_others(judged, jo, people, consent, make):
    item = judged.items.get(number=0)
    consent(people[1], may_quote=False, at=later(1))
    for reader, audience in ((jo, "private"), (jo, "researchers"), (people[1], "wanderers")):
        said_ = Said("memo", item=item, text=f"{reader.code_name} {audience}", audience=audience)
        notes.write(reader, said_, actor=reader.user, now=later(62))

    _, tables = make()

    assert list(tables["notes"]["text"]) == [f"{jo.code_name} researchers"]
    assert list(tables["notes"]["item_id"]) == [str(item.uid)]


def test_stands_name_both_judgments(judged, jo, make):
    item = judged.items.get(number=1)
    then = jo.judgments.get(item=item)
    now = read_again(jo, item, said(care=2))
    stands.stand_by(then, now, "both", actor=jo.user, now=later(63))

    _, tables = make()

    row = tables["stands"].iloc[0]
    assert row["choice"] == "both"
    assert (row["earlier_judgment_id"], row["later_judgment_id"]) == (str(then.uid), str(now.uid))
