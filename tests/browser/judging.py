"""What the tests of the judging page share: where it is, and what came of it."""

import time

from judgments import submission
from judgments.models import Judgment


def address(assignment) -> str:
    return f"/read/items/{assignment.uid}/"


def question(page, slug: str):
    return page.locator(f'fieldset[data-slug="{slug}"]')


def end(found, name: str):
    return found.get_by_role("combobox", name=name, exact=True)


def said(assignment) -> dict:
    return submission.answers_of(Judgment.objects.get(assignment=assignment)).plain()


def eventually(claim, seconds: float = 5.0):
    """The first true value of the claim, asked again and again; its last value when time is up."""
    until = time.monotonic() + seconds
    while not (value := claim()) and time.monotonic() < until:
        time.sleep(0.05)
    return value


def select(page, start: str, end: str) -> None:
    """Choose the passage from one phrase to the end of another, as a mouse would."""
    page.evaluate(
        """([start, end]) => {
            const paragraphs = [...document.querySelectorAll(".reading p")];
            const at = (words) => paragraphs.find((paragraph) => paragraph.textContent.includes(words)).firstChild;
            const [from, to] = [at(start), at(end)];
            getSelection().setBaseAndExtent(from, from.data.indexOf(start), to, to.data.indexOf(end) + end.length);
        }""",
        [start, end],
    )


def press(page, *keys: str) -> int:
    """Press keys one after another; how many."""
    for key in keys:
        page.keyboard.press(key)
    return len(keys)


def taken_along(page) -> None:
    """Wait until the next items are on the device."""
    assert eventually(lambda: page.evaluate("performance.getEntriesByName('ahead-here').length"), 15)
