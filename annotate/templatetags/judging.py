"""Text to be read, safely: plain paragraphs that can be marked, or Markdown where a study allows it."""

import re
from functools import lru_cache

import nh3
from django import template
from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

register = template.Library()

SHARED_AT_MOST = 2_000
_shared: dict[tuple, SafeString] = {}

PARAGRAPH = re.compile(r"(?:(?!\r?\n[ \t]*\r?\n).)+", re.DOTALL)
MARKDOWN_TAGS = {
    "p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li",
    "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


@register.simple_tag
def question_block(question) -> SafeString:
    """A question's fieldset. Rendered once for all while nothing has been answered: it is most of the page."""
    if question.shared_as is None:
        return _rendered(question)
    if (block := _shared.get(question.shared_as)) is None:
        if len(_shared) >= SHARED_AT_MOST:
            _shared.clear()
        block = _shared[question.shared_as] = _rendered(question)
    return block


def _rendered(question) -> SafeString:
    return get_template("judging/_question.html").render({"question": question})


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
