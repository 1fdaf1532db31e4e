"""Twenty storms of the reader's page; `python -m tests.faults.reader_faults --seeds 200` for more."""

import os

import pytest

from tests.faults import reader_faults

FIRST, LAST = map(int, os.environ.get("READER_FAULTS", "0:20").split(":"))


@pytest.mark.browser
@pytest.mark.parametrize("seed", range(FIRST, LAST))
def test_nothing_is_lost_nothing_is_doubled_and_every_word_is_as_it_was(seed, playwright, chromium, serve):
    assert reader_faults.run(seed, playwright, chromium, serve) == []
