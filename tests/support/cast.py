"""The cast. Jo reads; Rosa researches; Ada sets up; Sam is signed in and has no place in the study."""

import pytest

from tests import factories


@pytest.fixture
def study(db):
    return factories.make_study("field-study")


@pytest.fixture
def jo(study):
    """A participant of the study."""
    return factories.make_participant(study, factories.make_user("jo"), code_name="quiet heron")


@pytest.fixture
def rosa(study):
    """A researcher of the study."""
    user = factories.make_user("rosa")
    factories.make_researcher(study, user)
    return user


@pytest.fixture
def ada(db):
    """An admin of the site."""
    return factories.make_user("ada", is_staff=True, is_superuser=True)


@pytest.fixture
def sam(db):
    """A stranger with an account."""
    return factories.make_user("sam")
