"""The first page of the set-up in the order of the work: rubrics, studies, material, people, data."""

from django import template

register = template.Library()

GROUPS = {
    "Rubrics": ("Questions and their points", ("RubricVersion", "Rubric")),
    "Studies": ("What is read, by which rubric", ("Study", "ConsentText", "Facet")),
    "People": ("Invitations, roles and code names", ("Invitation", "Participant", "Membership", "User")),
    "Material": ("Brought in from files on a study’s page", ("Item", "Scenario", "Family", "ModelVersion")),
    "Data": (
        "To look at; nothing here can be changed",
        ("Judgment", "Rating", "Mark", "Assignment", "Import", "Release", "Job", "Event"),
    ),
}


@register.simple_tag
def grouped(app_list: list[dict]) -> list[dict]:
    """Django's list of apps, regrouped: [{"name", "about", "models"}]. What other apps bring is about signing in."""
    ours = {
        model["object_name"]: model for app in app_list for model in app["models"] if app["app_label"] == "judgments"
    }
    groups = [
        {"name": name, "about": about, "models": [ours.pop(model) for model in models if model in ours]}
        for name, (about, models) in GROUPS.items()
    ]
    others = [model for app in app_list if app["app_label"] != "judgments" for model in app["models"]]
    groups.append({"name": "Signing in", "about": "Addresses, tokens, second steps", "models": others})
    groups.append({"name": "More", "models": list(ours.values())})
    return [group for group in groups if group["models"]]
