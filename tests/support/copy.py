"""The words readers see, taken out of templates and scripts, and how hard they are to read."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("joining", "part", "queue", "pause", "history", "wander", "judging")
"""Template folders of the pages for readers."""
_PYTHON = (
    "views/queue.py",
    "views/pause.py",
    "views/history.py",
    "views/wander.py",
    "views/joining.py",
    "forms/consent.py",
    "forms/preferences.py",
)
_TAG = re.compile(r"\{%\s*translate\s+(\"[^\"]*\"|'[^']*')")
_BLOCK = re.compile(r"\{%\s*blocktranslate.*?%\}(.*?)\{%\s*endblocktranslate\s*%\}", re.S)
_MARKED = re.compile(r"\b(?:_|gettext|ngettext)\(\s*\"((?:[^\"\\]|\\.)*)\"")
_VOWELS = re.compile(r"[aeiouy]+")


def templates() -> list[Path]:
    return sorted(path for folder in FOLDERS for path in (ROOT / "templates" / folder).glob("*.html"))


def modules() -> list[Path]:
    views = (ROOT / "annotate" / "views").glob("*/*.py")
    parts = [path for path in views if path.parent.name in ("part", "judging")]
    return sorted([*parts, *(ROOT / "annotate" / name for name in _PYTHON)])


def scripts() -> list[Path]:
    folder = ROOT / "annotate" / "static" / "js"
    return sorted(path for path in folder.glob("*.js") if path.stem != "copy")


def words_of(path: Path) -> list[str]:
    """Every piece of text a template or module gives to readers."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        found = [said[1:-1] for said in _TAG.findall(source)]
        found += [part for block in _BLOCK.findall(source) for part in re.split(r"\{%\s*plural\s*%\}", block)]
        # Words given to an included part as _("…"), and plain text outside of tags.
        found += re.findall(r"_\(\"([^\"]*)\"\)", source)
        found += plain(source)
        return found
    if path.suffix == ".py":
        return _MARKED.findall(source)
    return re.findall(r"\"((?:[^\"\\]|\\.)*)\"", re.sub(r"^\s*//.*$", "", source, flags=re.M))


def plain(source: str) -> list[str]:
    """Text that stands in a template as it is, neither a variable nor marked for translation."""
    text = re.sub(r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}", " ", source, flags=re.S)
    text = re.sub(r"\{% block (?:main|body)_class %\}.*?\{% endblock %\}", " ", text)
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", _BLOCK.sub(" ", text), flags=re.S)
    return [part.strip() for part in re.sub(r"<[^>]*>", "\n", text).split("\n") if part.strip()]


def sentences(text: str) -> list[str]:
    text = re.sub(r"\{\{.*?\}\}|%\(\w+\)[ds]|%[ds]|\{\w+\}", "it", text)
    return [part.strip() for part in re.split(r"(?<=[.!?:;…])\s+|\n+", text) if re.search(r"\w", part)]


def syllables(word: str) -> int:
    """About how many syllables a word has: groups of vowels, without a silent e at its end."""
    word = re.sub(r"[^a-z]", "", word.lower())
    count = len(_VOWELS.findall(word))
    if word.endswith("e") and not word.endswith(("le", "ee")) and count > 1:
        count -= 1
    return max(1, count)


def grade(text: str) -> float:
    """Flesch and Kincaid's grade of a text: 0.39 words a sentence + 11.8 syllables a word - 15.59 (1975)."""
    parts = sentences(text)
    words = [word for part in parts for word in re.findall(r"[A-Za-z’']+", part)]
    if not words:
        return 0.0
    return 0.39 * len(words) / len(parts) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
