"""Numbers and their nouns on the pages of results."""

from django import template

register = template.Library()


@register.filter
def counted(n: int, noun: str) -> str:
    """`{{ 2419|counted:"item" }}`: 2,419 items."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
