"""Whether more reading would still bring new kinds of passages: tags of marks, by who used them."""

import numpy as np

from judgments.analysis.saturation import Saturation, saturation
from judgments.models import Mark
from judgments.reports.sections.material import Material


def find(material: Material) -> Saturation | None:
    """Saturation of tags over readers; None where no passage is tagged. Marks that were taken back do not count."""
    held = material.held
    standing = Mark.objects.filter(
        judgment__study=material.study, retracts__isnull=True, retracted_by__isnull=True
    ).exclude(tag="")
    rows = list(standing.values_list("judgment_id", "tag"))
    marked = np.array([judgment for judgment, _ in rows], dtype=np.int64)
    shown = np.isin(marked, held.judgments.id)
    if not shown.any():
        return None
    reader = held.judgments.reader[np.searchsorted(held.judgments.id, marked[shown])]
    tag = np.array([tag for _, tag in rows], dtype=object)[shown]
    people = np.unique(held.judgments.reader[held.judgments.are_readings])
    tags, code = np.unique(tag.astype(str), return_inverse=True)
    used = np.zeros((len(people), len(tags)), dtype=np.int64)
    # Somebody may have marked without a counted reading: they are no reader here.
    place = np.searchsorted(people, reader)
    known = (place < len(people)) & (people[np.minimum(place, len(people) - 1)] == reader)
    np.add.at(used, (place[known], code[known]), 1)
    return saturation(used, material.rng("saturation"))
