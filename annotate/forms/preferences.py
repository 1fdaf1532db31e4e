"""What somebody would rather be warned of, or not be shown: one choice for each content note of a study."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from judgments.models import ContentPreference

Choice = ContentPreference.Choice
WORDS = {Choice.SHOW: _("Show it"), Choice.WARN: _("Warn me first"), Choice.SPARE: _("Leave it out")}


@dataclass(frozen=True)
class Row:
    """One note on the page. `options`: value, words, whether chosen now."""

    note: str
    name: str
    options: list[tuple[str, object, bool]]


def rows(notes: list[str], chosen: dict[str, str]) -> list[Row]:
    """The notes with what is chosen for each; where nothing is, the item is shown."""
    return [
        Row(
            note,
            f"note.{number}",
            [(str(value), words, chosen.get(note, Choice.SHOW) == value) for value, words in WORDS.items()],
        )
        for number, note in enumerate(notes)
    ]


def read(data, notes: list[str]) -> dict[str, str]:
    """The choices a page sent, by note; anything that is not a choice is passed over."""
    sent = {note: data.get(f"note.{number}", "") for number, note in enumerate(notes)}
    return {note: choice for note, choice in sent.items() if choice in Choice.values}
