"""A person's words on their way into the one table from which words can go."""

import uuid
from dataclasses import dataclass

from judgments import canonical
from judgments.errors import AnswersUnfit
from judgments.models import ErasableText, Participant

MAX_WORDS = 20_000


@dataclass(frozen=True)
class Kept:
    """Where words went: the text's uid and its salted digest; nothing for no words."""

    uid: uuid.UUID | None
    digest: str


def keep(words: str, participant: Participant) -> Kept:
    """Store words verbatim. Raises AnswersUnfit for what cannot be stored, or is too long."""
    if not words.strip():
        return Kept(None, "")
    if len(words) > MAX_WORDS or "\x00" in words or any("\ud800" <= one <= "\udfff" for one in words):
        raise AnswersUnfit({"words": f"At most {MAX_WORDS:,} characters, and only such as can be stored."})
    row = ErasableText.objects.create(participant=participant, salt=canonical.new_salt(), text=words)
    return Kept(row.uid, canonical.text_digest(row.salt, words))


def tidy(line: str) -> str:
    """What somebody typed into a field, without what cannot be stored and cut to what can be kept."""
    storable = "".join(one for one in line.replace("\r\n", "\n") if one != "\x00" and not "\ud800" <= one <= "\udfff")
    return storable.strip()[:MAX_WORDS]


def same(words: str, text: ErasableText | None, digest: str) -> bool:
    """Whether these are the words that were kept. Words erased meanwhile are taken to be the same."""
    if not words.strip():
        return digest == ""
    return digest != "" and (text is None or text.text == words)
