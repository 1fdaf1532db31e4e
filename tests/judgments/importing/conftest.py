"""What every import must leave alone when it refuses."""

import pytest

from judgments.models import Event, Import, Item, Judgment, Participant, Response, Rubric, Scenario, Study

KEPT = (Study, Import, Item, Scenario, Response, Participant, Judgment, Rubric, Event)


def counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in KEPT}


@pytest.fixture
def unchanged(db):
    """At the end of the test the tables hold what they held when it began."""
    before = counts()
    yield
    assert counts() == before
