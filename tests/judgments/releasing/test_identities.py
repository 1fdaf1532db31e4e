"""The privacy gate."""

import pytest

from judgments.errors import ReleaseRefused
from judgments.releasing.identities import Gate
from judgments.releasing.tables import JUDGMENTS, RESPONSES
from tests.factories import make_participant, make_user


@pytest.fixture
def gate(study):
    make_participant(
        study, make_user("annag", email="Anna.Grey@example.org", first_name="Anna Maria", last_name="Grey")
    )
    make_user("kim-42", email="kim@example.org")
    return Gate(study)


def look(gate, table, column, text):
    gate.look(table, [(text if each.name == column else None,) for each in table.columns])


@pytest.mark.parametrize(
    "text",
    [
        "write to anna.grey@EXAMPLE.org.",
        "<anna.grey@example.org>",
        "I am anna  maria\nGrey, hello",
        "ANNAG",
        "kim-42",
        "ask kim-42, please",
    ],
)
def test_a_name_or_address_is_refused_in_any_text(gate, text):
    with pytest.raises(ReleaseRefused, match=r"^responses\.text holds the name or address of an account"):
        look(gate, RESPONSES, "text", text)


@pytest.mark.parametrize("text", ["Anna was there", "Maria Grey", "grey anna maria", "kim", "anna.grey@example.com"])
def test_what_only_resembles_a_name_passes(gate, text):
    look(gate, RESPONSES, "text", text)


def test_a_user_name_of_the_study_is_refused_among_peoples_words(gate):
    with pytest.raises(ReleaseRefused, match=r"judgments\.rationale"):
        look(gate, JUDGMENTS, "rationale", "annag told me so")

    look(gate, RESPONSES, "text", "annag told me so")


def test_the_refusal_does_not_say_whom_it_found(gate):
    with pytest.raises(ReleaseRefused) as refusal:
        look(gate, RESPONSES, "text", "kim@example.org")

    assert "kim" not in str(refusal.value)
