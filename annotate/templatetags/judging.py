"""Text to be read, safely: plain paragraphs that can be marked, or Markdown where a study allows it."""

import re
from functools import lru_cache

import nh3
from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt

register = template.Library()

PARAGRAPH = re.compile(r"(?:(?!\r?\n[ \t]*\r?\n).)+", re.DOTALL)
MARKDOWN_TAGS = {
    "p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li",
    "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


@register.filter
def paragraphs(text: str) -> list[tuple[int, SafeString]]:
    """The paragraphs of a text as (offset in code points, escaped words).

    Every character of a paragraph is kept, so that a place in it is the offset plus the place.
    """
    found = []
    for match in PARAGRAPH.finditer(text or ""):
        words = match.group().lstrip("\r\n")
        if words.strip():
            found.append((match.end() - len(words), verbatim(words.rstrip("\r\n"))))
    return found


@register.filter
def verbatim(text: str) -> SafeString:
    """Escaped, with carriage returns as references: a browser drops bare ones, and the count would shift."""
    return mark_safe(escape(text).replace("\r", "&#13;"))  # noqa: S308 — escaped here


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    # Links and images are words here: nothing in a model's text may fetch or lead anywhere.
    return MarkdownIt("js-default", {"html": False, "linkify": False}).disable(
        ["link", "image", "autolink", "reference"]
    )


@register.filter
def markdown(text: str) -> SafeString:
    """Bold, lists, headings and tables; headings start below the page's own."""
    tokens = _parser().parse(text or "")
    for token in tokens:
        if token.tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"
    rendered = _parser().renderer.render(tokens, _parser().options, {})
    return mark_safe(nh3.clean(rendered, tags=MARKDOWN_TAGS, attributes={}, link_rel=None))  # noqa: S308 — cleaned here


@register.filter
def lower_first(words: str) -> str:
    """For words that go on a line already begun; an "I" further on stays as it is."""
    return words[:1].lower() + words[1:]


SETTING_NAMES = {
    "size": _("Size of the text"),
    "face": _("Letters"),
    "column": _("Column"),
    "spacing": _("Space between lines"),
    "theme": _("Light or dark"),
    "shortcuts": _("Use single keys on this page"),
    "move_on": _("Go to the next question after a digit"),
    "enter_saves": _("Enter on the last question saves"),
}


@register.inclusion_tag("judging/_sender.html", takes_context=True)
def sends_kept_work(context, study) -> dict:
    """For pages around the reading: what waits on this device is sent, or at least counted, from here too."""
    from annotate.views.judging.page import around  # Views load these tags with their templates.

    return around(context["request"], study)


@register.filter
def setting_name(name: str) -> str:
    return SETTING_NAMES[name]
