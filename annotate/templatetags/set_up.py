"""The first page of the set-up in the order of the work: rubrics, studies, material, people, data."""

from django import template

register = template.Library()

GROUPS = {
    "Rubrics": ("RubricVersion", "Rubric"),
    "Studies": ("Study", "ConsentText", "Facet"),
    "People": ("Invitation", "Participant", "Membership", "User"),
    "Material": ("Item", "Scenario", "Family", "ModelVersion"),
    "Data": ("Judgment", "Rating", "Mark", "Assignment", "Import", "Release", "Job", "Event"),
}


@register.simple_tag
def grouped(app_list: list[dict]) -> list[dict]:
    """Django's list of apps, regrouped: [{"name", "models"}]. What other apps bring is about signing in."""
    ours = {
        model["object_name"]: model for app in app_list for model in app["models"] if app["app_label"] == "judgments"
    }
    groups = [
        {"name": name, "models": [ours.pop(model) for model in models if model in ours]}
        for name, models in GROUPS.items()
    ]
    others = [model for app in app_list if app["app_label"] != "judgments" for model in app["models"]]
    more = [{"name": "Signing in", "models": others}, {"name": "More", "models": list(ours.values())}]
    return [group for group in [*groups, *more] if group["models"]]
