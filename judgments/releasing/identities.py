"""The privacy gate: no name, address or e-mail of an account leaves in any cell of a release."""

import re

from judgments.errors import ReleaseRefused
from judgments.models import Study, User
from judgments.releasing.tables import Table

_EMAIL = re.compile(r"[^\s<>()\[\]\"',;:]+@[^\s<>()\[\]\"',;:]+")
_NAME = re.compile(r"[\w.@+-]+")
_WORD = re.compile(r"\w+")


class Gate:
    """Looks at every text cell before it is written.

    An account's e-mail and full name are refused anywhere; its user name where it fills a cell, where it
    could be nothing but a user name (it has a digit or a sign in it), and, for people of this study, as a
    word among what people wrote. A user name that is also a word of the language passes in texts that
    were there before.
    """

    def __init__(self, study: Study):
        self.emails: set[str] = set()
        self.user_names: set[str] = set()
        self.telling: set[str] = set()
        self.of_study: set[str] = set()
        self.full_names: set[tuple[str, ...]] = set()
        self.checked = 0
        here = _people_of(study)
        for user in User.objects.only("pk", "username", "email", "first_name", "last_name").iterator():
            self._learn(user, is_of_study=user.pk in here)

    def _learn(self, user: User, *, is_of_study: bool) -> None:
        if user.email:
            self.emails.add(user.email.casefold())
        if user.first_name and user.last_name:
            self.full_names.add(tuple(_WORD.findall(f"{user.first_name} {user.last_name}".casefold())))
        self.user_names.add(user.username.casefold())
        if "@" in user.username:
            self.emails.add(user.username.casefold())
        if len(user.username) > 3 and not user.username.isalpha() and not user.username.isdigit():
            self.telling.add(user.username)
        if is_of_study:
            self.of_study.add(user.username)

    def look(self, table: Table, columns: list[tuple]) -> None:
        """Raises ReleaseRefused, naming the table and column but not whom it found."""
        for column, values in zip(table.columns, columns, strict=True):
            if column.is_text:
                for text in {value for value in values if value}:
                    self.checked += 1
                    if self._names_somebody(text, words=column.words):
                        raise ReleaseRefused(
                            f"{table.name}.{column.name} holds the name or address of an account. "
                            "Nothing was released."
                        )

    def _names_somebody(self, text: str, *, words: bool) -> bool:
        folded = text.casefold()
        if folded in self.user_names:
            return True
        if "@" in folded and any(found.strip(".!?") in self.emails for found in _EMAIL.findall(folded)):
            return True
        names = self.telling | self.of_study if words else self.telling
        if names and any(found in names or found.rstrip(".-") in names for found in _NAME.findall(text)):
            return True
        return bool(self.full_names) and self._has_full_name(_WORD.findall(folded))

    def _has_full_name(self, spoken: list[str]) -> bool:
        return any(
            tuple(spoken[start : start + length]) in self.full_names
            for length in {len(name) for name in self.full_names}
            for start in range(len(spoken) - length + 1)
        )


def _people_of(study: Study) -> set[int | None]:
    readers = study.participants.values_list("user_id", flat=True)
    return {*readers, *study.memberships.values_list("user_id", flat=True)}
