"""The words readers see: none that tell people they are being measured, short sentences, easy to read."""

import re

import pytest

from tests.support import copy

FORBIDDEN = [
    "label",
    "annotation task",
    "ground truth",
    "gold",
    "correct",
    "error rate",
    "accuracy",
    "quality score",
    "outlier",
    "noisy",
    "agreement target",
    "submit",
]
TRANSLATED = ("joining", "part", "queue", "pause", "history", "wander")
MOST_WORDS = 25
HIGHEST_GRADE = 8.0
ALL = [*copy.templates(), *copy.modules(), *copy.scripts()]


def ids(path) -> str:
    return path.relative_to(copy.ROOT).as_posix()


def spoken(path) -> list[str]:
    """Only what reads like words; names of fields, selectors and events do not."""
    texts = copy.words_of(path)
    return [text for text in texts if " " in text.strip()] if path.suffix == ".js" else texts


@pytest.mark.parametrize("path", ALL, ids=ids)
def test_no_page_for_readers_uses_a_forbidden_word(path):
    said = " ".join(spoken(path)).lower() if path.suffix != ".js" else " ".join(_prose(path)).lower()

    assert [word for word in FORBIDDEN if re.search(rf"\b{word}", said)] == []


def _prose(path) -> list[str]:
    return [text for text in spoken(path) if re.match(r"[A-Z][a-z’ ]+", text)]


@pytest.mark.parametrize("path", [*copy.templates(), *copy.modules()], ids=ids)
def test_sentences_for_readers_are_short(path):
    long = [
        sentence
        for text in spoken(path)
        for sentence in copy.sentences(text)
        if len(re.findall(r"[\w’'-]+", sentence)) > MOST_WORDS
    ]

    assert long == []


@pytest.mark.parametrize("folder", copy.FOLDERS)
def test_pages_for_readers_can_be_read_at_the_eighth_grade(folder):
    paths = [path for path in copy.templates() if path.parent.name == folder]
    running = [sentence for path in paths for text in spoken(path) for sentence in copy.sentences(text)
               if len(sentence.split()) > 3]  # fmt: skip

    assert copy.grade("\n".join(running)) <= HIGHEST_GRADE


def test_what_is_looked_for_would_be_found(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        '{% load i18n %}<p>{% translate "Submit the gold labels." %}</p><p>Left plain</p>', encoding="utf-8"
    )

    assert copy.words_of(page) == ["Submit the gold labels.", "Left plain"]
    assert copy.grade("The cat sat on the mat. It was warm.") < 2
    assert copy.grade("Institutional heterogeneity necessitates methodological triangulation.") > 15


@pytest.mark.parametrize("path", [path for path in copy.templates() if path.parent.name in TRANSLATED], ids=ids)
def test_everything_said_is_marked_for_translation(path):
    left = [text for text in copy.plain(path.read_text(encoding="utf-8")) if re.search(r"[A-Za-z]{3,}", text)]

    assert left == []
