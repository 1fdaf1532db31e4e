"""The set-up's pages as Ada sees them, and as others do not."""

import pytest
from django.test import Client


@pytest.fixture
def setting_up(ada):
    """Ada, signed in."""
    client = Client()
    client.force_login(ada)
    return client


@pytest.fixture
def researching(rosa):
    """Rosa, signed in."""
    client = Client()
    client.force_login(rosa)
    return client
