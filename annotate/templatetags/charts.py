from django import template

from annotate.charts import Chart

register = template.Library()


@register.inclusion_tag("charts/figure.html")
def chart(drawn: Chart) -> dict[str, Chart]:
    """`{% chart chart %}`: title, finding, the drawing in a region that scrolls, the table twin."""
    return {"chart": drawn}
